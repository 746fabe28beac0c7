import {
  BINDINGS,
  answering,
  collect,
  failureOf,
  interfaceOf,
  ScriptedAgent,
  streaming,
  taskIn,
  v03CardFor,
} from '../test/scripted-agent.js';
import { A2AClient } from './a2a-client.js';

const PUSH = {
  url: 'https://hook.example/x',
  token: 'secret',
  authentication: { scheme: 'Bearer', credentials: 'x' },
};
const V03_PUSH = {
  url: 'https://hook.example/x',
  token: 'secret',
  authentication: { schemes: ['Bearer'], credentials: 'x' },
};

/** A call, what the agent answers in each form, and how the call looks in each. */
interface Row {
  operation: string;
  call: (client: A2AClient) => Promise<unknown>;
  result: { JSONRPC: unknown; 'HTTP+JSON': unknown };
  rpc: [method: string, params: unknown];
  rest: [method: string, path: string, body?: unknown];
  /** What the caller gets, the same for both. */
  shows: object;
}

const task = (state: string) => ({
  id: 't1',
  contextId: 'c1',
  status: { state },
});
const KIND = { kind: 'task', ...task('working') };
const PROTO = task('TASK_STATE_WORKING');

const RPC_MESSAGE = {
  kind: 'message',
  messageId: 'm1',
  role: 'user',
  parts: [{ kind: 'text', text: 'hi' }],
};
const REST_MESSAGE = {
  messageId: 'm1',
  role: 'ROLE_USER',
  content: [{ text: 'hi' }],
};
const configuration = { blocking: true };
const RPC_CONFIG = {
  taskId: 't1',
  pushNotificationConfig: { ...V03_PUSH, id: 'p1' },
};
const REST_CONFIG = {
  name: 'tasks/t1/pushNotificationConfigs/p1',
  pushNotificationConfig: { ...V03_PUSH, id: 'p1' },
};

