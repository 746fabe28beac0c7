import { grpcClient, type GrpcClientOptions } from '../../test/grpc-client.js';
import { collect, failureOf, taskIn } from '../../test/scripted-agent.js';
import { ScriptedGrpcAgent } from '../../test/scripted-grpc-agent.js';
import { type A2AClient } from '../a2a-client.js';

const TASK = taskIn('WORKING');
const DONE = taskIn('COMPLETED');
const MESSAGE = {
  role: 'ROLE_USER',
  messageId: 'm1',
  parts: [{ text: 'hi' }],
};
const CONFIG = { taskId: 't1', id: 'p1', url: 'https://hook.example/x' };
const OLD_CONFIG = {
  name: 'tasks/t1/pushNotificationConfigs/p1',
  pushNotificationConfig: { id: 'p1', url: 'https://hook.example/x' },
};
const CARD = {
  name: 'Extended',
  description: 'Knows you',
  version: '1.0.0',
  supportedInterfaces: [
    { url: 'a.example:443', protocolBinding: 'GRPC', protocolVersion: '1.0' },
  ],
  capabilities: { streaming: true },
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [],
};

/** What is done, and for each version what the agent sees and answers. */
interface Row {
  call: (client: A2AClient) => Promise<unknown>;
  path: [v10: string, v03?: string];
  body: [v10: object, v03?: object];
  answer: [v10: object, v03?: object];
  /** What the caller gets, in both versions. */
  result: unknown;
}

const ROWS: Record<string, Row> = {
  SendMessage: {
    call: (client) => client.send('hi', { messageId: 'm1' }),
    path: ['SendMessage', 'SendMessage'],
    body: [
      { message: MESSAGE },
      {
        message: {
          role: 'ROLE_USER',
          messageId: 'm1',
          content: [{ text: 'hi' }],
        },
        // What is not said would be `false`.
        configuration: { blocking: true },
      },
    ],
    answer: [{ task: TASK }, { task: TASK }],
    result: { taskId: 't1', state: 'working' },
  },
  SendStreamingMessage: {
    call: (client) => collect(client.stream('hi', { messageId: 'm1' })),
    path: ['SendStreamingMessage', 'SendStreamingMessage'],
    body: [{ message: MESSAGE }],
    answer: [{ task: DONE }, { task: DONE }],
    result: [{ kind: 'task', state: 'completed', isFinal: true }],
  },
  GetTask: {
    call: (client) => client.getTask('t1', { historyLength: 3 }),
    path: ['GetTask', 'GetTask'],
    body: [
      { id: 't1', historyLength: 3 },
      { name: 'tasks/t1', historyLength: 3 },
    ],
    answer: [TASK, TASK],
    result: { taskId: 't1', state: 'working' },
  },
  ListTasks: {
    call: (client) => client.listTasks({ status: 'working', pageSize: 5 }),
    path: ['ListTasks'],
    body: [{ status: 'TASK_STATE_WORKING', pageSize: 5 }],
    answer: [{ tasks: [TASK], pageSize: 5, totalSize: 1 }],
    result: { tasks: [{ taskId: 't1' }], pageSize: 5, totalSize: 1 },
  },
  CancelTask: {
    call: (client) => client.cancel('t1'),
    path: ['CancelTask', 'CancelTask'],
    body: [{ id: 't1' }, { name: 'tasks/t1' }],
    answer: [
      taskIn('CANCELED'),
      { ...TASK, status: { state: 'TASK_STATE_CANCELLED' } },
    ],
    result: { taskId: 't1', state: 'canceled' },
  },
  SubscribeToTask: {
    call: (client) => collect(client.subscribe('t1')),
    path: ['SubscribeToTask', 'TaskSubscription'],
    body: [{ id: 't1' }, { name: 'tasks/t1' }],
    answer: [{ task: DONE }, { task: DONE }],
    result: [{ kind: 'task', state: 'completed' }],
  },
  CreateTaskPushNotificationConfig: {
    call: (client) =>
      client.createPushConfig('t1', { id: 'p1', url: CONFIG.url }),
    path: [
      'CreateTaskPushNotificationConfig',
      'CreateTaskPushNotificationConfig',
    ],
    body: [CONFIG, { parent: 'tasks/t1', configId: 'p1', config: OLD_CONFIG }],
    answer: [CONFIG, OLD_CONFIG],
    result: CONFIG,
  },
  GetTaskPushNotificationConfig: {
    call: (client) => client.getPushConfig('t1', 'p1'),
    path: ['GetTaskPushNotificationConfig', 'GetTaskPushNotificationConfig'],
    body: [{ taskId: 't1', id: 'p1' }, { name: OLD_CONFIG.name }],
    answer: [CONFIG, OLD_CONFIG],
    result: CONFIG,
  },
  ListTaskPushNotificationConfigs: {
    call: (client) => client.listPushConfigs('t1', { pageSize: 10 }),
    path: ['ListTaskPushNotificationConfigs', 'ListTaskPushNotificationConfig'],
    body: [
      { taskId: 't1', pageSize: 10 },
      { parent: 'tasks/t1', pageSize: 10 },
    ],
    answer: [{ configs: [CONFIG] }, { configs: [OLD_CONFIG] }],
    result: { configs: [CONFIG] },
  },
  DeleteTaskPushNotificationConfig: {
    call: (client) => client.deletePushConfig('t1', 'p1'),
    path: [
      'DeleteTaskPushNotificationConfig',
      'DeleteTaskPushNotificationConfig',
    ],
    body: [{ taskId: 't1', id: 'p1' }, { name: OLD_CONFIG.name }],
    answer: [{}, {}],
    result: undefined,
  },
  GetExtendedAgentCard: {
    call: (client) => client.getExtendedCard(),
    path: ['GetExtendedAgentCard', 'GetAgentCard'],
    body: [{}, {}],
    answer: [
      CARD,
      {
        ...CARD,
        url: 'a.example:443',
        preferredTransport: 'GRPC',
        protocolVersion: '0.3.0',
      },
    ],
    result: { name: 'Extended', capabilities: { streaming: true } },
  },
};

