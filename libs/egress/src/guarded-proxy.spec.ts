import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { certificateFor, describeWithOpenssl } from '../test/certificates.js';
import { ConnectProxy } from '../test/connect-proxy.js';
import { SocketLab, type Listener } from '../test/socket-lab.js';
import { type EgressPolicy } from './egress-policy.js';
import { type GuardedHttpOptions } from './guarded-http.js';

const HOST = 'hook.example';
const PUBLIC = '93.184.216.34';
const PUBLIC_IPV6 = '2606:2800:220:1:248:1893:25c8:1946';
const OPEN: EgressPolicy = { allowHttp: true };
const SECRET = 'Basic dXNlcjpzZWNyZXQ=';

let lab: SocketLab;

beforeEach(() => {
  lab = new SocketLab();
});

afterEach(async () => {
  expect(await lab.close()).toEqual([]);
});

function answering(...addresses: string[]) {
  return async () =>
    addresses.map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
}

/** A receiver of plain http that stands for the public addresses. */
async function listen() {
  const server = createHttpServer((_request, response) => response.end('here'));
  return lab.listen(server);
}

async function startProxy(routes: Record<string, number>) {
  const proxy = new ConnectProxy(routes);
  const { port } = await lab.listen(proxy.server);
  return { proxy, url: `http://127.0.0.1:${port}` };
}

function clientOf(url: string, options: GuardedHttpOptions = {}) {
  return lab.guarded({
    policy: OPEN,
    resolve: answering(PUBLIC),
    ...options,
    proxy: { url, authorization: SECRET },
  });
}

describe('a request through a proxy', () => {
  it('asks it for the address that was checked, never for the name (S15)', async () => {
    const receiver = await listen();
    const { proxy, url } = await startProxy({
      [`${PUBLIC}:80`]: receiver.port,
    });
    const client = clientOf(url);
    const response = await client.request({ url: `http://${HOST}/a?b` });
    expect(response).toMatchObject({ status: 200, remoteAddress: PUBLIC });
    expect(response.body.toString()).toBe('here');
    expect(proxy.asked).toEqual([
      {
        method: 'CONNECT',
        authority: `${PUBLIC}:80`,
        headers: expect.objectContaining({
          host: `${PUBLIC}:80`,
          'proxy-authorization': SECRET,
        }),
      },
    ]);
    expect(JSON.stringify(proxy.asked)).not.toContain(HOST);
  });

  it('tells the receiver nothing of the proxy', async () => {
    const receiver = createHttpServer((request, response) =>
      response.end(JSON.stringify(request.headers)),
    );
    const { port } = await lab.listen(receiver);
    const { url } = await startProxy({ [`${PUBLIC}:80`]: port });
    const { body } = await clientOf(url).request({ url: `http://${HOST}/` });
    expect(JSON.parse(body.toString())).toEqual({
      host: HOST,
      'accept-encoding': 'identity',
      connection: 'close',
    });
  });

  it('asks for IPv6 addresses in brackets, named or resolved', async () => {
    const receiver = await listen();
    const authority = `[${PUBLIC_IPV6}]:80`;
    const { proxy, url } = await startProxy({ [authority]: receiver.port });
    const client = clientOf(url, { resolve: answering(PUBLIC_IPV6) });
    for (const host of [HOST, `[${PUBLIC_IPV6}]`]) {
      const response = await client.request({ url: `http://${host}/` });
      expect(response.remoteAddress).toBe(PUBLIC_IPV6);
    }
    expect(proxy.authorities).toEqual([authority, authority]);
  });

  it('asks for the next address where the proxy cannot reach the first', async () => {
    const receiver = await listen();
    const { proxy, url } = await startProxy({
      [`${PUBLIC}:80`]: receiver.port,
    });
    const resolve = answering(PUBLIC_IPV6, PUBLIC);
    const client = clientOf(url, { resolve });
    const response = await client.request({ url: `http://${HOST}/` });
    expect(response.remoteAddress).toBe(PUBLIC);
    expect(proxy.authorities).toEqual([`[${PUBLIC_IPV6}]:80`, `${PUBLIC}:80`]);
  });

  it.each([
    ['a name that resolves to it', HOST, ['127.0.0.1']],
    ['one of two records', HOST, [PUBLIC, '169.254.169.254']],
    ['a literal', '127.0.0.1', []],
    ['a local name', 'localhost', ['127.0.0.1']],
  ])(
    'is not made for a forbidden address: %s (S15)',
    async (_what, host, addresses) => {
      const listener = await lab.listen(createServer());
      const client = clientOf(`http://127.0.0.1:${listener.port}`, {
        resolve: answering(...addresses),
      });
      await expect(
        client.request({ url: `http://${host}/` }),
      ).rejects.toMatchObject({ code: 'address-not-allowed' });
      expect(listener.connections).toBe(0);
    },
  );

  it('keeps its connection for the next one to the same origin, and for no other', async () => {
    const receiver = await listen();
    const other = '93.184.216.35';
    const { proxy, url } = await startProxy({
      [`${PUBLIC}:80`]: receiver.port,
      [`${other}:80`]: receiver.port,
    });
    const client = clientOf(url, {
      keepAlive: true,
      resolve: async (name) => answering(name === HOST ? PUBLIC : other)(),
    });
    for (const host of [HOST, 'other.example', HOST, 'other.example']) {
      const { status } = await client.request({ url: `http://${host}/` });
      expect(status).toBe(200);
    }
    expect(proxy.authorities).toEqual([`${PUBLIC}:80`, `${other}:80`]);
    await client.close();
    await receiver.drained();
  });
});

