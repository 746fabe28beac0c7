import { createHash } from 'node:crypto';
import { ForbiddenException } from '@nestjs/common';
import { parseAgentCard } from '@nest-a2a/protocol';
import { A2AModule, A2AWorker, type TaskContext } from '@nest-a2a/server';
import { apiKey, type ApiKeyOptions } from '@nest-a2a/server/auth';
import { sendParams, VERSION } from '../support/a2a-http.js';
import { callOldRpc, openOldRest } from '../support/a2a-0-3.js';
import { ALL_BINDINGS } from '../support/any-binding.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const KEY_OF_ALICE = 'alice-alice-alice-alice';
const KEY_OF_BOB = 'bob-bob-bob-bob-bob-bob';
const sha256 = (text: string) =>
  createHash('sha256').update(text).digest('hex');

const KEYS: ApiKeyOptions = {
  name: 'X-API-Key',
  keys: {
    alice: KEY_OF_ALICE,
    bob: { keys: `sha256:${sha256(KEY_OF_BOB)}`, scopes: ['write', 'read'] },
  },
};
const ALICE = { 'X-API-Key': KEY_OF_ALICE };
const BOB = { 'X-API-Key': KEY_OF_BOB };

const withKeys = (
  keys: ApiKeyOptions = KEYS,
  options: TestAgentOptions['options'] = {},
) => ({ ...GRPC_AGENT, authentication: [apiKey(keys)], ...options });

describe.each(PLATFORMS)('API keys on %s', (platform) => {
  describe.each(ALL_BINDINGS)('over $name', ({ call }) => {
    let agent: TestAgent;

    beforeAll(async () => {
      agent = await startAgent({ platform, options: withKeys() });
    });

    afterAll(() => agent.close());

    it('say who calls: principals see nothing of each other', async () => {
      const sent = await call(agent, 'SendMessage', sendParams('hi'), ALICE);
      expect(sent.status).toBe('OK');
      const { id } = sent.body.task;
      const own = await call(agent, 'GetTask', { id }, ALICE);
      const foreign = await call(agent, 'GetTask', { id }, BOB);
      expect(own.body.id).toBe(id);
      expect(foreign.status).toBe(5);
    });

    it.each([
      ['no key', {}],
      ['an empty key', { 'X-API-Key': '' }],
      ['an unknown key', { 'X-API-Key': 'x'.repeat(32) }],
      ['a part of a key', { 'X-API-Key': KEY_OF_ALICE.slice(0, -1) }],
      ['the digest of a key', { 'X-API-Key': sha256(KEY_OF_BOB) }],
      ['two keys', { 'X-API-Key': `${KEY_OF_ALICE}, ${KEY_OF_BOB}` }],
      ['a name of every object', { 'X-API-Key': '__proto__' }],
    ])('are asked for where there is %s (A2A §7.4)', async (_what, headers) => {
      for (const operation of ['ListTasks', 'SendStreamingMessage'] as const) {
        const answer = await call(agent, operation, sendParams('hi'), headers);
        expect(answer).toMatchObject({
          status: 16,
          challenge: 'ApiKey realm="A2A", in="header", name="X-API-Key"',
        });
      }
    });
  });

  it('leave the card to everybody, and are on it (A2A §4.5)', async () => {
    const agent = await startAgent({ platform, options: withKeys() });
    const url = `${agent.url}/.well-known/agent-card.json`;
    const pure = await fetch(url, { headers: VERSION });
    const both = await fetch(url);
    const card = parseAgentCard(await pure.json());
    const old = (await both.json()) as any;
    await agent.close();
    expect(card.securitySchemes).toEqual({
      apiKey: {
        apiKeySecurityScheme: { location: 'header', name: 'X-API-Key' },
      },
    });
    expect(card.securityRequirements).toEqual([
      { schemes: { apiKey: { list: [] } } },
    ]);
    expect(old.securitySchemes.apiKey).toMatchObject({
      type: 'apiKey',
      in: 'header',
      name: 'X-API-Key',
    });
    expect(old.security).toEqual([{ apiKey: [] }]);
  });

  it('are refused in the form of A2A 0.3 as well', async () => {
    const agent = await startAgent({ platform, options: withKeys() });
    const rpc = await callOldRpc(agent.url, 'tasks/get', { id: 'x' });
    const rest = await openOldRest(agent.url, '/tasks/x');
    const body = (await rest.json()) as any;
    await agent.close();
    expect(rpc.status).toBe(401);
    expect(rpc.body.error.code).toBe(-32600);
    expect(rpc.headers.get('www-authenticate')).toMatch(/^ApiKey /);
    expect(rest.status).toBe(401);
    expect(rest.headers.get('www-authenticate')).toMatch(/^ApiKey /);
    expect(body).toMatchObject({ code: -32600, type: 'InvalidRequestError' });
  });

  it.each<
    [ApiKeyOptions['in'], (url: string, key: string) => [string, object]]
  >([
    ['query', (url, key) => [`${url}/tasks?other=1&the%2Dkey=${key}`, {}]],
    [
      'cookie',
      (url, key) => [`${url}/tasks`, { Cookie: `a=b; the-key=${key}` }],
    ],
    ['header', (url, key) => [`${url}/tasks`, { 'The-Key': key }]],
  ])('may be in a %s', async (place, request) => {
    const keys = { ...KEYS, name: 'the-key', in: place } as ApiKeyOptions;
    const agent = await startAgent({ platform, options: withKeys(keys) });
    const statusOf = async (key: string) => {
      const [url, headers] = request(agent.url, key);
      const init = { headers: { ...VERSION, ...headers } };
      return (await fetch(url, init)).status;
    };
    const statuses = [
      await statusOf(KEY_OF_ALICE),
      await statusOf('x'.repeat(20)),
    ];
    await agent.close();
    expect(statuses).toEqual([200, 401]);
  });

  it('do not stand in the way of the routes of the application', async () => {
    const agent = await startAgent({ platform, options: withKeys() });
    const answer = await fetch(`${agent.url}/messages`, { method: 'POST' });
    await agent.close();
    expect(answer.status).toBe(404);
  });
});

