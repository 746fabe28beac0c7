import {
  type CanActivate,
  Logger,
  UnauthorizedException,
} from '@nestjs/common';
import { A2AModule, getWorkerToken } from '@nest-a2a/server';
import { BINDINGS, sendParams, VERSION } from '../support/a2a-http.js';
import { oldProtoMessage } from '../support/a2a-0-3.js';
import { LogCollector } from '../support/log-collector.js';
import { type RawRequest, sendRaw } from '../support/raw-http.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';
import { startHost, type TestHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';

const MAX_BODY_BYTES = 400_000;
const JSON_CONTENT = { 'Content-Type': 'application/json' };

/** Sends a request as it is; the body of the answer as JSON. */
async function ask(url: string, { headers, ...rest }: RawRequest) {
  const all = { ...VERSION, ...JSON_CONTENT, ...headers };
  const { status, text } = await sendRaw(url, { ...rest, headers: all });
  return { status, body: JSON.parse(text) };
}

const sendTo = (path: string): RawRequest => ({
  path,
  body: JSON.stringify(sendParams('x')),
});

describe.each(PLATFORMS)(
  'agents below the tenants of others on %s',
  (platform) => {
    const guarded: string[] = [];
    let host: TestHost;

    /** An agent that answers with its name, and with that of its tenant. */
    const agents = (['', 'sales', 'sales/desk', 'support'] as const).map(
      (path) => {
        const agent = path || 'default';
        const tenants = path !== 'sales/desk';
        const guard: CanActivate = {
          canActivate: () => guarded.push(agent) > 0,
        };
        const guards = tenants ? [guard] : [];
        const options = { agent, path, agentCard: CARD, tenants, guards };
        const worker = {
          handle: (context: any) =>
            context.complete([agent, context.tenant].join(' ').trim()),
        };
        return { options, worker, token: getWorkerToken(agent) };
      },
    );

    beforeAll(async () => {
      const [root, ...others] = agents.map(({ options }) => options);
      host = await startHost(
        {
          imports: [
            A2AModule.forRoot(onTestStore(root!)),
            ...others.map((options) => A2AModule.forFeature(options)),
          ],
          providers: agents.map(({ token, worker }) => ({
            provide: token,
            useValue: worker,
          })),
        },
        { platform },
      );
    });

    afterAll(() => host.close());

    it.each([
      ['', 'default'],
      ['/acme', 'default acme'],
      ['/desk', 'default desk'],
      ['/sales', 'sales'],
      ['/sales/acme', 'sales acme'],
      ['/sales/support', 'sales support'],
      ['/sales/sales', 'sales sales'],
      ['/sales/desk', 'sales/desk'],
      ['/support/desk', 'support desk'],
      ['/support/default', 'support default'],
    ])(
      'answer at %s/message:send as %s, behind no guards but their own',
      async (base, expected) => {
        const path = `${base}/message:send`;
        const { body } = await ask(host.url, sendTo(path));
        expect(body.task.artifacts[0].parts).toEqual([{ text: expected }]);
      },
    );
  },
);

/** Says no to who asks for it, and counts. */
class Bouncer implements CanActivate {
  calls = 0;

  canActivate(context: any): boolean {
    this.calls += 1;
    const { headers } = context.switchToHttp().getRequest();
    if (headers['x-deny']) throw new UnauthorizedException('Not you');
    return true;
  }
}

describe.each(PLATFORMS)('what names a tenant on %s', (platform) => {
  const resolved: string[] = [];
  const bouncer = new Bouncer();
  let agent: TestAgent;
  let id: string;

  beforeAll(async () => {
    agent = await startAgent({
      platform,
      options: {
        tenants: (tenant) => {
          resolved.push(tenant);
          return tenant;
        },
        guards: [bouncer],
        maxBodyBytes: MAX_BODY_BYTES,
        principal: () => 'ada',
        extendedAgentCard: ({ tenant }) => ({ name: `For ${tenant}` }),
      },
    });
    const sent = await ask(agent.url, sendTo('/acme/message:send'));
    id = sent.body.task.id;
    const url = 'http://127.0.0.1:9/';
    const path = `/acme/tasks/${id}/pushNotificationConfigs`;
    const config = { path, body: JSON.stringify({ id: 'c', url }) };
    expect((await ask(agent.url, config)).status).toBe(200);
  });

  afterAll(() => agent.close());

  beforeEach(() => {
    resolved.length = 0;
    bouncer.calls = 0;
  });

  const OF_TASK = [
    '',
    '/pushNotificationConfigs',
    '/pushNotificationConfigs/c',
  ];

  it.each(OF_TASK)(
    'may be the query of every route without a body: tasks/{id}%s (A2A §11.5)',
    async (rest) => {
      const path = `/tasks/${id}${rest}`;
      const get = (url: string, version = '1.0') =>
        ask(agent.url, {
          method: 'GET',
          path: url,
          headers: { 'A2A-Version': version },
        });
      expect((await get(path)).status).toBe(404);
      expect((await get(`${path}?tenant=globex`)).status).toBe(404);
      expect((await get(`${path}?tenant=acme`)).status).toBe(200);
      expect((await get(`/v1${path}?tenant=acme`, '0.3')).status).toBe(200);
      const two = await get(`/acme${path}?tenant=globex`);
      expect(two.status).toBe(400);
      expect(two.body.error.details[0].fieldViolations[0].field).toBe('tenant');
    },
  );

  it.each(['/tasks/ID:subscribe', '/v1/tasks/ID:subscribe'])(
    'may be the query or the body of %s',
    async (pattern) => {
      const path = pattern.replace('ID', id);
      const version = pattern.startsWith('/v1') ? '0.3' : '1.0';
      const open = async (url: string, body?: object) => {
        const { status } = await ask(agent.url, {
          method: body ? 'POST' : 'GET',
          path: url,
          headers: { 'A2A-Version': version },
          ...(body && { body: JSON.stringify(body) }),
        });
        return status;
      };
      // There is no stream of a task that has ended.
      const found = 400;
      expect(await open(path)).toBe(404);
      expect(await open(path, {})).toBe(404);
      expect(await open(`${path}?tenant=acme`)).toBe(found);
      expect(await open(path, { tenant: 'acme' })).toBe(found);
    },
  );

  it.each([
    ['/extendedAgentCard', '1.0'],
    ['/v1/card', '0.3'],
  ])('may be the query of %s', async (path, version) => {
    const headers = { 'A2A-Version': version };
    const get = { method: 'GET', path: `${path}?tenant=acme`, headers };
    expect((await ask(agent.url, get)).body.name).toBe('For acme');
  });

  it.each([
    ['a control character', '\u0000'],
    ['a line break', 'a\nb'],
    ['nothing but white space', ' '],
    ['more than an id may have', 'x'.repeat(600)],
  ])('is refused with %s before the application sees it', async (_, tenant) => {
    const params = { ...sendParams('x'), tenant };
    const request = { jsonrpc: '2.0', id: 1, method: 'SendMessage', params };
    const asked = [
      { path: '/', body: JSON.stringify(request) },
      { path: '/message:send', body: JSON.stringify(params) },
      { method: 'GET', path: `/tasks?tenant=${encodeURIComponent(tenant)}` },
      ...(tenant.length > 100
        ? []
        : [{ method: 'GET', path: `/${encodeURIComponent(tenant)}/tasks` }]),
    ];
    for (const one of asked) {
      const { body } = await ask(agent.url, one);
      const [detail] = body.error.data ?? body.error.details;
      expect(detail.fieldViolations[0].field).toBe('tenant');
    }
    expect(resolved).toEqual([]);
  });

  it('is no part of a path of A2A 0.3: its guards run once, and refuse in its form', async () => {
    const path = '/v1/message:send';
    const body = JSON.stringify({ request: oldProtoMessage('x') });
    const sent = await ask(agent.url, {
      path,
      body,
      headers: { 'A2A-Version': '0.3' },
    });
    expect(sent.status).toBe(200);
    expect(bouncer.calls).toBe(1);
    const headers = { 'A2A-Version': '0.3', 'X-Deny': 'yes' };
    const refused = await ask(agent.url, { path, body, headers });
    expect(refused).toMatchObject({
      status: 401,
      body: { message: 'Not you' },
    });
  });

  it('is no part of a path of A2A 0.3 whose body cannot be read', async () => {
    const path = '/v1/message:send';
    const body = 'x'.repeat(MAX_BODY_BYTES + 1);
    const refused = await ask(agent.url, { path, body });
    expect(refused).toMatchObject({
      status: 413,
      body: { message: 'Request body is too large', type: expect.any(String) },
    });
  });

  it('is found in a URL with a host too, as for a proxy (RFC 9112 §3.2.2)', async () => {
    const path = 'http://example.com/acme/message:send';
    const broken = await ask(agent.url, { path, body: '{"a' });
    expect(broken.body.error.message).toBe('Invalid JSON payload');
    const body = JSON.stringify(sendParams('x'.repeat(200_000)));
    expect((await ask(agent.url, { path, body })).status).toBe(200);
    expect(resolved).toEqual(['acme']);
  });
});

describe('an error of the application, not of the caller', () => {
  /** As clients of HTTP throw it: the status is what another server has answered. */
  const upstream = Object.assign(new Error('http://idp.internal/7'), {
    status: 404,
    statusCode: 403,
  });
  const fail = () => {
    throw upstream;
  };

  it.each<[string, TestAgentOptions['options']]>([
    ['principal', { principal: fail }],
    ['tenants', { tenants: fail }],
    ['extendedAgentCard', { extendedAgentCard: fail }],
  ])('thrown by %s is told to nobody but the operator', async (_, options) => {
    const logs = new LogCollector();
    const agent = await startAgent({
      options: {
        publicExtendedAgentCard: true,
        extendedAgentCard: {},
        ...options,
      },
      before: (app) => app.useLogger(logs),
    });
    for (const { call, reason } of BINDINGS) {
      const answer = await call(agent.url, 'GetExtendedAgentCard', {});
      expect(reason(answer)).toMatch(/^(INTERNAL|-32603)$/);
      expect(JSON.stringify(answer.body)).not.toContain('idp');
    }
    await agent.close();
    Logger.overrideLogger(false);
    expect(logs.troubles.filter((line) => line.includes('idp'))).toHaveLength(
      2,
    );
  });
});