const ROWS: Row[] = [
  {
    operation: 'SendMessage',
    shows: { state: 'working', taskId: 't1' },
    call: (client) => client.send('hi', { messageId: 'm1' }),
    result: { JSONRPC: KIND, 'HTTP+JSON': { task: PROTO } },
    rpc: ['message/send', { message: RPC_MESSAGE, configuration }],
    rest: [
      'POST',
      '/v1/message:send',
      { message: REST_MESSAGE, configuration },
    ],
  },
  {
    operation: 'SendStreamingMessage',
    shows: [{ state: 'working', kind: 'task' }],
    call: (client) => collect(client.stream('hi', { messageId: 'm1' })),
    result: { JSONRPC: KIND, 'HTTP+JSON': { task: PROTO } },
    rpc: ['message/stream', { message: RPC_MESSAGE, configuration }],
    rest: [
      'POST',
      '/v1/message:stream',
      { message: REST_MESSAGE, configuration },
    ],
  },
  {
    operation: 'GetTask',
    shows: { state: 'working', contextId: 'c1' },
    call: (client) => client.getTask('t1', { historyLength: 2 }),
    result: { JSONRPC: KIND, 'HTTP+JSON': PROTO },
    rpc: ['tasks/get', { id: 't1', historyLength: 2 }],
    rest: ['GET', '/v1/tasks/t1?historyLength=2'],
  },
  {
    operation: 'CancelTask',
    shows: { state: 'canceled', isTerminal: true },
    call: (client) => client.cancel('t1'),
    result: {
      JSONRPC: { kind: 'task', ...task('canceled') },
      'HTTP+JSON': task('TASK_STATE_CANCELLED'),
    },
    rpc: ['tasks/cancel', { id: 't1' }],
    rest: ['POST', '/v1/tasks/t1:cancel', {}],
  },
  {
    operation: 'SubscribeToTask',
    shows: [{ state: 'working', kind: 'task' }],
    call: (client) => collect(client.subscribe('t1')),
    result: { JSONRPC: KIND, 'HTTP+JSON': { task: PROTO } },
    rpc: ['tasks/resubscribe', { id: 't1' }],
    rest: ['POST', '/v1/tasks/t1:subscribe', {}],
  },
  {
    operation: 'CreateTaskPushNotificationConfig',
    shows: { ...PUSH, taskId: 't1', id: 'p1' },
    call: (client) => client.createPushConfig('t1', { ...PUSH, id: 'p1' }),
    result: { JSONRPC: RPC_CONFIG, 'HTTP+JSON': REST_CONFIG },
    rpc: ['tasks/pushNotificationConfig/set', RPC_CONFIG],
    rest: [
      'POST',
      '/v1/tasks/t1/pushNotificationConfigs',
      { parent: 'tasks/t1', configId: 'p1', config: REST_CONFIG },
    ],
  },
  {
    operation: 'GetTaskPushNotificationConfig',
    shows: { ...PUSH, taskId: 't1', id: 'p1' },
    call: (client) => client.getPushConfig('t1', 'p1'),
    result: { JSONRPC: RPC_CONFIG, 'HTTP+JSON': REST_CONFIG },
    rpc: [
      'tasks/pushNotificationConfig/get',
      { id: 't1', pushNotificationConfigId: 'p1' },
    ],
    rest: ['GET', '/v1/tasks/t1/pushNotificationConfigs/p1'],
  },
  {
    operation: 'ListTaskPushNotificationConfigs',
    shows: {
      configs: [{ ...PUSH, taskId: 't1', id: 'p1' }],
      nextPageToken: '',
    },
    call: (client) => client.listPushConfigs('t1', { pageSize: 5 }),
    result: {
      JSONRPC: [RPC_CONFIG],
      'HTTP+JSON': { configs: [REST_CONFIG], nextPageToken: '' },
    },
    rpc: ['tasks/pushNotificationConfig/list', { id: 't1' }],
    rest: ['GET', '/v1/tasks/t1/pushNotificationConfigs?pageSize=5'],
  },
  {
    operation: 'DeleteTaskPushNotificationConfig',
    shows: { deleted: undefined },
    call: async (client) => ({
      deleted: await client.deletePushConfig('t1', 'p1'),
    }),
    result: { JSONRPC: null, 'HTTP+JSON': {} },
    rpc: [
      'tasks/pushNotificationConfig/delete',
      { id: 't1', pushNotificationConfigId: 'p1' },
    ],
    rest: ['DELETE', '/v1/tasks/t1/pushNotificationConfigs/p1'],
  },
  {
    operation: 'GetExtendedAgentCard',
    shows: { name: 'Old Generator', capabilities: { extendedAgentCard: true } },
    call: (client) => client.getExtendedCard(),
    result: {
      JSONRPC: v03CardFor('https://a.example', 'JSONRPC'),
      'HTTP+JSON': v03CardFor('https://a.example', 'HTTP+JSON'),
    },
    rpc: ['agent/getAuthenticatedExtendedCard', {}],
    rest: ['GET', '/v1/card'],
  },
];

let agent: ScriptedAgent;

beforeEach(async () => {
  agent = await ScriptedAgent.start();
});

afterEach(() => agent.close());