describe.each(ALL_BINDINGS)(
  'keys that the application looks up, over $name',
  ({ call }) => {
    let agent: TestAgent;
    afterEach(() => agent.close());

    const start = async (
      keys: ApiKeyOptions['keys'],
      options?: Partial<ApiKeyOptions>,
    ) => {
      const found = { ...KEYS, ...options, keys };
      agent = await startAgent({ options: withKeys(found) });
    };

    it('are found by their digest, later', async () => {
      await start(async ({ sha256: digest }) =>
        digest === sha256('k')
          ? { principal: 'carol', scopes: [], user: { sub: 'c', role: 'x' } }
          : undefined,
      );
      const good = await call(agent, 'ListTasks', {}, { 'X-API-Key': 'k' });
      const bad = await call(agent, 'ListTasks', {}, { 'X-API-Key': 'l' });
      expect([good.status, bad.status]).toEqual(['OK', 16]);
    });

    it.each<[string, () => any, number]>([
      [
        'fails',
        () => {
          throw new Error('secret');
        },
        13,
      ],
      ['rejects', () => Promise.reject(new Error('secret')), 13],
      ['names nobody', () => ({ principal: '', scopes: [] }), 13],
      ['names what is no text', () => ({ principal: 7, scopes: [] }), 13],
      [
        'forbids',
        () => {
          throw new ForbiddenException('Not today');
        },
        7,
      ],
    ])(
      'a look-up that %s is answered as such',
      async (_what, resolver, status) => {
        await start(resolver);
        const answer = await call(agent, 'ListTasks', {}, ALICE);
        expect(answer.status).toBe(status);
        expect(answer.message).not.toContain('secret');
      },
    );

    it('need the scopes that everybody needs (RFC 6750 §3.1)', async () => {
      await start(KEYS.keys, { requiredScopes: ['read', 'write'] });
      const bob = await call(agent, 'ListTasks', {}, BOB);
      const alice = await call(agent, 'ListTasks', {}, ALICE);
      expect(bob.status).toBe('OK');
      expect(alice).toMatchObject({
        status: 7,
        message: 'Missing scope: read, write',
      });
      expect(alice.challenge).toBe(
        'ApiKey realm="A2A", in="header", name="X-API-Key", error="insufficient_scope", scope="read write"',
      );
    });
  },
);

