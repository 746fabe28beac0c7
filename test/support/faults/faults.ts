import { type OutgoingHttpHeaders, type ServerResponse } from 'node:http';

/** A request that has been read. */
export interface Exchange {
  readonly response: ServerResponse;
  /** Does what is asked, and answers. */
  respond(): void;
  /** Does what is asked, and says nothing. */
  act(): void;
}

/** What becomes of a request. */
export type Fault = (exchange: Exchange) => void;

/** The connection is reset before anything was done. */
export const resetBefore: Fault = ({ response }) => {
  response.socket?.resetAndDestroy();
};

/** The connection is reset after everything was done. */
export const resetAfter: Fault = ({ response, act }) => {
  act();
  response.socket?.resetAndDestroy();
};

/** The connection is closed, with no word, after everything was done. */
export const closeAfter: Fault = ({ response, act }) => {
  act();
  response.socket?.end();
};

/** Half of an answer comes. */
export const cutAnswer: Fault = ({ response, act }) => {
  act();
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': 1_000,
  });
  response.write('{"jsonrpc":"2.0",', () => response.socket?.destroy());
};

/** Everything was done, and no answer ever comes. */
export const stallAfter: Fault = ({ act }) => act();

/** Nothing was done, and no answer ever comes. */
export const stallBefore: Fault = () => undefined;

/** A refusal, of what stands before the agent. */
export function refuse(
  status: number,
  headers: OutgoingHttpHeaders = {},
): Fault {
  return ({ response }) => {
    const html = { 'Content-Type': 'text/html', ...headers };
    response.writeHead(status, html).end('<h1>Sorry</h1>');
  };
}

/** The same, after the agent has done everything. */
export function refuseAfter(status: number): Fault {
  return (exchange) => {
    exchange.act();
    refuse(status)(exchange);
  };
}

/** A stream of these events, which is reset behind them. Nothing was done. */
export function say(...frames: readonly string[]): Fault {
  return ({ response }) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(frames.map((frame) => `${frame}\n\n`).join(''), () =>
      response.socket?.resetAndDestroy(),
    );
  };
}

/** The same as no fault, after signs of life. */
export function live(signs: number, everyMs: number): Fault {
  return ({ response, respond }) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const sign = (left: number) => {
      response.write(': ping\n\n');
      setTimeout(() => (left > 0 ? sign(left - 1) : respond()), everyMs);
    };
    sign(signs);
  };
}
