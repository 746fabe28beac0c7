import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import axios from 'axios';
import { type EgressPolicy } from './egress-policy.js';
import { type ResolvedAddress } from './pinned-lookup.js';
import { SocketLab, type Listener } from '../test/socket-lab.js';

const DEVELOPMENT: EgressPolicy = {
  allowHttp: true,
  allowPrivateNetworks: true,
};
const LOOPBACK = { address: '127.0.0.1', family: 4 };
const PUBLIC = { address: '93.184.216.34', family: 4 };

let lab: SocketLab;

beforeEach(() => {
  lab = new SocketLab();
});

afterEach(async () => {
  expect(await lab.close()).toEqual([]);
});

function listen(options?: { host?: string; port?: number }): Promise<Listener> {
  const server = createHttpServer((_request, response) => response.end('here'));
  return lab.listen(server, options);
}

/** Http on the port of the listener is allowed: only the address can refuse. */
function onlyAddressRefuses({ port }: Listener): EgressPolicy {
  return { allowHttp: true, ports: [port] };
}

function answering(...records: ResolvedAddress[]) {
  return async () => records;
}

const NOT_ALLOWED = {
  name: 'EgressError',
  code: 'address-not-allowed',
  message: 'The host is not allowed',
};

describe('a request to a forbidden address', () => {
  it.each([
    ['S1', '127.0.0.1'],
    ['S2', '2130706433'],
    ['S2', '0x7f.1'],
    ['S2', '0177.0.0.1'],
    ['S2', '127.1'],
    ['S2', '\uff11\uff12\uff17.0.0.1'],
    ['S2', '127\u30020\u30020\u30021'],
    ['S3', '[::1]'],
    ['S3', '[::]'],
    ['S3', '[::ffff:127.0.0.1]'],
    ['S3', '[::ffff:7f00:1]'],
    ['S4', '[::127.0.0.1]'],
    ['S5', '[64:ff9b::7f00:1]'],
    ['S5', '[64:ff9b:1::7f00:1]'],
    ['S5', '[2002:7f00:1::]'],
    ['S7', 'localhost'],
    ['S7', 'localhost.'],
    ['S7', 'x.localhost'],
  ])('opens no connection (%s: %s)', async (_case, host) => {
    // Reached by IPv4 and IPv6 alike.
    const listener = await listen({ host: '::' });
    const client = lab.guarded({ policy: onlyAddressRefuses(listener) });
    const url = `http://${host}:${listener.port}/`;
    await expect(client.request({ url })).rejects.toMatchObject(NOT_ALLOWED);
    expect(listener.connections).toBe(0);
  });

  it('reaches the same listener once the policy opens it', async () => {
    const listener = await listen({ host: '::' });
    const client = lab.guarded({ policy: DEVELOPMENT });
    const hosts = ['127.0.0.1', '2130706433', 'localhost', '[::1]'];
    for (const host of hosts) {
      const url = `http://${host}:${listener.port}/`;
      expect((await client.request({ url })).body.toString()).toBe('here');
    }
    expect(listener.connections).toBe(hosts.length);
  });

  it.each([
    ['a name that resolves to it (S8)', [LOOPBACK]],
    ['one of two records, last (S11)', [PUBLIC, LOOPBACK]],
    ['one of two records, first (S11)', [LOOPBACK, PUBLIC]],
    ['A public, AAAA private (S12)', [PUBLIC, { address: '::1', family: 6 }]],
    [
      'A public, AAAA mapped (S12)',
      [PUBLIC, { address: '::ffff:127.0.0.1', family: 6 }],
    ],
    [
      'IPv4-compatible, as resolvers print it',
      [{ address: '::127.0.0.1', family: 6 }],
    ],
    ['no address at all', [{ address: 'localhost', family: 4 }]],
  ])('opens no connection: %s', async (_what, records) => {
    const listener = await listen({ host: '::' });
    const client = lab.guarded({
      policy: onlyAddressRefuses(listener),
      resolve: answering(...records),
    });
    const url = `http://hook.example:${listener.port}/`;
    await expect(client.request({ url })).rejects.toMatchObject(NOT_ALLOWED);
    expect(listener.connections).toBe(0);
  });

  it('checks the answers of the real resolver', async () => {
    const listener = await listen();
    const deny = ['127.0.0.0/8', '::1'];
    const client = lab.guarded({ policy: { ...DEVELOPMENT, deny } });
    const url = `http://localhost:${listener.port}/`;
    await expect(client.request({ url })).rejects.toMatchObject(NOT_ALLOWED);
    expect(listener.connections).toBe(0);
  });

  it('is refused when the name resolves to it only later (S9)', async () => {
    const allowed = await listen({ host: '127.0.0.2' });
    const forbidden = await listen({ port: allowed.port });
    const answers = [{ address: '127.0.0.2', family: 4 }, LOOPBACK];
    const client = lab.guarded({
      policy: { ...onlyAddressRefuses(allowed), allow: ['127.0.0.2'] },
      resolve: async () => answers.splice(0, 1),
    });
    const url = `http://hook.example:${allowed.port}/`;
    expect((await client.request({ url })).remoteAddress).toBe('127.0.0.2');
    await expect(client.request({ url })).rejects.toMatchObject(NOT_ALLOWED);
    expect(forbidden.connections).toBe(0);
  });

  it('is never reached in 1000 sends with alternating answers (S10)', async () => {
    const allowed = await listen({ host: '127.0.0.2' });
    const forbidden = await listen({ port: allowed.port });
    let questions = 0;
    const client = lab.guarded({
      policy: { ...onlyAddressRefuses(allowed), allow: ['127.0.0.2'] },
      resolve: async () => [
        { address: `127.0.0.${(questions++ % 2) + 1}`, family: 4 },
      ],
    });
    const url = `http://hook.example:${allowed.port}/`;
    const request = { url, deadlineMs: 60_000 };
    const sends = Array.from({ length: 1_000 }, () => client.request(request));
    const results = await Promise.allSettled(sends);
    const reached = results.filter(({ status }) => status === 'fulfilled');
    expect(reached).toHaveLength(500);
    expect(allowed.connections).toBe(500);
    expect(forbidden.connections).toBe(0);
  }, 90_000);
});

