import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type EgressPolicy } from './egress-policy.js';
import { SocketLab, type Listener } from '../test/socket-lab.js';

const DEVELOPMENT: EgressPolicy = {
  allowHttp: true,
  allowPrivateNetworks: true,
};

let lab: SocketLab;

beforeEach(() => {
  lab = new SocketLab();
});

afterEach(async () => {
  expect(await lab.close()).toEqual([]);
});

/** Listens and hands over each socket once its request has begun to arrive. */
function onRequest(
  answer: (socket: Socket, request: string) => void,
): Promise<Listener> {
  const server = createServer((socket) =>
    socket.once('data', (data) => answer(socket, data.toString('latin1'))),
  );
  return lab.listen(server);
}

function send(
  { port }: Listener,
  options: {
    method?: 'HEAD' | 'POST';
    body?: string;
    deadlineMs?: number;
  } = {},
) {
  const url = `http://127.0.0.1:${port}/hook`;
  return lab.guarded({ policy: DEVELOPMENT }).request({ url, ...options });
}

/** Writes for as long as the other side reads. */
function flood(socket: Socket, chunk: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
}

function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 5);
  socket.once('close', () => clearInterval(timer));
}

describe('a guarded request', () => {
  it('sends exactly the headers and the body it was given', async () => {
    let received = '';
    const listener = await onRequest((socket, request) => {
      received = request;
      socket.end('HTTP/1.1 202 Accepted\r\nX-A: b\r\n\r\ndone');
    });
    const response = await lab.guarded({ policy: DEVELOPMENT }).request({
      url: `http://127.0.0.1:${listener.port}/hook?a=%20b#fragment`,
      method: 'POST',
      headers: {
        'content-type': 'application/a2a+json',
        'webhook-id': 'evt_1',
      },
      body: '{"text":"\u00e9"}',
    });
    const [head = '', body = ''] = received.split('\r\n\r\n');
    const [requestLine, ...headers] = head.split('\r\n');
    expect(requestLine).toBe('POST /hook?a=%20b HTTP/1.1');
    expect(headers.map((line) => line.toLowerCase()).sort()).toEqual([
      'accept-encoding: identity',
      'connection: close',
      'content-length: 13',
      'content-type: application/a2a+json',
      `host: 127.0.0.1:${listener.port}`,
      'webhook-id: evt_1',
    ]);
    expect(Buffer.from(body, 'latin1').toString()).toBe('{"text":"\u00e9"}');
    expect(response).toMatchObject({
      status: 202,
      headers: { 'x-a': 'b' },
      body: Buffer.from('done'),
      truncated: false,
      remoteAddress: '127.0.0.1',
    });
    expect(response.durationMs).toBeGreaterThan(0);
  });

  it('sends the bytes of a buffer, also none', async () => {
    const bodies: Buffer[] = [];
    const server = createHttpServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk));
      request.on('end', () => response.end(request.headers['content-length']));
    });
    const { port } = await lab.listen(server);
    const client = lab.guarded({ policy: DEVELOPMENT });
    const post = async (body: Buffer | string) => {
      const url = `http://127.0.0.1:${port}/`;
      const headers = { 'content-type': 'application/json' };
      const post = { url, method: 'POST', headers, body } as const;
      const response = await client.request(post);
      return response.body.toString();
    };
    expect(await post(Buffer.from([0, 255, 13, 10]))).toBe('4');
    expect(bodies).toEqual([Buffer.from([0, 255, 13, 10])]);
    expect(await post(' {"not": "minified"} \n')).toBe('22');
    expect(await post('not JSON')).toBe('8');
    expect(await post(Buffer.alloc(0))).toBe('0');
    expect(await post('')).toBe('0');
  });

  it('has limits of its own, not those of the axios instance', async () => {
    const listener = await onRequest((socket) =>
      socket.end('HTTP/1.1 200 OK\r\n\r\n1234567890'),
    );
    const client = lab.guarded({ policy: DEVELOPMENT });
    client.axios.defaults.maxContentLength = 5;
    const url = `http://127.0.0.1:${listener.port}/`;
    const response = await client.request({ url });
    expect(response).toMatchObject({ truncated: false });
    expect(response.body).toHaveLength(10);
  });

  it('has a response without body for HEAD', async () => {
    const listener = await onRequest((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'),
    );
    const response = await send(listener, { method: 'HEAD' });
    expect(response).toMatchObject({ status: 200, truncated: false });
  });

  it.each([
    ['a name that is no token', { 'a b': 'x' }],
    ['a line break in a value', { a: 'b\r\nHost: evil.example' }],
    ['a value over 8 KB', { a: 'b'.repeat(8_193) }],
    ['Host', { Host: 'evil.example' }],
    ['Content-Length', { 'content-length': '0' }],
    ['Transfer-Encoding', { 'TRANSFER-ENCODING': 'chunked' }],
  ])(
    'refuses headers with %s and connects to nobody (S20)',
    async (_, headers) => {
      const listener = await lab.listen(
        createServer((socket) => socket.resume()),
      );
      const url = `http://127.0.0.1:${listener.port}/`;
      const request = lab
        .guarded({ policy: DEVELOPMENT })
        .request({ url, headers });
      await expect(request).rejects.toMatchObject({
        code: 'header-not-allowed',
      });
      expect(listener.connections).toBe(0);
    },
  );

  it('is not changed by a header named __proto__', async () => {
    let received = '';
    const listener = await onRequest((socket, request) => {
      received = request;
      socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    });
    const headers = JSON.parse('{"__proto__":"x","a":"b"}') as {
      a: string;
    };
    const url = `http://127.0.0.1:${listener.port}/`;
    await lab.guarded({ policy: DEVELOPMENT }).request({ url, headers });
    expect(received).toContain('\r\na: b\r\n');
    expect(({} as { a?: string }).a).toBeUndefined();
  });

  it.each([
    [{ deadlineMs: 0 }],
    [{ deadlineMs: Number.NaN }],
    [{ deadlineMs: 2 ** 31 }],
    [{ bodyTimeoutMs: -1 }],
    [{ maxBodyBytes: Number.NaN }],
    [{ method: 'CONNECT' as 'GET' }],
  ])('throws a TypeError for %j', async (options) => {
    const client = lab.guarded({ policy: DEVELOPMENT });
    const request = client.request({ url: 'http://127.0.0.1:9/', ...options });
    await expect(request).rejects.toThrow(TypeError);
  });

  it('rejects with aborted and the reason when the caller gives up', async () => {
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const listener = await onRequest(() => controller.abort(reason));
    const url = `http://127.0.0.1:${listener.port}/`;
    const { signal } = controller;
    const client = lab.guarded({ policy: DEVELOPMENT });
    await expect(client.request({ url, signal })).rejects.toMatchObject({
      code: 'aborted',
      cause: reason,
    });
    // Again, with a signal that is aborted before the request.
    await expect(client.request({ url, signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(listener.connections).toBe(1);
  });

  it('cuts the body when the caller gives up after the status line', async () => {
    const controller = new AbortController();
    const listener = await onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      drip(socket, 'x');
    });
    const client = lab.guarded({ policy: DEVELOPMENT });
    client.axios.interceptors.response.use((response) => {
      controller.abort();
      return response;
    });
    const response = await client.request({
      url: `http://127.0.0.1:${listener.port}/`,
      bodyTimeoutMs: 60_000,
      signal: controller.signal,
    });
    expect(response).toMatchObject({ status: 200, truncated: true });
  });
});

