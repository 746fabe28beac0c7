import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import {
  connectivityState,
  credentials as Credentials,
  ServerCredentials,
} from '@grpc/grpc-js';
import { type ResolvedAddress } from '@nest-a2a/egress';
import { certificateFor } from '../../test/certificate.js';
import { failureOf, taskIn } from '../../test/scripted-agent.js';
import { ScriptedGrpcAgent } from '../../test/scripted-grpc-agent.js';
import { channelOptions } from './channel-options.js';
import { GrpcBinding } from './grpc-binding.js';
import { type ChannelRoute, GrpcChannel } from './grpc-channel.js';
import { type GrpcTarget, parseGrpcTarget } from './grpc-target.js';
import { GRPC_WIRES } from './grpc-wire.js';

const LIMITS = { maxEventBytes: 100_000, maxResponseBytes: 100_000 };
const V4 = { address: '127.0.0.1', family: 4 };
const V6 = { address: '::1', family: 6 };
const OPEN = { allowHttp: true, allowPrivateNetworks: true };

let agent: ScriptedGrpcAgent;
const channels: GrpcChannel[] = [];

beforeEach(async () => {
  agent = await ScriptedGrpcAgent.start();
  agent.script = (call) => call.answer(taskIn('WORKING'));
});

afterEach(async () => {
  await Promise.all(channels.splice(0).map((channel) => channel.close()));
  await agent.allClosed();
  await agent.close();
});

/** A name that leads where a test says; the last answer is repeated. */
function answering(...answers: ResolvedAddress[][]) {
  return jest.fn(async () => answers.shift() ?? []);
}

function targetOf(url: string): GrpcTarget {
  const target = parseGrpcTarget(url);
  if (!target) throw new TypeError(url);
  return target;
}

function open(url: string, route: Partial<ChannelRoute> = {}): GrpcChannel {
  const target = targetOf(url);
  const channel = new GrpcChannel({
    target,
    rules: { policy: OPEN },
    credentials: Credentials.createInsecure(),
    options: channelOptions(target, LIMITS),
    connectTimeoutMs: 5_000,
    ...route,
  });
  channels.push(channel);
  return channel;
}

function call(channel: GrpcChannel, signal = new AbortController().signal) {
  const binding = new GrpcBinding(channel, {
    ...LIMITS,
    streamIdleMs: Infinity,
    connectTimeoutMs: 5_000,
    isTrusted: false,
    wire: GRPC_WIRES['1.0'],
  });
  return binding.call('GetTask', { id: 't1' }, { headers: {}, signal });
}

/** Breaks the connection, and waits until the channel knows. */
async function lose(channel: GrpcChannel): Promise<void> {
  const client = await channel.client(new AbortController().signal);
  const known = new Promise<void>((resolve) => {
    const { READY } = connectivityState;
    client
      .getChannel()
      .watchConnectivityState(READY, Infinity, () => resolve());
  });
  await agent.breakAll();
  await known;
}

const named = () => `grpc://agent.internal:${agent.port}`;

describe('the connection of a gRPC channel', () => {
  it('goes to the address that was checked, under the name of the agent', async () => {
    const resolve = answering([V4]);
    const channel = open(named(), { rules: { policy: OPEN, resolve } });
    await Promise.all([call(channel), call(channel)]);
    await call(channel);
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(agent.connections).toBe(1);
    const [seen] = agent.calls;
    expect(seen?.raw.getHost()).toBe(`agent.internal:${agent.port}`);
    expect(seen?.metadata.get('user-agent')[0]).toMatch(/^nest-a2a-client/);
  });

  it.each([
    ['a private address', { allowHttp: true, ports: [1] }, [V4]],
    ['one forbidden address', OPEN, [V4, { address: '0.0.0.0', family: 4 }]],
  ])('is refused where the name leads to %s', async (_, policy, addresses) => {
    const resolve = answering(addresses);
    const url = 'grpc://agent.example:1';
    const failure = await failureOf(
      call(
        open(url, { rules: { policy: { ...policy, ports: [1] }, resolve } }),
      ),
    );
    expect(failure).toMatchObject({
      name: 'A2AClientError',
      code: 'not-allowed',
      cause: expect.objectContaining({ code: 'address-not-allowed' }),
    });
    expect(agent.connections).toBe(0);
  });

  it('is judged anew when it was lost: the name may lead elsewhere by then', async () => {
    const resolve = answering([V4], [V4], [{ ...V4, address: '0.0.0.0' }]);
    const channel = open(named(), { rules: { policy: OPEN, resolve } });
    await call(channel);
    await lose(channel);
    await call(channel);
    expect(agent.connections).toBe(2);
    await lose(channel);
    expect(await failureOf(call(channel))).toMatchObject({
      code: 'not-allowed',
    });
    expect(resolve).toHaveBeenCalledTimes(3);
    expect(agent.connections).toBe(2);
  });

  it('uses no proxy of the environment', async () => {
    const before = { ...process.env };
    let proxied = 0;
    const proxy = createServer(() => proxied++);
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = proxy.address() as { port: number };
    process.env.grpc_proxy =
      process.env.https_proxy = `http://127.0.0.1:${port}`;
    try {
      const resolve = answering([V4]);
      await call(open(named(), { rules: { policy: OPEN, resolve } }));
    } finally {
      process.env = before;
      proxy.close();
    }
    expect(proxied).toBe(0);
  });

  it.each([
    ['the next', [V6, V4]],
    ['the first', [V4, V6]],
  ])('is made to %s family of addresses', async (_, addresses) => {
    const resolve = answering(addresses);
    await call(open(named(), { rules: { policy: OPEN, resolve } }));
    expect(agent.connections).toBe(1);
  });

  it('can be waited for no longer while a name is looked up', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const resolve = jest.fn(() => new Promise<never>(() => undefined));
    const channel = open(named(), { rules: { policy: OPEN, resolve } });
    const failure = failureOf(call(channel, controller.signal));
    controller.abort(reason);
    expect(await failure).toMatchObject({ code: 'aborted', cause: reason });
  });

  it('is not made any more when it was closed while the name was looked up', async () => {
    let found: (addresses: ResolvedAddress[]) => void = () => undefined;
    const resolve = () =>
      new Promise<ResolvedAddress[]>((answer) => (found = answer));
    const channel = open(named(), { rules: { policy: OPEN, resolve } });
    const failure = failureOf(call(channel));
    await channel.close();
    found([V4]);
    expect(await failure).toMatchObject({ code: 'closed' });
    expect(agent.connections).toBe(0);
  });
});

