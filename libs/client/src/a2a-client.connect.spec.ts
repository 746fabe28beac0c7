import { A2AClient } from './a2a-client.js';
import { type A2AClientOptions } from './client-options.js';
import {
  answering,
  cardFor,
  failureOf,
  interfaceOf,
  json,
  ScriptedAgent,
  taskIn,
} from '../test/scripted-agent.js';

const CARD = '/.well-known/agent-card.json';

let agent: ScriptedAgent;
let other: ScriptedAgent;

beforeEach(async () => {
  agent = await ScriptedAgent.start();
  other = await ScriptedAgent.start();
});

afterEach(async () => {
  await agent.close();
  await other.close();
});

async function failure(
  target: Parameters<typeof A2AClient.connect>[0],
  options?: A2AClientOptions,
): Promise<any> {
  const error: unknown = await failureOf(A2AClient.connect(target, options));
  // Whatever failed, no socket stays open.
  await agent.allClosed();
  return error;
}

async function pathsAskedFor(target: string | URL): Promise<string[]> {
  const client = await A2AClient.connect(target);
  await client.close();
  return agent.requests.map(({ path }) => path);
}

describe('finding the card', () => {
  const served = (path: string) => {
    agent.script = (request, response) =>
      request.path === path
        ? json(response, agent.card)
        : response.writeHead(404).end();
  };

  it('looks at the origin (A2A §8.2)', async () => {
    expect(await pathsAskedFor(agent.url)).toEqual([CARD]);
  });

  it('takes a URL object', async () => {
    expect(await pathsAskedFor(new URL(agent.url))).toEqual([CARD]);
  });

  it('looks below the path first', async () => {
    served(`/billing${CARD}`);
    expect(await pathsAskedFor(`${agent.url}/billing`)).toEqual([
      `/billing${CARD}`,
    ]);
  });

  it('looks at the origin when there is nothing below the path', async () => {
    served('');
    expect(await pathsAskedFor(`${agent.url}/billing/`)).toEqual([
      `/billing${CARD}`,
      CARD,
    ]);
  });

  it('looks on when a page is in its place', async () => {
    agent.script = (_, response) => response.end('<p>Hello');
    expect(await pathsAskedFor(`${agent.url}/app`)).toHaveLength(2);
  });

  it('takes a URL of a card as it is', async () => {
    served('/cards/x.json?v=1');
    expect(await pathsAskedFor(`${agent.url}/cards/x.json?v=1`)).toEqual([
      '/cards/x.json?v=1',
    ]);
  });

  it('asks nobody when it has the card', async () => {
    const card = cardFor('https://agent.example') as any;
    const client = await A2AClient.connect(card);
    expect(client.agentCard).toEqual(card);
    expect(client.agentInterface).toEqual(card.supportedInterfaces[0]);
    await client.close();
  });

  it('does not take another agent’s card for one that it may not see', async () => {
    agent.script = (_, response) => json(response, {}, 401);
    expect(await failure(`${agent.url}/billing`)).toMatchObject({
      code: 'card-unavailable',
      status: 401,
    });
    expect(agent.requests).toHaveLength(1);
  });

  it('says where it looked, without the query', async () => {
    agent.script = (_, response) => json(response, {}, 404);
    expect(await failure(`${agent.url}/x.json?key=secret`)).toMatchObject({
      code: 'card-unavailable',
      status: 404,
      message: `There is no agent card at ${agent.url}/x.json: HTTP 404`,
    });
  });

  it('follows no redirect', async () => {
    agent.script = (_, response) =>
      response.writeHead(302, { Location: `${other.url}${CARD}` }).end();
    expect(await failure(`${agent.url}/x.json`)).toMatchObject({
      code: 'card-unavailable',
      status: 302,
    });
    expect(other.connections).toBe(0);
  });

  it('refuses what is a card of no version', async () => {
    agent.card = { name: 'x' };
    expect(await failure(agent.url)).toMatchObject({
      name: 'A2AError',
      code: 'INVALID_AGENT_RESPONSE',
    });
  });

  it('refuses a card of more than 1 MiB', async () => {
    agent.card.description = 'x'.repeat(1_048_576);
    expect(await failure(agent.url)).toMatchObject({
      code: 'response-too-large',
    });
  });

  it('fails when nobody listens', async () => {
    await other.close();
    expect(await failure(other.url)).toMatchObject({
      name: 'A2AClientError',
      code: 'connection-failed',
    });
  });

  it('fails when it is aborted', async () => {
    const controller = new AbortController();
    agent.script = () => controller.abort(new Error('enough'));
    const { signal } = controller;
    expect(await failure(`${agent.url}/x.json`, { signal })).toMatchObject({
      code: 'aborted',
      cause: expect.objectContaining({ message: 'enough' }),
    });
  });

  it.each([
    { timeoutMs: 0 },
    { timeoutMs: NaN },
    { maxEventBytes: 0 },
    { maxResponseBytes: 1.5 },
    { binding: 'GRPC' as const },
    { versions: [] },
    { versions: ['0.2' as any] },
    { extensions: ['a,b'] },
  ])('refuses the options %j', async (options) => {
    expect(await failure(agent.url, options)).toBeInstanceOf(TypeError);
    expect(agent.requests).toEqual([]);
  });
});

