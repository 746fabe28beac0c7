import { type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  type A2AError,
  type Operation,
  parseError,
  type StreamResponse,
} from '@nest-a2a/protocol';
import { type FakeFault } from './fake-answer.js';
import { type FakeWire } from './fake-wire.js';

/** The body as JSON; `undefined` where there is none. @throws A2AError `PARSE_ERROR` */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await text(request);
  if (body === '') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw parseError();
  }
}

/** Answers one request. */
export class FakeExchange {
  constructor(
    private readonly response: ServerResponse,
    private readonly wire: FakeWire,
  ) {}

  /** Called when the other side has left, or everything was said. */
  onClose(listener: () => void): void {
    this.response.once('close', listener);
  }

  result(operation: Operation, result: object): void {
    this.json(200, this.wire.result(operation, result));
  }

  error(error: A2AError): void {
    const { status, body } = this.wire.error(error);
    this.json(status, body);
  }

  /** What no agent answers. */
  fail(fault: Exclude<FakeFault, { kind: 'error' }>): void {
    if (fault.kind === 'cut') {
      this.cut();
    } else {
      this.response.writeHead(fault.status, fault.headers).end();
    }
  }

  /** Breaks the connection. */
  cut(): void {
    this.response.socket?.resetAndDestroy();
  }

  /** An event of a stream, the last of which ends it. */
  event(event: StreamResponse, isLast: boolean): void {
    const { response } = this;
    if (!response.headersSent) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    }
    const data = JSON.stringify(this.wire.event(event, isLast));
    response.write(`data: ${data}\n\n`);
    if (isLast) response.end();
  }

  private json(status: number, body: unknown): void {
    this.response
      .writeHead(status, { 'Content-Type': this.wire.mediaType })
      .end(JSON.stringify(body ?? null));
  }
}