describe('a gRPC channel to a server that says nothing', () => {
  it('is given up after its time, and nothing was sent', async () => {
    const server = createServer((socket) => void socket.resume());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    const url = `grpc://127.0.0.1:${port}`;
    const channel = open(url, { connectTimeoutMs: 50 });
    expect(await failureOf(call(channel))).toMatchObject({
      code: 'connection-failed',
      message: expect.stringContaining('within 50 ms'),
      isUnsent: true,
    });
    await channel.close();
    server.close();
  });
});

describe('a gRPC channel that is closed while a server says nothing', () => {
  it.each([
    ['to TLS', Credentials.createSsl()],
    ['to HTTP/2', Credentials.createInsecure()],
  ])('leaves no socket behind: %s', async (_, credentials) => {
    const server = createServer();
    const connected = once(server, 'connection') as Promise<[Socket]>;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    const channel = open(`grpc://127.0.0.1:${port}`, { credentials });
    const controller = new AbortController();
    const failure = failureOf(call(channel, controller.signal));
    const [socket] = await connected;
    const closed = once(socket.resume(), 'close');
    controller.abort();
    expect(await failure).toMatchObject({ code: 'aborted' });
    await channel.close();
    await closed;
    await channel.close();
    server.close();
  });
});

describe('TLS of a gRPC channel (A2A §7.2)', () => {
  const { key, certificate } = certificateFor(
    'DNS:agent.internal,IP:127.0.0.1',
  );
  const resolve = () => Promise.resolve([V4]);
  const rules = { policy: { ...OPEN, ports: [] }, resolve };
  const trusting = Credentials.createSsl(certificate);
  let url: string;

  beforeEach(async () => {
    await agent.close();
    const pair = { private_key: key, cert_chain: certificate };
    agent = await ScriptedGrpcAgent.start({
      credentials: ServerCredentials.createSsl(null, [pair]),
    });
    agent.script = (seen) => seen.answer(taskIn('WORKING'));
    url = `grpcs://agent.internal:${agent.port}`;
  });

  it.each(['agent.internal', '127.0.0.1'])(
    'takes a certificate for %s',
    async (host) => {
      const channel = open(`grpcs://${host}:${agent.port}`, {
        rules,
        credentials: trusting,
      });
      expect(await call(channel)).toMatchObject({ id: 't1' });
    },
  );

  it.each([
    ['another name', 'other.internal', trusting],
    ['nobody knows', 'agent.internal', Credentials.createSsl()],
  ])('refuses a certificate of %s', async (_, host, credentials) => {
    const channel = open(`grpcs://${host}:${agent.port}`, {
      rules,
      credentials,
    });
    expect(await failureOf(call(channel))).toMatchObject({
      code: 'connection-failed',
    });
    expect(agent.calls).toEqual([]);
  });

  it('is verified whatever the environment says', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const credentials = Credentials.createSsl();
      const channel = open(url, { rules, credentials });
      expect(await failureOf(call(channel))).toMatchObject({
        code: 'connection-failed',
      });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(agent.calls).toEqual([]);
  });
});