describe('an interface on another host', () => {
  const DEVELOPMENT = { allowHttp: true, allowPrivateNetworks: true };

  beforeEach(() => {
    agent.card.supportedInterfaces = [interfaceOf(other.url, 'JSONRPC')];
    other.script = answering('JSONRPC', taskIn('WORKING'));
  });

  it.each([
    ['plain http', {}, /allowHttp/],
    ['a private address', { allowHttp: true }, /allowPrivateNetworks/],
  ])('is not called at %s', async (_, options, message) => {
    // The caller's own URL has another name, so that only the card names this address.
    const url = agent.url.replace('127.0.0.1', 'localhost');
    expect(await failure(url, options)).toMatchObject({
      name: 'A2AClientError',
      code: 'not-allowed',
      message: expect.stringMatching(message),
    });
    expect(agent.requests).toHaveLength(1);
    expect(other.connections).toBe(0);
  });

  it('is called when the options open it', async () => {
    const client = await A2AClient.connect(agent.url, DEVELOPMENT);
    expect((await client.getTask('t1')).state).toBe('working');
    await client.close();
  });

  it('is not trusted because a card was given as an object', async () => {
    const card = cardFor(other.url) as any;
    expect(await failure(card)).toMatchObject({ code: 'not-allowed' });
    const client = await A2AClient.connect(card, DEVELOPMENT);
    await client.getTask('t1');
    await client.close();
  });
});

describe('what the card says the agent can do (A2A §3.3.4)', () => {
  const config = { url: 'https://hook.example' };
  const calls: [string, string, (client: A2AClient) => Promise<unknown>][] = [
    ['UNSUPPORTED_OPERATION', 'stream', (c) => c.stream('hi').next()],
    ['UNSUPPORTED_OPERATION', 'subscribe', (c) => c.subscribe('t1').next()],
    ['UNSUPPORTED_OPERATION', 'card', (c) => c.getExtendedCard()],
    ...[
      (c: A2AClient) => c.createPushConfig('t1', config),
      (c: A2AClient) => c.getPushConfig('t1', 'p1'),
      (c: A2AClient) => c.listPushConfigs('t1'),
      (c: A2AClient) => c.deletePushConfig('t1', 'p1'),
      (c: A2AClient) => c.send('hi', { push: config }),
      (c: A2AClient) => c.send('hi', { pushUrl: config.url }),
    ].map((call): (typeof calls)[number] => [
      'PUSH_NOTIFICATION_NOT_SUPPORTED',
      String(call),
      call,
    ]),
  ];

  it.each(calls)(
    'is looked up before the call: %s for %s',
    async (code, _, call) => {
      agent.card.capabilities = {};
      const client = await A2AClient.connect(agent.url);
      await expect(call(client)).rejects.toMatchObject({ code });
      await client.close();
      expect(agent.calls).toEqual([]);
    },
  );
});