let agent: ScriptedGrpcAgent;
let client: A2AClient;

beforeEach(async () => {
  agent = await ScriptedGrpcAgent.start();
});

afterEach(async () => {
  await client.close();
  await agent.allClosed();
  await agent.close();
});

async function connect(options?: GrpcClientOptions): Promise<A2AClient> {
  client = await grpcClient(agent.address, options);
  return client;
}

const OLD_ROWS = Object.entries(ROWS).filter(([, { path }]) => path[1]);

function same(result: unknown, expected: unknown): void {
  if (expected === undefined) expect(result).toBeUndefined();
  else expect(result).toMatchObject(expected as object);
}

describe('the client over gRPC (A2A §10)', () => {
  it.each(Object.entries(ROWS))('calls %s', async (_, row) => {
    agent.script = (call) => call.answer(row.answer[0]);
    same(await row.call(await connect()), row.result);
    const [seen] = agent.calls;
    expect(seen?.path).toBe(`/lf.a2a.v1.A2AService/${row.path[0]}`);
    expect(seen?.body).toEqual(row.body[0]);
    expect(seen?.metadata.get('a2a-version')).toEqual(['1.0']);
  });

  it.each(OLD_ROWS)('calls %s of A2A 0.3', async (_, row) => {
    agent.script = (call) => call.answer(row.answer[1] ?? {});
    const old = await connect({ protocolVersion: '0.3' });
    same(await row.call(old), row.result);
    const [seen] = agent.calls;
    expect(seen?.path).toBe(`/a2a.v1.A2AService/${row.path[1]}`);
    expect(seen?.body).toEqual(row.body[1] ?? expect.anything());
    expect(seen?.metadata.get('a2a-version')).toEqual(['0.3']);
  });

  it('says to an agent of 0.3 that it does not wait', async () => {
    agent.script = (call) => call.answer({ task: TASK });
    const old = await connect({ protocolVersion: '0.3' });
    await old.send('hi', { blocking: false });
    expect(agent.calls[0]?.body.configuration).toEqual({ blocking: false });
  });

  it('has no way to list the tasks of an agent of 0.3', async () => {
    const old = await connect({ protocolVersion: '0.3' });
    expect(await failureOf(old.listTasks())).toMatchObject({
      name: 'A2AError',
      code: 'UNSUPPORTED_OPERATION',
    });
    expect(agent.connections).toBe(0);
  });

  it.each([
    ['1.0', 'a2a-extensions'],
    ['0.3', 'x-a2a-extensions'],
  ] as const)('declares extensions to %s as %s', async (version, name) => {
    agent.script = (call) => call.answer(TASK);
    const urls = ['https://e.example/a', 'https://e.example/b'];
    const [first = '', second = ''] = urls;
    await connect({ protocolVersion: version, extensions: [first] });
    await client.getTask('t1', { extensions: [second] });
    expect(agent.calls[0]?.metadata.get(name)).toEqual([urls.join(',')]);
  });

  it('says after which event a stream is to go on', async () => {
    agent.script = (call) => call.answer({ task: DONE });
    await connect();
    const events = await collect(client.subscribe('t1', { lastEventId: '7' }));
    expect(agent.calls[0]?.metadata.get('last-event-id')).toEqual(['7']);
    expect(events[0]?.id).toBeUndefined();
  });

  it('sends the tenant of the interface in the field of each request', async () => {
    agent.script = (call) => call.answer(TASK);
    await connect({ tenant: 'acme/eu' });
    await client.getTask('t1');
    expect(agent.calls[0]?.body).toEqual({ id: 't1', tenant: 'acme/eu' });
  });

  it('does not call an interface of 0.3 for a tenant that it could not name', async () => {
    await connect();
    const call = grpcClient(agent.address, {
      protocolVersion: '0.3',
      tenant: 'acme',
    });
    expect(await failureOf(call)).toMatchObject({ code: 'no-interface' });
  });

  it('does not send a request that is not valid', async () => {
    await connect();
    expect(await failureOf(client.getTask(''))).toMatchObject({
      code: 'INVALID_PARAMS',
    });
    expect(agent.connections).toBe(0);
  });

  it('keeps data of every kind, names that JavaScript knows among them', async () => {
    const data = JSON.parse('{"__proto__":{"x":1},"a":[null,1.5]}') as object;
    const parts = [{ data }, { data: null }, { raw: 'iVBORw0K' }];
    agent.script = (call) =>
      call.answer({
        message: { ...call.body.message, role: 'ROLE_AGENT' },
      });
    await connect();
    const { raw } = await client.send(parts as never);
    expect(JSON.stringify(agent.calls[0]?.body.message.parts)).toBe(
      JSON.stringify(parts),
    );
    expect(JSON.stringify(raw)).toContain('"__proto__":{"x":1}');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
