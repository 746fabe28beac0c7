import { type ServerResponse } from 'node:http';
import { type ReceivedWebhook, type SinkAnswer } from '@nest-a2a/testing';
import { brief } from './a2a-http.js';
import { type Gate } from './gate.js';

/** An answer that comes when the gate opens. */
export function heldBy(gate: Gate, status = 200): SinkAnswer {
  return (response) => {
    void gate.pass().then(() => response.writeHead(status).end());
  };
}

/** An answer that never comes. */
export const hang: SinkAnswer = () => undefined;

/** The connection breaks in place of an answer. */
export const reset: SinkAnswer = (response) => {
  response.socket?.resetAndDestroy();
};

/** An answer with headers. */
export function answerWith(
  status: number,
  headers: Record<string, string>,
): SinkAnswer {
  return (response: ServerResponse) =>
    response.writeHead(status, headers).end();
}

/** What has arrived, in short. */
export function briefs(received: readonly ReceivedWebhook[]): string[] {
  return received.map(({ body }) => brief(body));
}

/** One header of each request. */
export function headersOf(
  received: readonly ReceivedWebhook[],
  name: string,
): (string | undefined)[] {
  return received.map(({ headers }) => headers[name] as string | undefined);
}
