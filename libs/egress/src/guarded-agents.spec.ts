import { createServer as createHttpServer } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { type TLSSocket } from 'node:tls';
import axios from 'axios';
import { certificateFor, describeWithOpenssl } from '../test/certificates.js';
import { SocketLab, type Listener } from '../test/socket-lab.js';

const HOST = 'hook.example';

let lab: SocketLab;

beforeEach(() => {
  lab = new SocketLab();
});

afterEach(async () => {
  expect(await lab.close()).toEqual([]);
});

interface TlsListener extends Listener {
  readonly names: unknown[];
}

async function listen(options: ServerOptions): Promise<TlsListener> {
  const names: unknown[] = [];
  const server = createServer(options, (request, response) => {
    names.push((request.socket as TLSSocket).servername);
    response.end('here');
  });
  return Object.assign(await lab.listen(server), { names });
}

function send({ port }: Listener, trusted: string[] = []) {
  const client = lab.guarded({
    policy: { allowPrivateNetworks: true, ports: [port] },
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    certificateAuthorities: trusted,
  });
  const url = `https://${HOST}:${port}/`;
  return client.request({ url, deadlineMs: 2_000 });
}

describeWithOpenssl('TLS', () => {
  it('verifies the certificate for the host name and sends it (S21)', async () => {
    const certificate = certificateFor(HOST);
    const listener = await listen(certificate);
    const response = await send(listener, [certificate.cert]);
    expect(response).toMatchObject({
      status: 200,
      body: Buffer.from('here'),
      remoteAddress: '127.0.0.1',
    });
    expect(listener.names).toEqual([HOST]);
  });

  it('fails for a certificate of another name (S21)', async () => {
    const certificate = certificateFor('other.example');
    const listener = await listen(certificate);
    await expect(send(listener, [certificate.cert])).rejects.toMatchObject({
      code: 'tls-failed',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    expect(listener.names).toEqual([]);
  });

  it('fails for a self-signed certificate (S21)', async () => {
    const listener = await listen(certificateFor(HOST));
    await expect(send(listener)).rejects.toMatchObject({
      code: 'tls-failed',
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(listener.names).toEqual([]);
  });

  it('fails for an expired certificate (S21)', async () => {
    const certificate = certificateFor(HOST, -1);
    const listener = await listen(certificate);
    await expect(send(listener, [certificate.cert])).rejects.toMatchObject({
      code: 'tls-failed',
      cause: { code: 'CERT_HAS_EXPIRED' },
    });
    expect(listener.names).toEqual([]);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)(
    'fails for %s (S21)',
    async (version) => {
      const certificate = certificateFor(HOST);
      const listener = await listen({
        ...certificate,
        minVersion: version,
        maxVersion: version,
        ciphers: 'DEFAULT:@SECLEVEL=0',
      });
      await expect(send(listener, [certificate.cert])).rejects.toMatchObject({
        code: 'tls-failed',
      });
      expect(listener.names).toEqual([]);
    },
  );
});

describeWithOpenssl('a request over TLS', () => {
  const environment = { ...process.env };

  afterEach(() => {
    process.env = { ...environment };
  });

  it.each([302, 307, 308])(
    'that is answered with %i to plain http is not followed (S13)',
    async (status) => {
      const certificate = certificateFor(HOST);
      const target = await lab.listen(createHttpServer());
      const location = `http://127.0.0.1:${target.port}/`;
      const server = createServer(certificate, (_request, response) =>
        response.writeHead(status, { location }).end(),
      );
      const listener = await lab.listen(server);
      const response = await send(listener, [certificate.cert]);
      expect(response).toMatchObject({ status, headers: { location } });
      expect(listener.connections).toBe(1);
      expect(target.connections).toBe(0);
    },
  );

  it('asks no proxy of the environment, and the guard still works (S14)', async () => {
    const certificate = certificateFor(HOST);
    const listener = await listen(certificate);
    const server = createTcpServer((socket) => {
      socket.resume().end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const proxy = await lab.listen(server);
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) {
      process.env[name] = `http://127.0.0.1:${proxy.port}`;
    }
    process.env.NO_PROXY = process.env.no_proxy = '';
    // Axios itself uses the proxy: the test would see it.
    await expect(axios.get(`https://${HOST}/`)).rejects.toThrow();
    expect(proxy.connections).toBe(1);
    const { status } = await send(listener, [certificate.cert]);
    expect(status).toBe(200);
    const strict = lab.guarded({
      policy: { ports: [listener.port] },
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    const url = `https://${HOST}:${listener.port}/`;
    await expect(strict.request({ url })).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
    expect(listener.connections).toBe(1);
    expect(proxy.connections).toBe(1);
  });
});

describe('TLS', () => {
  it('fails for a server that does not speak it (S21)', async () => {
    const server = createTcpServer((socket) => {
      socket.resume();
      socket.end('HTTP/1.1 200 OK\r\n\r\n');
    });
    await expect(send(await lab.listen(server))).rejects.toMatchObject({
      code: 'tls-failed',
    });
  });

  it('counts for the total deadline (D2)', async () => {
    const listener = await lab.listen(
      createTcpServer((socket) => socket.resume()),
    );
    const client = lab.guarded({ policy: { allowPrivateNetworks: true } });
    const url = `https://127.0.0.1:${listener.port}/`;
    await expect(client.request({ url, deadlineMs: 60 })).rejects.toMatchObject(
      { code: 'deadline-exceeded' },
    );
    expect(listener.connections).toBe(1);
  });

  it('is not begun with a forbidden address', async () => {
    const listener = await lab.listen(
      createTcpServer((socket) => socket.resume()),
    );
    const client = lab.guarded({
      policy: { ports: [listener.port] },
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    const url = `https://${HOST}:${listener.port}/`;
    await expect(client.request({ url })).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
    expect(listener.connections).toBe(0);
  });
});
