import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Module,
} from '@nestjs/common';
import { A2A_WORKER, A2AModule, getWorkerToken } from '@nest-a2a/server';
import {
  allEvents,
  httpJson,
  jsonRpc,
  sendParams,
  type WireAnswer,
  type WireBinding,
} from '../support/a2a-http.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { startHost, type TestHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';

/** One way to name a tenant: in the path of HTTP+JSON, or in the field of each binding. */
interface TenantForm {
  readonly name: string;
  readonly binding: WireBinding;
  call(
    url: string,
    tenant: string,
    operation: string,
    params?: object,
  ): Promise<WireAnswer>;
}

const inPath: TenantForm = {
  name: 'the path of HTTP+JSON',
  binding: httpJson,
  call: (url, tenant, operation, params = {}) =>
    httpJson.call(tenant ? `${url}/${tenant}` : url, operation, params),
};

const inField: TenantForm = {
  name: 'the field of JSON-RPC',
  binding: jsonRpc,
  call: (url, tenant, operation, params = {}) =>
    jsonRpc.call(url, operation, tenant ? { ...params, tenant } : params),
};

const FORMS = [inPath, inField];

/** Puts on the request what the header `X-User` holds, as authentication does. */
const USER_GUARD: CanActivate = {
  canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest();
    request.user = { id: 'shared', organisation: request.headers['x-user'] };
    return true;
  },
};

describe.each(PLATFORMS)('tenants on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ platform, options: { tenants: true } });
    agent.worker.on('who', (context) =>
      context.complete(`for ${context.tenant || 'nobody'}`),
    );
  });

  afterAll(() => agent.close());

  describe.each(FORMS)('named in $name', ({ binding, call }) => {
    async function send(tenant: string, text: string): Promise<any> {
      const params = sendParams(text);
      const answer = await call(agent.url, tenant, 'SendMessage', params);
      return binding.result(answer).task;
    }

    it('keep their tasks apart in every operation (A2A §13.1)', async () => {
      const task = await send('acme', 'hello');
      const named = { taskId: task.id, id: 'c1' };
      const config = { ...named, url: 'http://localhost:9/' };
      const operations: [string, object][] = [
        ['CreateTaskPushNotificationConfig', config],
        ['GetTaskPushNotificationConfig', named],
        ['ListTaskPushNotificationConfigs', { taskId: task.id }],
        ['GetTask', { id: task.id }],
        ['DeleteTaskPushNotificationConfig', named],
      ];
      for (const tenant of ['globex', '']) {
        for (const [operation, params] of operations) {
          const answer = await call(agent.url, tenant, operation, params);
          expect(binding.reason(answer)).toBe('TASK_NOT_FOUND');
        }
        const cancel = { id: task.id };
        const refused = await call(agent.url, tenant, 'CancelTask', cancel);
        expect(binding.reason(refused)).toBe('TASK_NOT_FOUND');
        const query = { contextId: task.contextId };
        const list = await call(agent.url, tenant, 'ListTasks', query);
        expect(binding.result(list)).toMatchObject({ tasks: [], totalSize: 0 });
      }
      for (const [operation, params] of operations) {
        const answer = await call(agent.url, 'acme', operation, params);
        expect(answer.body.error).toBeUndefined();
        expect(answer.status).toBe(200);
      }
      const query = { contextId: task.contextId };
      const list = await call(agent.url, 'acme', 'ListTasks', query);
      expect(binding.result(list).totalSize).toBe(1);
    });

    it('are known to the worker', async () => {
      const task = await send('initech', 'who');
      expect(task.artifacts[0].parts).toEqual([{ text: 'for initech' }]);
      const none = await send('', 'who');
      expect(none.artifacts[0].parts).toEqual([{ text: 'for nobody' }]);
    });

    it('may have any name that fits into an id', async () => {
      const name = inPath.binding === binding ? 'a%20b%2Fc' : 'a b/c';
      const task = await send(name, 'who');
      expect(task.artifacts[0].parts).toEqual([{ text: 'for a b/c' }]);
    });
  });

  it('are the same in the path and in the field', async () => {
    const sent = await inPath.call(
      agent.url,
      'acme',
      'SendMessage',
      sendParams('x'),
    );
    const { id } = sent.body.task;
    const got = await inField.call(agent.url, 'acme', 'GetTask', { id });
    expect(got.body.result.id).toBe(id);
  });

  it('stream, subscribe and cancel under their path', async () => {
    const url = `${agent.url}/acme`;
    agent.worker.on('wait', (context) => context.requestInput('?'));
    const stream = await httpJson.open(
      url,
      'SendStreamingMessage',
      sendParams('wait'),
    );
    const events = await allEvents(stream);
    const { id } = events[0]?.data.task ?? {};
    const foreign = await httpJson.call(agent.url, 'SubscribeToTask', { id });
    expect(httpJson.reason(foreign)).toBe('TASK_NOT_FOUND');
    const open = await httpJson.open(url, 'SubscribeToTask', { id });
    expect(open.status).toBe(200);
    const cancelled = await httpJson.call(url, 'CancelTask', { id });
    expect(cancelled.body.status.state).toBe('TASK_STATE_CANCELED');
    await allEvents(open);
  });

  it('are refused where path and body name two', async () => {
    const params = { ...sendParams('x'), tenant: 'globex' };
    const answer = await inPath.call(agent.url, 'acme', 'SendMessage', params);
    expect(answer.status).toBe(400);
    expect(answer.body.error.details[0].fieldViolations).toEqual([
      {
        field: 'tenant',
        description: 'Must be the tenant of the path, or be left out',
      },
    ]);
    const same = { ...sendParams('x'), tenant: 'acme' };
    const taken = await inPath.call(agent.url, 'acme', 'SendMessage', same);
    expect(taken.status).toBe(200);
  });

  it('that are no string are refused by name', async () => {
    const params = { ...sendParams('x'), tenant: 7 };
    const answer = await jsonRpc.call(agent.url, 'SendMessage', params);
    expect(answer.body.error.data[0].fieldViolations).toEqual([
      { field: 'tenant', description: 'Must be a string' },
    ]);
  });

  it('are never named as the path of A2A 0.3', async () => {
    const answer = await httpJson.call(
      `${agent.url}/v1`,
      'SendMessage',
      sendParams('x'),
    );
    expect(answer.body.error.details[0].metadata).toMatchObject({
      requestedVersion: '1.0',
      supportedVersions: '0.3',
    });
  });
});

