import { createServer } from 'node:https';
import { type TLSSocket } from 'node:tls';
import { certificateFor, describeWithOpenssl } from '../test/certificates.js';
import { ConnectProxy } from '../test/connect-proxy.js';
import { SocketLab, type Listener } from '../test/socket-lab.js';
import { type GuardedHttpOptions } from './guarded-http.js';

const HOST = 'agent.example';

let lab: SocketLab;

beforeEach(() => {
  lab = new SocketLab();
});

afterEach(async () => {
  expect(await lab.close()).toEqual([]);
});

describeWithOpenssl('a client certificate', () => {
  const server = certificateFor(HOST);
  const caller = certificateFor('caller');
  const pair = { cert: caller.cert, key: caller.key };

  /** Asks every client for a certificate, and answers whose it was. */
  async function listen(isRequired = false): Promise<Listener> {
    const options = {
      ...server,
      ca: caller.cert,
      requestCert: true,
      rejectUnauthorized: isRequired,
    };
    return lab.listen(
      createServer(options, ({ socket }, response) => {
        const { subject } = (socket as TLSSocket).getPeerCertificate();
        response.end(String(subject?.CN));
      }),
    );
  }

  function clientOf(options: GuardedHttpOptions) {
    return lab.guarded({
      policy: { allowPrivateNetworks: true, ports: [1] },
      trustedOrigins: [],
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      certificateAuthorities: [server.cert],
      ...options,
    });
  }

  async function seenBy(
    { port }: Listener,
    client: ReturnType<typeof clientOf>,
  ): Promise<string> {
    const url = `https://${HOST}:${port}/`;
    return (await client.request({ url })).body.toString();
  }

  it('is shown at its origins, and at no other', async () => {
    const [one, other] = [await listen(), await listen()];
    const client = clientOf({
      policy: { allowPrivateNetworks: true, ports: [one.port, other.port] },
      clientCertificate: { ...pair, origins: [`https://${HOST}:${one.port}`] },
    });
    expect(await seenBy(one, client)).toBe('caller');
    expect(await seenBy(other, client)).toBe('undefined');
    expect(await seenBy(one, client)).toBe('caller');
  });

  it('opens servers that serve nobody without one', async () => {
    const listener = await listen(true);
    const policy = { allowPrivateNetworks: true, ports: [listener.port] };
    const origins = [`https://${HOST}:${listener.port}`];
    const client = clientOf({
      policy,
      clientCertificate: { ...pair, origins },
    });
    expect(await seenBy(listener, client)).toBe('caller');
    await expect(seenBy(listener, clientOf({ policy }))).rejects.toMatchObject({
      name: 'EgressError',
    });
  });

  it('brings authorities that verify the servers of its origins only', async () => {
    const [one, other] = [await listen(), await listen()];
    const client = clientOf({
      policy: { allowPrivateNetworks: true, ports: [one.port, other.port] },
      certificateAuthorities: [],
      clientCertificate: {
        ...pair,
        ca: server.cert,
        origins: [`https://${HOST}:${one.port}`],
      },
    });
    expect(await seenBy(one, client)).toBe('caller');
    await expect(seenBy(other, client)).rejects.toMatchObject({
      code: 'tls-failed',
    });
  });

  it('is shown through a proxy to the server behind it', async () => {
    const listener = await listen();
    const proxy = new ConnectProxy({
      [`127.0.0.1:${listener.port}`]: listener.port,
    });
    const { port } = await lab.listen(proxy.server);
    const client = clientOf({
      policy: { allowPrivateNetworks: true, ports: [listener.port] },
      proxy: { url: `http://127.0.0.1:${port}` },
      clientCertificate: {
        ...pair,
        origins: [`https://${HOST}:${listener.port}`],
      },
    });
    expect(await seenBy(listener, client)).toBe('caller');
    expect(proxy.authorities).toEqual([`127.0.0.1:${listener.port}`]);
  });

  it.each([
    ['no PEM', { ...pair, cert: 'x' }],
    ['no key', { ...pair, key: '' }],
    ['nothing', { cert: undefined as never, key: undefined as never }],
    ['the key of another', { ...pair, key: certificateFor('other').key }],
    ['an authority that is none', { ...pair, ca: 'x' }],
  ])('is refused at start when it is %s', (_, certificate) => {
    const origins = [`https://${HOST}`];
    expect(() =>
      lab.guarded({ clientCertificate: { ...certificate, origins } }),
    ).toThrow(TypeError);
  });

  it('is refused at start for what is no origin', () => {
    expect(() =>
      lab.guarded({ clientCertificate: { ...pair, origins: ['x'] } }),
    ).toThrow(TypeError);
  });
});