/** A proxy that does to each connection what the test says. */
function misbehaving(answer: string | undefined): Server {
  return createServer((socket) => {
    socket.once('data', () => {
      if (answer !== undefined) socket.end(answer);
    });
    socket.resume();
  });
}

async function failureThrough(server: Server, deadlineMs = 10_000) {
  const listener = await lab.listen(server);
  const client = clientOf(`http://127.0.0.1:${listener.port}`);
  const request = client.request({ url: `http://${HOST}/`, deadlineMs });
  const error: unknown = await request.catch((reason: unknown) => reason);
  await listener.drained();
  return { error, listener };
}

describe('a proxy that fails', () => {
  it.each([
    ['407', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'],
    ['403', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 4\r\n\r\nnono'],
    ['502', 'HTTP/1.1 502 Bad Gateway\r\n\r\n'],
    ['301', 'HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1/\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.0\r\n'],
    ['nothing', ''],
    ['huge headers', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`],
    [
      'an answer of the receiver',
      'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 204 OK\r\n\r\n',
    ],
  ])('with %s fails the request once', async (_what, answer) => {
    const { error, listener } = await failureThrough(misbehaving(answer));
    expect(error).toMatchObject({
      name: 'EgressError',
      code: 'proxy-failed',
      message: 'The proxy did not open a connection',
    });
    expect(listener.connections).toBe(1);
    expect(inspect(error, { depth: 9 })).not.toContain(SECRET.slice(6));
  });

  it('by a reset fails the request', async () => {
    const server = createServer((socket) =>
      socket.once('data', () => socket.resetAndDestroy()),
    );
    const { error } = await failureThrough(server);
    expect(error).toMatchObject({ code: 'proxy-failed' });
  });

  it('because nobody listens fails the request', async () => {
    const listener = await lab.listen(createServer());
    const { port } = listener;
    await listener.close();
    const request = clientOf(`http://127.0.0.1:${port}`).request({
      url: `http://${HOST}/`,
    });
    await expect(request).rejects.toMatchObject({ code: 'proxy-failed' });
  });

  it('by silence or by dripping fails it at the deadline, and leaves no connection', async () => {
    // A header without end, each byte well before any idle time is over.
    const dripping = createServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      const drip = setInterval(() => socket.write('a'), 5);
      socket.once('close', () => clearInterval(drip)).resume();
    });
    for (const server of [misbehaving(undefined), dripping]) {
      const { error, listener } = await failureThrough(server, 60);
      expect(error).toMatchObject({ code: 'deadline-exceeded' });
      expect(listener.connections).toBe(1);
    }
  });

  it('to answer ends with a caller who gives up, and with close()', async () => {
    const server = misbehaving(undefined);
    const listener = await lab.listen(server);
    const client = clientOf(`http://127.0.0.1:${listener.port}`);
    const url = `http://${HOST}/`;
    const stop = new AbortController();
    const first = client.request({ url, signal: stop.signal });
    await once(server, 'connection');
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    await listener.drained();
    const outcome = expect(client.request({ url })).rejects.toMatchObject({
      code: 'proxy-failed',
    });
    await once(server, 'connection');
    await client.close();
    await outcome;
  });
});

