import { A2AAudit, type AuditEvent } from '@nest-a2a/server';
import { apiKey } from '@nest-a2a/server/auth';
import { Logger } from '@nestjs/common';
import { map } from 'rxjs';
import { sendParams, VERSION } from '../support/a2a-http.js';
import { callOldRpc, openOldRest } from '../support/a2a-0-3.js';
import { ALL_BINDINGS } from '../support/any-binding.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { LogCollector } from '../support/log-collector.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const KEY = 'alice-alice-alice-alice';
const ALICE = { 'X-API-Key': KEY };
const BOB = { 'X-API-Key': 'bob-bob-bob-bob-bob-bob' };
const TEXT = 'what nobody else should read';

let agent: TestAgent;
let events: AuditEvent[];

async function start(options: TestAgentOptions = {}): Promise<void> {
  agent = await startAgent({
    ...options,
    options: {
      ...GRPC_AGENT,
      authentication: [
        apiKey({
          name: 'X-API-Key',
          keys: {
            alice: { keys: KEY, scopes: ['all'] },
            bob: BOB['X-API-Key'],
          },
        }),
      ],
      ...options.options,
    },
  });
  events = [];
  agent.app.get(A2AAudit).events$.subscribe((event) => events.push(event));
}

afterEach(() => agent.close());

describe.each(ALL_BINDINGS)('audit events over $name', ({ name, call }) => {
  const event = {
    agent: 'default',
    binding: name,
    outcome: 'OK',
    principal: 'alice',
    scheme: 'apiKey',
    tenant: undefined,
    taskId: undefined,
    reason: undefined,
    ip: expect.stringMatching(/127\.0\.0\.1$/),
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  };

  it.each(PLATFORMS)(
    'say who did what, once for each request (%s)',
    async (platform) => {
      await start({ platform });
      const sent = await call(agent, 'SendMessage', sendParams(TEXT), ALICE);
      const { id: taskId } = sent.body.task;
      await call(agent, 'GetTask', { id: taskId }, ALICE);
      await call(agent, 'ListTasks', {}, ALICE);
      await call(agent, 'CancelTask', { id: taskId }, ALICE);
      await call(agent, 'ListTaskPushNotificationConfigs', { taskId }, ALICE);
      expect(events).toEqual([
        { ...event, operation: 'SendMessage', taskId },
        { ...event, operation: 'GetTask', taskId },
        { ...event, operation: 'ListTasks' },
        {
          ...event,
          operation: 'CancelTask',
          taskId,
          outcome: 'TASK_NOT_CANCELABLE',
        },
        { ...event, operation: 'ListTaskPushNotificationConfigs', taskId },
      ]);
      const told = JSON.stringify(events);
      expect(told).not.toContain(TEXT);
      expect(told).not.toContain(KEY);
    },
  );

  it('name the task that a stream has begun', async () => {
    await start();
    await call(agent, 'SendStreamingMessage', sendParams(TEXT), ALICE);
    const { body } = await call(agent, 'ListTasks', {}, ALICE);
    const [{ id: taskId }] = body.tasks;
    expect(events[0]).toEqual({
      ...event,
      operation: 'SendStreamingMessage',
      taskId,
    });
    expect(events.length).toBe(2);
  });

  it('tell of those who look for the tasks of others', async () => {
    await start();
    const sent = await call(agent, 'SendMessage', sendParams('hi'), ALICE);
    const { id } = sent.body.task;
    await call(agent, 'GetTask', { id }, BOB);
    expect(events[1]).toEqual({
      ...event,
      operation: 'GetTask',
      principal: 'bob',
      taskId: id,
      outcome: 'TASK_NOT_FOUND',
    });
  });

  it('tell of those who are not let in', async () => {
    await start();
    const nobody = { ...event, principal: undefined, scheme: undefined };
    await call(agent, 'GetTask', { id: 'secret' });
    await call(agent, 'CancelTask', { id: 'x' }, { 'X-API-Key': 'wrong' });
    expect(events).toEqual([
      {
        ...nobody,
        operation: 'GetTask',
        taskId: 'secret',
        outcome: 'UNAUTHENTICATED',
      },
      {
        ...nobody,
        operation: 'CancelTask',
        taskId: 'x',
        outcome: 'UNAUTHENTICATED',
        reason: 'unknown-key',
      },
    ]);
  });

  it('do not read what is large and was refused', async () => {
    await start();
    const large = sendParams('x'.repeat(70_000), { message: { taskId: 't' } });
    const small = sendParams('x', { message: { taskId: 't' } });
    await call(agent, 'SendMessage', large);
    await call(agent, 'SendMessage', small);
    expect(events.map(({ taskId }) => taskId)).toEqual([undefined, 't']);
  });

  it('tell of those who lack a scope, by their names', async () => {
    const authentication = [
      apiKey({
        name: 'X-API-Key',
        requiredScopes: ['all'],
        keys: { bob: BOB['X-API-Key'] },
      }),
    ];
    await start({ options: { authentication } });
    await call(agent, 'ListTasks', {}, BOB);
    expect(events).toEqual([
      {
        ...event,
        operation: 'ListTasks',
        principal: 'bob',
        outcome: 'FORBIDDEN',
      },
    ]);
  });

  it('tell of what a guard of the application has refused', async () => {
    const guard = { canActivate: () => false };
    await start({ before: (app) => void app.useGlobalGuards(guard) });
    await call(agent, 'GetTask', { id: 't' }, ALICE);
    expect(events).toMatchObject([
      {
        operation: 'GetTask',
        taskId: 't',
        outcome: 'FORBIDDEN',
        binding: name,
      },
    ]);
  });

  it('name the tenant, and bound what a caller names', async () => {
    await start({ options: { tenants: true } });
    const id = 'x'.repeat(3_000);
    await call(agent, 'GetTask', { id, tenant: 'acme' }, ALICE);
    expect(events[0]?.taskId?.length).toBe(512);
    expect(events[0]?.outcome).not.toBe('OK');
  });

  it('do not hold up requests when a listener throws, now or later', async () => {
    await start();
    const logs = new LogCollector();
    agent.app.useLogger(logs);
    const { events$ } = agent.app.get(A2AAudit);
    const seen: string[] = [];
    const fail = (what: string) => {
      seen.push(what);
      throw new Error(`${what} is broken`);
    };
    events$.subscribe(() => fail('listener'));
    const later: () => unknown = async () => fail('later');
    events$.subscribe(later);
    events$.pipe(map((one) => one)).subscribe({ next: () => fail('piped') });
    events$.pipe(map(() => fail('projection'))).subscribe();
    for (const round of [1, 2]) {
      const answer = await call(agent, 'ListTasks', {}, ALICE);
      expect(answer.status).toBe('OK');
      expect(events.length).toBe(round);
    }
    expect(seen.filter((what) => what === 'listener').length).toBe(2);
    expect(seen.filter((what) => what === 'piped').length).toBe(2);
    for (const what of ['listener', 'later', 'piped', 'projection']) {
      await logs.find(new RegExp(`A listener .*${what} is broken`, 's'));
    }
    Logger.overrideLogger(false);
  });
});