describe('a redirect', () => {
  const TARGETS: [string, (port: number) => string][] = [
    ['cloud metadata', () => 'http://169.254.169.254/latest/meta-data/'],
    ['an address', (port) => `http://127.0.0.1:${port}/`],
    ['another host', (port) => `http://other.example:${port}/`],
    ['itself', () => '/again'],
  ];

  describe.each([301, 302, 303, 307, 308])('with status %i', (status) => {
    it.each(TARGETS)(
      'to %s is the response, and never followed (S13)',
      async (_what, to) => {
        const target = await listen();
        const asked: (string | undefined)[] = [];
        const server = createHttpServer((request, response) => {
          asked.push(request.headers.authorization);
          response.writeHead(status, { location: to(target.port) }).end();
        });
        const { port } = await lab.listen(server);
        const names: string[] = [];
        const client = lab.guarded({
          policy: { ...DEVELOPMENT, ports: [port, target.port] },
          resolve: async (name) => {
            names.push(name);
            return [LOOPBACK];
          },
        });
        const response = await client.request({
          url: `http://hook.example:${port}/`,
          headers: { authorization: 'Bearer secret' },
        });
        expect(response).toMatchObject({
          status,
          headers: { location: to(target.port) },
        });
        expect(asked).toEqual(['Bearer secret']);
        expect(names).toEqual(['hook.example']);
        expect(target.connections).toBe(0);
      },
    );
  });
});

describe('proxies of the environment', () => {
  const NAMES = [
    'HTTP_PROXY',
    'http_proxy',
    'HTTPS_PROXY',
    'https_proxy',
    'ALL_PROXY',
  ];
  const environment = { ...process.env };

  afterEach(() => {
    process.env = { ...environment };
  });

  it('are ignored, and the guard still works (S14)', async () => {
    const proxy = await listen();
    const listener = await listen();
    for (const name of NAMES) {
      process.env[name] = `http://127.0.0.1:${proxy.port}`;
    }
    process.env.NODE_USE_ENV_PROXY = '1';
    process.env.NO_PROXY = process.env.no_proxy = '';
    // Axios itself uses the proxy: the test would see it.
    const headers = { connection: 'close' };
    await axios.get('http://hook.example/', { headers });
    expect(proxy.connections).toBe(1);
    const url = `http://127.0.0.1:${listener.port}/`;
    const open = lab.guarded({ policy: DEVELOPMENT });
    expect((await open.request({ url })).status).toBe(200);
    const strict = lab.guarded({ policy: onlyAddressRefuses(listener) });
    await expect(strict.request({ url })).rejects.toMatchObject(NOT_ALLOWED);
    expect(listener.connections).toBe(1);
    expect(proxy.connections).toBe(1);
  });
});

describe('two clients', () => {
  it('share no policy and no socket (S22)', async () => {
    const listener = await listen();
    const url = `http://hook.example:${listener.port}/`;
    const options = { resolve: answering(LOOPBACK), keepAlive: true };
    const policy = onlyAddressRefuses(listener);
    const allow = ['127.0.0.1'];
    const open = lab.guarded({ ...options, policy: { ...policy, allow } });
    const strict = lab.guarded({ ...options, policy });
    await open.request({ url });
    await expect(strict.request({ url })).rejects.toMatchObject(NOT_ALLOWED);
    await open.request({ url });
    expect(listener.connections).toBe(1);
    await open.close();
  });
});