describe.each(BINDINGS)('an agent of A2A 0.3 over %s', (binding) => {
  let client: A2AClient;

  beforeEach(async () => {
    agent.card = v03CardFor(agent.url, binding);
    client = await A2AClient.connect(agent.url, {
      streamResumeMs: 0,
      extensions: ['https://e.example/x'],
    });
  });

  afterEach(() => client.close());

  it.each(ROWS)('is asked $operation in its form', async (row) => {
    agent.script = answering(binding, row.result[binding]);
    const result = await row.call(client);
    const [request] = agent.calls;
    expect(agent.calls).toHaveLength(1);
    if (binding === 'JSONRPC') {
      const [method, params] = row.rpc;
      expect(request).toMatchObject({ method: 'POST', path: '/rpc' });
      expect(request?.body).toEqual({
        jsonrpc: '2.0',
        id: expect.any(String),
        method,
        params,
      });
    } else {
      const [method, path, body] = row.rest;
      expect(request).toMatchObject({ method, path: `/rest${path}` });
      expect(request?.body).toEqual(body);
    }
    expect(result).toMatchObject(row.shows);
  });

  it('is told the version and the extensions in its header', async () => {
    agent.script = answering(binding, KIND);
    await client.getTask('t1', { extensions: ['https://e.example/y'] });
    const headers = agent.calls[0]?.headers ?? {};
    expect(headers['a2a-version']).toBe('0.3');
    expect(headers['x-a2a-extensions']).toBe(
      'https://e.example/x,https://e.example/y',
    );
    expect(headers).not.toHaveProperty('a2a-extensions');
    expect(headers.accept).toBe('application/json');
  });

  it('cannot be asked for its tasks, which is said before the call', async () => {
    expect(await failureOf(client.listTasks())).toMatchObject({
      name: 'A2AError',
      code: 'UNSUPPORTED_OPERATION',
    });
    expect(agent.calls).toEqual([]);
  });

  it('answers a message with a message', async () => {
    const message = {
      ...{ messageId: 'm2', contextId: 'c1', taskId: '' },
      ...(binding === 'JSONRPC'
        ? { kind: 'message', role: 'agent', parts: [{ text: 'yes' }] }
        : { role: 'ROLE_AGENT', content: [{ text: 'yes' }] }),
    };
    const result = binding === 'JSONRPC' ? message : { message };
    agent.script = answering(binding, result);
    const answer = await client.send('hi');
    expect(answer).toMatchObject({ text: 'yes', contextId: 'c1' });
  });

  it('streams the same events as one of 1.0', async () => {
    const names = { taskId: 't1', contextId: 'c1' };
    const parts = (text: string) => [{ text }];
    const chunk = (text: string, append: boolean) => ({
      ...names,
      artifact: { artifactId: 'a1', parts: parts(text) },
      append,
    });
    const events: [kind: string, member: string, event: object][] = [
      ['task', 'task', task('submitted')],
      ['artifact-update', 'artifactUpdate', chunk('Hel', false)],
      ['artifact-update', 'artifactUpdate', chunk('lo', true)],
      [
        'status-update',
        'statusUpdate',
        { ...names, status: { state: 'completed' }, final: true },
      ],
    ];
    const script = streaming(
      binding,
      ...events.map(([kind, member, event]) =>
        binding === 'JSONRPC' ? { kind, ...event } : { [member]: event },
      ),
    );
    agent.script = script;
    const kinds: string[] = [];
    let last;
    for await (const event of client.stream('hi')) {
      kinds.push(event.kind);
      last = event;
    }
    expect(kinds).toEqual(['task', 'artifact', 'artifact', 'status']);
    expect(last).toMatchObject({ state: 'completed', isFinal: true });
    expect(last?.task.text).toBe('Hello');
    expect(last?.raw).toEqual({
      statusUpdate: { ...names, status: { state: 'TASK_STATE_COMPLETED' } },
    });
  });

  it('is waited for', async () => {
    agent.card.capabilities = {};
    const answers = ['working', 'input-required'].map(task);
    agent.script = (request, response) =>
      void answering(binding, answers.shift())(request, response);
    const polling = await A2AClient.connect(agent.url);
    const result = await polling.waitFor('t1', { pollMs: 1 });
    expect(result).toMatchObject({ state: 'input-required' });
    await polling.close();
  });
});

describe('an interface of A2A 0.3 in a card of 1.0', () => {
  const old = (binding: string, path: string) =>
    interfaceOf(agent.url + path, binding, {
      protocolVersion: '0.3',
      tenant: 'acme eu',
    });

  it('is called with its tenant in the request over JSON-RPC', async () => {
    agent.card.supportedInterfaces = [old('JSONRPC', '/rpc')];
    agent.script = answering('JSONRPC', KIND);
    const client = await A2AClient.connect(agent.url);
    await client.getTask('t1');
    await client.close();
    expect(agent.calls[0]?.body).toMatchObject({
      method: 'tasks/get',
      params: { id: 't1', tenant: 'acme eu' },
    });
  });

  it('is called with its tenant in the path over HTTP+JSON', async () => {
    agent.card.supportedInterfaces = [old('HTTP+JSON', '/rest/')];
    agent.script = answering('HTTP+JSON', PROTO);
    const client = await A2AClient.connect(agent.url);
    await client.getTask('t1');
    await client.close();
    expect(agent.calls[0]?.path).toBe('/rest/acme%20eu/v1/tasks/t1');
  });

  it('is called where the caller wants that version', async () => {
    agent.card.supportedInterfaces = [
      interfaceOf(`${agent.url}/rpc`, 'JSONRPC'),
      old('HTTP+JSON', '/rest'),
    ];
    agent.script = answering('HTTP+JSON', taskIn('WORKING'));
    const client = await A2AClient.connect(agent.url, { versions: ['0.3'] });
    expect(client.agentInterface.protocolVersion).toBe('0.3');
    expect(agent.requests[0]?.headers['a2a-version']).toBe('0.3');
    await client.getTask('t1');
    await client.close();
    expect(agent.calls[0]?.path).toContain('/v1/tasks/t1');
  });
});
