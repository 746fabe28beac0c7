import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type StreamableFile } from '@nestjs/common';
import { type AbstractHttpAdapter } from '@nestjs/core';
import { HttpExchange } from './http-exchange.js';

/** What the adapters of Nest 10 and 11 do with a stream, and no more. */
const OLD_ADAPTER = {
  setHeader: (response: any, name: string, value: string) =>
    response.setHeader(name, value),
  reply: (response: any, file: StreamableFile) =>
    file.getStream().pipe(response),
} as unknown as AbstractHttpAdapter;

describe('HttpExchange', () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A request that reads nothing, and its exchange. */
  async function begin() {
    const { port } = server.address() as AddressInfo;
    const outgoing = request({ port, host: '127.0.0.1', agent: false });
    outgoing.on('error', () => undefined);
    outgoing.end();
    const [incoming, response] = await once(server, 'request');
    const exchange = new HttpExchange(OLD_ADAPTER, incoming, response);
    return { outgoing, exchange };
  }

  it('ends a stream that its reader has left, also where nobody asks it for more', async () => {
    const { outgoing, exchange } = await begin();
    let isOpen = true;
    let sent = 0;
    async function* texts() {
      try {
        for (;;) {
          sent += 1;
          yield 'x'.repeat(100_000);
        }
      } finally {
        isOpen = false;
      }
    }
    const replied = exchange.replyStream(texts(), {});
    const [response] = await once(outgoing, 'response');
    for (let before = 0; before < sent; await new Promise(setImmediate)) {
      before = sent;
    }
    expect(exchange.signal.aborted).toBe(false);
    response.destroy();
    await replied;
    expect(exchange.signal.aborted).toBe(true);
    await new Promise(setImmediate);
    expect(isOpen).toBe(false);
  });

  it('aborts its signal when the caller goes away before there is an answer', async () => {
    const { outgoing, exchange } = await begin();
    outgoing.destroy();
    await exchange.closed;
    expect(exchange.signal.aborted).toBe(true);
  });

  it('stops to wait without cutting the connection', async () => {
    const { outgoing, exchange } = await begin();
    exchange.stopWaiting();
    expect(exchange.signal.aborted).toBe(true);
    const replied = exchange.replyStream((async function* () {})(), {});
    const [response] = await once(outgoing, 'response');
    response.resume();
    await once(response, 'end');
    await replied;
  });
});