describe('audit events', () => {
  it('know what A2A 0.3 asks for, also where it is refused', async () => {
    await start();
    await callOldRpc(agent.url, 'tasks/get', { id: 't1' });
    await openOldRest(agent.url, '/tasks/t2');
    await callOldRpc(agent.url, 'tasks/get', { id: 't3' }, { headers: ALICE });
    await openOldRest(agent.url, '/tasks/t4', undefined, { headers: ALICE });
    expect(
      events.map(({ operation, taskId, outcome }) => [
        operation,
        taskId,
        outcome,
      ]),
    ).toEqual([
      ['GetTask', 't1', 'UNAUTHENTICATED'],
      ['GetTask', 't2', 'UNAUTHENTICATED'],
      ['GetTask', 't3', 'TASK_NOT_FOUND'],
      ['GetTask', 't4', 'TASK_NOT_FOUND'],
    ]);
  });

  it.each([
    ['no JSON', '{', 'PARSE_ERROR'],
    ['no request', '[]', 'INVALID_REQUEST'],
    [
      'no method that there is',
      '{"jsonrpc":"2.0","id":1,"method":"Drop"}',
      'METHOD_NOT_FOUND',
    ],
  ])('tell of what is %s', async (_what, body, outcome) => {
    await start();
    const headers = {
      ...VERSION,
      ...ALICE,
      'Content-Type': 'application/json',
    };
    await fetch(agent.url, { method: 'POST', headers, body });
    expect(events).toMatchObject([{ operation: undefined, outcome }]);
  });

  it('tell for which tenant', async () => {
    await start({ options: { tenants: true } });
    const headers = { ...VERSION, ...ALICE };
    await fetch(`${agent.url}/acme/tasks`, { headers });
    expect(events).toMatchObject([{ tenant: 'acme', outcome: 'OK' }]);
  });

  it('may be lines of JSON in the log, which no caller can break', async () => {
    await start({ options: { auditLog: true } });
    const logs = new LogCollector();
    agent.app.useLogger(logs);
    const id = encodeURIComponent('a\n{"outcome":"OK"}');
    await fetch(`${agent.url}/tasks/${id}`, {
      headers: { ...VERSION, ...ALICE },
    });
    Logger.overrideLogger(false);
    const lines = logs.lines.filter((line) => line.endsWith('A2AAudit'));
    expect(lines.length).toBe(1);
    expect(lines[0]).not.toContain('\n');
    expect(lines[0]).toMatch(/^log \{"at":.*"outcome":"INVALID_PARAMS"/);
  });

  it('end with the application', async () => {
    await start();
    let isComplete = false;
    const complete = () => (isComplete = true);
    agent.app.get(A2AAudit).events$.subscribe({ complete });
    await agent.close();
    expect(isComplete).toBe(true);
  });
});