describe('agents of one application', () => {
  @A2AWorker({ agent: 'billing' })
  class BillingWorker {
    handle = (context: TaskContext) => context.complete('paid');
  }

  it.each(PLATFORMS)(
    'have keys of their own, also where one has tenants at its root (%s)',
    async (platform) => {
      const ofBilling = { name: 'X-API-Key', keys: { b: KEY_OF_BOB } };
      const agent = await startAgent({
        platform,
        imports: [
          A2AModule.forFeatureAsync({
            agent: 'billing',
            path: 'billing',
            useFactory: () => ({
              agentCard: CARD,
              authentication: [apiKey(ofBilling)],
            }),
          }),
        ],
        providers: [ScriptedWorker, BillingWorker],
        options: {
          tenants: true,
          authentication: [
            apiKey({ name: 'X-API-Key', keys: { a: KEY_OF_ALICE } }),
          ],
        },
      });
      const statusOf = async (path: string, headers: object) => {
        const init = { headers: { ...VERSION, ...headers } };
        return (await fetch(agent.url + path, init)).status;
      };
      const statuses = {
        root: [await statusOf('/tasks', ALICE), await statusOf('/tasks', BOB)],
        tenant: [
          await statusOf('/acme/tasks', ALICE),
          await statusOf('/acme/tasks', BOB),
        ],
        billing: [
          await statusOf('/billing/tasks', ALICE),
          await statusOf('/billing/tasks', BOB),
        ],
      };
      await agent.close();
      expect(statuses).toEqual({
        root: [200, 401],
        tenant: [200, 401],
        billing: [401, 200],
      });
    },
  );
});

describe('what the application has written on its card itself', () => {
  it('stays: requirements, and a scheme of the same name', async () => {
    const scheme = {
      apiKeySecurityScheme: {
        location: 'header' as const,
        name: 'X-API-Key',
        description: 'Ask sales@example.com for one.',
      },
    };
    const agentCard = {
      ...CARD,
      securitySchemes: { apiKey: scheme, other: { mtlsSecurityScheme: {} } },
      securityRequirements: [{ schemes: { other: { list: [] } } }],
    };
    const options = withKeys(KEYS, { agentCard });
    const agent = await startAgent({ options });
    const url = `${agent.url}/.well-known/agent-card.json`;
    const card = (await (await fetch(url, { headers: VERSION })).json()) as any;
    await agent.close();
    expect(card.securitySchemes).toEqual(agentCard.securitySchemes);
    expect(card.securityRequirements).toEqual(agentCard.securityRequirements);
  });
});

describe('options of authentication', () => {
  it.each<[string, TestAgentOptions['options'], RegExp]>([
    [
      'two of the same name',
      { authentication: [apiKey(KEYS), apiKey(KEYS)] },
      /authentication: Must not have two of the same name/,
    ],
    [
      'what is no authenticator',
      { authentication: [{ name: 'x' }] as any },
      /authentication\[0\]: Must be what apiKey\(\) or jwtBearer\(\) make/,
    ],
    ['none', { authentication: [] }, /authentication: /],
    [
      'a requirement that names a scheme which is not there',
      {
        authentication: [apiKey(KEYS)],
        agentCard: {
          ...CARD,
          securityRequirements: [{ schemes: { oauth: { list: [] } } }],
        },
      },
      /agentCard\.securityRequirements: Names the scheme "oauth"/,
    ],
  ])('must not have %s', async (_what, options, problem) => {
    await expect(startAgent({ options: options ?? {} })).rejects.toThrow(
      problem,
    );
  });
});
