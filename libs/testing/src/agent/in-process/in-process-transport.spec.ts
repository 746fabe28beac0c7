import { once } from 'node:events';
import {
  createServer,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { type HttpRequest, type HttpResponse } from '@nest-a2a/client';
import { InProcessTransport } from './in-process-transport.js';

const CHUNK = Buffer.alloc(16_384);

function send(
  listener: RequestListener,
  asked: Partial<HttpRequest> = {},
): Promise<HttpResponse> {
  // It never listens, so there is nothing to close.
  return new InProcessTransport(createServer(listener)).send({
    method: 'GET',
    url: 'http://localhost/',
    headers: {},
    signal: new AbortController().signal,
    ...asked,
  });
}

async function textOf({ body }: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const FAILED = { code: 'connection-failed' };

describe('InProcessTransport', () => {
  it('carries a request and its answer', async () => {
    const answer = await send(
      (request, response) => {
        const { method, url, headers } = request;
        void text(request).then((body) => {
          const seen = { method, url, host: headers.host, body };
          response.writeHead(201, { 'X-A': 'a' }).end(JSON.stringify(seen));
        });
      },
      { method: 'POST', url: 'http://agent.test/a?b=c', body: 'täglich' },
    );
    expect(answer.status).toBe(201);
    expect(answer.headers['x-a']).toBe('a');
    expect(JSON.parse(await textOf(answer))).toEqual({
      method: 'POST',
      url: '/a?b=c',
      host: 'agent.test',
      body: 'täglich',
    });
  });

  it('says that the application hung up, before the answer and in the middle of it', async () => {
    await expect(
      send((_, response) => void response.socket?.destroy()),
    ).rejects.toMatchObject(FAILED);
    const cut = await send((_, response) => {
      response.write('half', () => response.socket?.destroy());
    });
    await expect(textOf(cut)).rejects.toMatchObject(FAILED);
  });

  it('ends the connection for who leaves the answer, or aborts the request', async () => {
    const responses: ServerResponse[] = [];
    const stream: RequestListener = (_, response) => {
      responses.push(response);
      response.write('one');
    };
    for await (const chunk of (await send(stream)).body) {
      expect(Buffer.from(chunk).toString()).toBe('one');
      break;
    }
    const aborting = new AbortController();
    const aborted = await send(stream, { signal: aborting.signal });
    aborting.abort();
    await expect(textOf(aborted)).rejects.toMatchObject(FAILED);
    const left = await send(stream);
    left.leave(new Error('Enough'));
    await expect(textOf(left)).rejects.toMatchObject(FAILED);
    expect(responses).toHaveLength(3);
    for (const response of responses) {
      if (!response.destroyed) await once(response, 'close');
    }
  });

  it('slows a writer down whose reader is slow', async () => {
    let written = 0;
    const write = async (response: ServerResponse) => {
      for (; written < 1_000; written += 1) {
        if (!response.write(CHUNK)) await once(response, 'drain');
      }
      response.end();
    };
    const answer = await send((_, response) => void write(response));
    for (let turns = 0; turns < 5_000; turns += 1) await setImmediate();
    expect(written).toBeLessThan(100);
    expect((await textOf(answer)).length).toBe(1_000 * CHUNK.length);
  });
});