describe('a required list of hosts', () => {
  it('holds at the connection: a listed name goes where it resolves, another only to listed addresses', async () => {
    const listener = await listen();
    const policy = {
      ...DEVELOPMENT,
      ports: [listener.port],
      requireAllowlist: true,
    };
    const statusOf = async (host: string, allow: readonly string[]) => {
      const client = lab.guarded({
        policy: { ...policy, allow },
        resolve: answering(LOOPBACK),
      });
      const url = `http://${host}:${listener.port}/`;
      return (await client.request({ url })).status;
    };
    expect(await statusOf('hook.example', ['hook.example'])).toBe(200);
    expect(await statusOf('hook.example', ['127.0.0.0/8'])).toBe(200);
    for (const allow of [['other.example'], ['10.0.0.0/8'], []]) {
      await expect(statusOf('hook.example', allow)).rejects.toMatchObject(
        NOT_ALLOWED,
      );
    }
    expect(listener.connections).toBe(2);
  });
});

describe('trusted origins', () => {
  it('are reached although the policy refuses them, others are not', async () => {
    const trusted = await listen();
    const other = await listen();
    const client = lab.guarded({
      trustedOrigins: [`http://localhost:${trusted.port}`],
    });
    const { body } = await client.request({
      url: `http://localhost:${trusted.port}/x`,
    });
    expect(body.toString()).toBe('here');
    for (const url of [
      `http://localhost:${other.port}/`,
      `http://127.0.0.1:${trusted.port}/`,
    ]) {
      await expect(client.request({ url })).rejects.toMatchObject({
        code: 'scheme-not-allowed',
      });
    }
    expect([trusted.connections, other.connections]).toEqual([1, 0]);
  });
});

describe('name resolution', () => {
  const policy = DEVELOPMENT;
  const url = 'http://nowhere.example/';

  it('that fails is host-not-found, with the cause', async () => {
    const cause = new Error('ENOTFOUND');
    const client = lab.guarded({
      policy,
      resolve: () => Promise.reject(cause),
    });
    await expect(client.request({ url })).rejects.toMatchObject({
      code: 'host-not-found',
      cause,
    });
  });

  it('counts for the total deadline', async () => {
    const client = lab.guarded({
      policy,
      resolve: () => new Promise(() => undefined),
    });
    await expect(client.request({ url, deadlineMs: 40 })).rejects.toMatchObject(
      {
        code: 'deadline-exceeded',
      },
    );
  });

  it('that answers after the deadline opens no connection', async () => {
    const listener = await listen();
    let answer = (_records: ResolvedAddress[]): void => undefined;
    const client = lab.guarded({
      policy: { ...policy, ports: [listener.port] },
      resolve: () => new Promise((resolve) => (answer = resolve)),
    });
    const late = client.request({
      url: `http://late.example:${listener.port}/`,
      deadlineMs: 40,
    });
    await expect(late).rejects.toMatchObject({ code: 'deadline-exceeded' });
    answer([LOOPBACK]);
    await client.request({ url: `http://127.0.0.1:${listener.port}/` });
    expect(listener.connections).toBe(1);
  });
});

describe('the sockets of a client', () => {
  it('are kept for the next request and closed by close()', async () => {
    const listener = await listen();
    const client = lab.guarded({ policy: DEVELOPMENT, keepAlive: true });
    const url = `http://127.0.0.1:${listener.port}/`;
    for (let count = 0; count < 3; count += 1) {
      const response = await client.request({ url });
      expect(response.remoteAddress).toBe('127.0.0.1');
    }
    expect(listener.connections).toBe(1);
    await client.close();
    await listener.drained();
    await client.close();
    await expect(client.request({ url })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(listener.connections).toBe(1);
  });

  it('fail their requests when the client is closed, also waiting ones', async () => {
    const server = createServer((socket) => socket.resume());
    const listener = await lab.listen(server);
    const client = lab.guarded({ policy: DEVELOPMENT, maxSocketsPerOrigin: 1 });
    const url = `http://127.0.0.1:${listener.port}/`;
    const sends = [client.request({ url }), client.request({ url })];
    const results = Promise.allSettled(sends);
    await once(server, 'connection');
    await client.close();
    expect(await results).toMatchObject([
      { reason: { code: 'connection-failed' } },
      { reason: { code: 'aborted' } },
    ]);
    expect(listener.connections).toBe(1);
  });

  it('are bounded for each origin, and waiting counts for the deadline', async () => {
    const server = createServer((socket) => socket.resume());
    const listener = await lab.listen(server);
    const client = lab.guarded({ policy: DEVELOPMENT, maxSocketsPerOrigin: 1 });
    const url = `http://127.0.0.1:${listener.port}/`;
    const connected = once(server, 'connection');
    const holder = client.request({ url, deadlineMs: 30_000 });
    const [socket] = (await connected) as [Socket];
    for (const deadlineMs of [20, 40]) {
      const waiting = client.request({ url, deadlineMs });
      await expect(waiting).rejects.toMatchObject({
        code: 'deadline-exceeded',
      });
    }
    expect(listener.connections).toBe(1);
    socket.destroy();
    await expect(holder).rejects.toMatchObject({ code: 'connection-failed' });
  });
});