describe('a faulty receiver', () => {
  it('that refuses the connection is connection-failed', async () => {
    const listener = await lab.listen(
      createServer((socket) => socket.resume()),
    );
    await listener.close();
    await expect(send(listener)).rejects.toMatchObject({
      code: 'connection-failed',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('that never answers ends at the deadline (D2)', async () => {
    const listener = await onRequest(() => undefined);
    await expect(send(listener, { deadlineMs: 60 })).rejects.toMatchObject({
      code: 'deadline-exceeded',
    });
    expect(listener.connections).toBe(1);
  });

  describe('that answers', () => {
    const DEADLINE_MS = 15_000;

    beforeEach(() => {
      jest.useFakeTimers({
        doNotFake: ['Date', 'nextTick', 'performance', 'setImmediate'],
      });
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    const answerAfter = async (ms: number) => {
      const listener = await onRequest((socket) => {
        jest.advanceTimersByTime(ms);
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      });
      return send(listener, { deadlineMs: DEADLINE_MS });
    };

    it('a millisecond before the deadline has answered (D3)', async () => {
      const { status } = await answerAfter(DEADLINE_MS - 1);
      expect(status).toBe(204);
    });

    it('at the deadline has not', async () => {
      await expect(answerAfter(DEADLINE_MS)).rejects.toMatchObject({
        code: 'deadline-exceeded',
      });
    });
  });

  it('that drips its headers ends at the total deadline (D4)', async () => {
    const listener = await onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      drip(socket, 'y');
    });
    await expect(send(listener, { deadlineMs: 120 })).rejects.toMatchObject({
      code: 'deadline-exceeded',
    });
  });

  it('whose body never ends has succeeded, and is cut at 16 KB (D5)', async () => {
    const listener = await onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      flood(socket, 'x'.repeat(4_096));
    });
    const response = await send(listener);
    expect(response).toMatchObject({ status: 200, truncated: true });
    expect(response.body).toEqual(Buffer.alloc(16_384, 'x'));
  });

  it('whose body drips has succeeded, and is cut in time (D5)', async () => {
    const listener = await onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nbegin');
      drip(socket, '.');
    });
    const url = `http://127.0.0.1:${listener.port}/`;
    const client = lab.guarded({ policy: DEVELOPMENT });
    const response = await client.request({ url, bodyTimeoutMs: 60 });
    expect(response).toMatchObject({ status: 200, truncated: true });
    expect(response.body.toString()).toMatch(/^begin\.*$/);
  });

  it('with a body of exactly the cap is not cut', async () => {
    const listener = await onRequest((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(16_384)}`),
    );
    const response = await send(listener);
    expect(response.truncated).toBe(false);
    expect(response.body).toHaveLength(16_384);
  });

  it('that sends a compressed bomb finds it left packed (D6)', async () => {
    const bomb = gzipSync(Buffer.alloc(4_000_000));
    const server = createHttpServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    const response = await send(await lab.listen(server));
    expect(response.body).toEqual(bomb);
    expect(response.headers['content-encoding']).toBe('gzip');
  });

  it.each(['reset', 'end'] as const)(
    'that breaks off the body with a %s has succeeded (D7)',
    async (how) => {
      const head = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';
      const listener = await onRequest((socket) =>
        socket.write(`${head}begin`, () =>
          how === 'reset' ? socket.resetAndDestroy() : socket.end(),
        ),
      );
      const response = await send(listener);
      expect(response).toMatchObject({
        status: 200,
        body: Buffer.from('begin'),
        truncated: true,
        remoteAddress: '127.0.0.1',
      });
    },
  );

  it('that resets after reading the request has not answered (D8)', async () => {
    let received = '';
    const listener = await onRequest((socket, request) => {
      received = request;
      socket.resetAndDestroy();
    });
    const request = send(listener, { method: 'POST', body: '{"n":1}' });
    await expect(request).rejects.toMatchObject({
      code: 'connection-failed',
      cause: { code: 'ECONNRESET' },
    });
    expect(received).toContain('{"n":1}');
  });

  it.each([204, 206, 304, 400, 500, 999])(
    'may answer %i: every status is a response (D13)',
    async (status) => {
      const listener = await onRequest((socket) =>
        socket.end(`HTTP/1.1 ${status} X\r\nConnection: close\r\n\r\n`),
      );
      expect((await send(listener)).status).toBe(status);
    },
  );

  it('may send many interim responses before the real one (D13)', async () => {
    const listener = await onRequest((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000));
      socket.end('HTTP/1.1 200 OK\r\n\r\n');
    });
    expect((await send(listener)).status).toBe(200);
  });

  it('that floods interim responses ends at the deadline (D13)', async () => {
    const listener = await onRequest((socket) =>
      flood(socket, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
    );
    await expect(send(listener, { deadlineMs: 120 })).rejects.toMatchObject({
      code: 'deadline-exceeded',
    });
  });

  it('that switches protocols ends at the deadline (D13)', async () => {
    const listener = await onRequest((socket) =>
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      ),
    );
    await expect(send(listener, { deadlineMs: 60 })).rejects.toMatchObject({
      code: 'deadline-exceeded',
    });
  });

  it.each([
    ['HTTP/0.9', '<html>hello</html>\r\n'],
    ['binary junk', '\0\x01\x02\x03'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    ],
    [
      '20 KB of headers (D14)',
      `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
    ],
  ])('that answers %s is an invalid response (D13)', async (_what, text) => {
    const listener = await onRequest((socket) => socket.end(text));
    await expect(send(listener)).rejects.toMatchObject({
      code: 'invalid-response',
    });
  });

  it('that never ends its headers is cut off early (D14)', async () => {
    let sent = 0;
    const listener = await onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      socket.once('close', () => (sent = socket.bytesWritten));
      flood(socket, `X: ${'y'.repeat(1_000)}\r\n`);
    });
    await expect(send(listener)).rejects.toMatchObject({
      code: 'invalid-response',
    });
    await listener.drained();
    // What fits into the buffers of two sockets, not what 15 s could carry.
    expect(sent).toBeLessThan(20_000_000);
  });
});
