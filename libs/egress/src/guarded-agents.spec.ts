import { createServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { type TLSSocket } from 'node:tls';
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