describe.each(PLATFORMS)('a resolver of tenants on %s', (platform) => {
  let agent: TestAgent;
  const asked: unknown[] = [];

  beforeAll(async () => {
    agent = await startAgent({
      platform,
      options: {
        guards: [USER_GUARD],
        tenants: (tenant, request) => {
          const { organisation } = (request as any).user;
          asked.push([tenant, organisation]);
          return tenant === '' || tenant === organisation
            ? organisation
            : undefined;
        },
      },
    });
  });

  afterAll(() => agent.close());

  const call = async (user: string, tenant: string, params: object) => {
    const headers = { 'X-User': user };
    const url = tenant ? `${agent.url}/${tenant}` : agent.url;
    const response = await httpJson.open(url, 'SendMessage', params, {
      headers,
    });
    return { status: response.status, body: (await response.json()) as any };
  };

  it('sees what the guards have found out, and decides', async () => {
    asked.length = 0;
    expect((await call('acme', 'acme', sendParams('x'))).status).toBe(200);
    expect((await call('acme', '', sendParams('x'))).status).toBe(200);
    expect(asked).toEqual([
      ['acme', 'acme'],
      ['', 'acme'],
    ]);
  });

  it('answers the same for a foreign tenant and for none that exists', async () => {
    const foreign = await call('acme', 'globex', sendParams('x'));
    const unknown = await call('acme', 'no-such', sendParams('x'));
    expect(foreign).toEqual(unknown);
    expect(foreign.status).toBe(400);
    expect(foreign.body.error.details[0].fieldViolations[0].field).toBe(
      'tenant',
    );
  });
});

describe('a resolver of tenants that answers no text', () => {
  it.each([7, null, ['acme']])('fails the request: %j', async (answer) => {
    const tenants = () => answer as unknown as string;
    const agent = await startAgent({ options: { tenants } });
    const refused = await jsonRpc.call(agent.url, 'ListTasks', {});
    await agent.close();
    expect(refused.body.error).toMatchObject({ code: -32603 });
    expect(JSON.stringify(refused.body)).not.toContain('tenants');
  });
});

describe.each(PLATFORMS)('an agent without tenants on %s', (platform) => {
  it('has no routes for them, and takes the field for nothing', async () => {
    const agent = await startAgent({ platform });
    const path = await fetch(`${agent.url}/acme/tasks`);
    const params = { ...sendParams('x'), tenant: 'acme' };
    const sent = await jsonRpc.call(agent.url, 'SendMessage', params);
    const { id } = sent.body.result.task;
    const got = await jsonRpc.call(agent.url, 'GetTask', { id });
    await agent.close();
    expect(path.status).toBe(404);
    expect(got.body.result.id).toBe(id);
  });
});

describe.each(PLATFORMS)('several agents with tenants on %s', (platform) => {
  let host: TestHost;
  const worker = (name: string) => ({
    handle: (context: any) => context.complete(`${name}:${context.tenant}`),
  });

  beforeAll(async () => {
    host = await startHost(
      {
        imports: [
          A2AModule.forRoot(onTestStore({ agentCard: CARD, tenants: true })),
          A2AModule.forFeature({
            agent: 'billing',
            path: 'billing',
            agentCard: CARD,
            tenants: true,
          }),
        ],
        providers: [
          { provide: A2A_WORKER, useValue: worker('main') },
          { provide: getWorkerToken('billing'), useValue: worker('billing') },
        ],
      },
      { platform },
    );
  });

  afterAll(() => host.close());

  it.each([
    ['', 'main:'],
    ['/acme', 'main:acme'],
    ['/billing', 'billing:'],
    ['/billing/acme', 'billing:acme'],
  ])('take a path of another agent for no tenant: %s', async (path, text) => {
    const { body } = await httpJson.call(
      host.url + path,
      'SendMessage',
      sendParams('x'),
    );
    expect(body.task.artifacts[0].parts).toEqual([{ text }]);
    const got = await httpJson.call(host.url + path, 'GetTask', {
      id: body.task.id,
    });
    expect(got.body.id).toBe(body.task.id);
  });
});

describe('a route of the application under a name that tenants could have', () => {
  it('is an error at start', async () => {
    @Controller('users')
    class UsersController {
      @Get('tasks')
      tasks() {
        return [];
      }
    }
    @Module({ controllers: [UsersController] })
    class UsersModule {}
    const start = startHost({
      imports: [
        A2AModule.forRoot(onTestStore({ agentCard: CARD, tenants: true })),
        UsersModule,
      ],
      providers: [{ provide: A2A_WORKER, useValue: { handle() {} } }],
    });
    await expect(start).rejects.toMatchObject({ code: 'ROUTE_CONFLICT' });
  });
});
