import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import {
  brief,
  VERSION,
  type WireBinding,
  type WireEvent,
} from './a2a-http.js';

/** An operation that answers a stream. */
export interface StreamCall {
  readonly operation: 'SendStreamingMessage' | 'SubscribeToTask';
  readonly params: any;
  readonly headers?: Record<string, string>;
}

/** Reads an open stream of an agent event by event, on a connection of its own. */
export class StreamReader {
  private readonly events: AsyncGenerator<WireEvent, void, undefined>;

  private constructor(
    private readonly binding: WireBinding,
    readonly response: IncomingMessage,
  ) {
    this.events = framesOf(response);
  }

  /** Opens a stream; resolves with its headers. */
  static async open(
    binding: WireBinding,
    url: string,
    call: StreamCall,
  ): Promise<StreamReader> {
    const { path, body } = requestOf(binding, call);
    const outgoing = request(url + path, {
      method: 'POST',
      // Not `fetch`: after an abort it opens a connection that it does not use.
      agent: false,
      headers: {
        'Content-Type': 'application/json',
        ...VERSION,
        ...call.headers,
      },
    });
    outgoing.end(JSON.stringify(body));
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    // Without a listener, the error of `disconnect` would be thrown.
    outgoing.on('error', () => undefined);
    response.on('error', () => undefined);
    return new StreamReader(binding, response);
  }

  /** The next event; fails at the end of the stream. */
  async next(): Promise<WireEvent> {
    const { value, done } = await this.events.next();
    if (done || !value) throw new Error('The stream has ended');
    return value;
  }

  /** Reads up to the first event of this kind, in the words of `brief`. */
  async until(word: string): Promise<WireEvent> {
    for (;;) {
      const event = await this.next();
      if (this.brief(event) === word) return event;
    }
  }

  /** What is left, to the end of the stream. */
  async rest(): Promise<WireEvent[]> {
    const events: WireEvent[] = [];
    for await (const event of this.events) events.push(event);
    return events;
  }

  /** What is left, in the words of `brief`. */
  async restInBrief(): Promise<string[]> {
    return (await this.rest()).map((event) => this.brief(event));
  }

  brief(event: WireEvent): string {
    return brief(this.binding.response(event));
  }

  /** The task of a first event. */
  async task(): Promise<any> {
    return this.binding.response(await this.next()).task;
  }

  /** Goes away without a word. */
  disconnect(): void {
    this.response.destroy();
  }
}

function requestOf(binding: WireBinding, { operation, params }: StreamCall) {
  if (binding.name === 'JSONRPC') {
    const body = { jsonrpc: '2.0', id: 7, method: operation, params };
    return { path: '/', body };
  }
  return operation === 'SendStreamingMessage'
    ? { path: '/message:stream', body: params as object }
    : { path: `/tasks/${params.id}:subscribe`, body: {} };
}

/** Events by the rules of the HTML standard: only CR and LF end a line, U+2028 does not. */
async function* framesOf(
  response: IncomingMessage,
): AsyncGenerator<WireEvent, void, undefined> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response as AsyncIterable<string>) {
    const frames = (text + chunk).split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const event = eventOf(frame);
      if (event) yield event;
    }
  }
}

function eventOf(frame: string): WireEvent | undefined {
  const fields = new Map(
    frame.split(/\r\n|\r|\n/).map((line): [string, string] => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)];
    }),
  );
  const data = fields.get('data');
  return data === undefined
    ? undefined
    : { id: fields.get('id'), data: JSON.parse(data) };
}