describeWithOpenssl('TLS through a proxy', () => {
  const receiverOf = async (name: string) => {
    const certificate = certificateFor(name);
    const names: unknown[] = [];
    const server = createHttpsServer(certificate, (request, response) => {
      names.push((request.socket as TLSSocket).servername);
      response.end('here');
    });
    const listener: Listener = await lab.listen(server);
    return { certificate, names, listener };
  };

  it('verifies the certificate for the host name and sends it (S15)', async () => {
    const { certificate, names, listener } = await receiverOf(HOST);
    const route = { [`${PUBLIC}:443`]: listener.port };
    const { proxy, url } = await startProxy(route);
    const certificateAuthorities = [certificate.cert];
    const client = clientOf(url, { keepAlive: true, certificateAuthorities });
    for (let count = 0; count < 2; count += 1) {
      const response = await client.request({ url: `https://${HOST}/` });
      expect(response).toMatchObject({ status: 200, remoteAddress: PUBLIC });
    }
    expect(names).toEqual([HOST, HOST]);
    expect(proxy.authorities).toEqual([`${PUBLIC}:443`]);
    await client.close();
    await expect(
      clientOf(url).request({ url: `https://${HOST}/` }),
    ).rejects.toMatchObject({ code: 'tls-failed' });
    expect(names).toHaveLength(2);
  });

  it('fails for a certificate of another name (S15)', async () => {
    const { certificate, names, listener } = await receiverOf('other.example');
    const route = { [`${PUBLIC}:443`]: listener.port };
    const { url } = await startProxy(route);
    const certificateAuthorities = [certificate.cert];
    const client = clientOf(url, { certificateAuthorities });
    await expect(
      client.request({ url: `https://${HOST}/` }),
    ).rejects.toMatchObject({
      code: 'tls-failed',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    expect(names).toEqual([]);
  });

  it('also reaches it over TLS, and tells it nothing where its certificate is wrong', async () => {
    const { certificate, names, listener } = await receiverOf(HOST);
    const own = certificateFor('localhost');
    const routes = { [`${PUBLIC}:443`]: listener.port };
    const proxy = new ConnectProxy(routes, own);
    const { port } = await lab.listen(proxy.server);
    const certificateAuthorities = [certificate.cert, own.cert];
    const send = (host: string, trusted: string[]) =>
      clientOf(`https://${host}:${port}`, {
        certificateAuthorities: trusted,
      }).request({ url: `https://${HOST}/` });
    const response = await send('localhost', certificateAuthorities);
    expect(response.body.toString()).toBe('here');
    expect(names).toEqual([HOST]);
    await expect(
      send('127.0.0.1', certificateAuthorities),
    ).rejects.toMatchObject({ code: 'proxy-failed' });
    await expect(send('localhost', [certificate.cert])).rejects.toMatchObject({
      code: 'proxy-failed',
    });
    expect(proxy.asked).toHaveLength(1);
  });
});
