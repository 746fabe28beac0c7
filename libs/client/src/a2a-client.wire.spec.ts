import { type A2AClient } from './a2a-client.js';
import {
  answering,
  BINDINGS,
  cardFor,
  collect,
  failureOf,
  interfaceOf,
  ScriptedAgent,
  streaming,
  taskIn,
} from '../test/scripted-agent.js';

const TASK = taskIn('WORKING');
const CONFIG = { taskId: 't1', id: 'p1', url: 'https://hook.example/x' };

/** A call, what the agent answers, and the request in the form of each binding. */
interface Row {
  operation: string;
  call: (client: A2AClient) => Promise<unknown>;
  result: unknown;
  params: Record<string, unknown>;
  rest: [method: string, path: string, body?: unknown];
}

const MESSAGE = {
  role: 'ROLE_USER',
  messageId: 'm1',
  parts: [{ text: 'hi' }],
};

const ROWS: Row[] = [
  {
    operation: 'SendMessage',
    call: (client) => client.send('hi', { messageId: 'm1' }),
    result: { task: TASK },
    params: { message: MESSAGE },
    rest: ['POST', '/message:send', { message: MESSAGE }],
  },
  {
    operation: 'SendStreamingMessage',
    call: (client) => collect(client.stream('hi', { messageId: 'm1' })),
    result: { task: taskIn('COMPLETED') },
    params: { message: MESSAGE },
    rest: ['POST', '/message:stream', { message: MESSAGE }],
  },
  {
    operation: 'GetTask',
    call: (client) => client.getTask('t1', { historyLength: 0 }),
    result: TASK,
    params: { id: 't1', historyLength: 0 },
    rest: ['GET', '/tasks/t1?historyLength=0'],
  },
  {
    operation: 'ListTasks',
    call: (client) =>
      client.listTasks({
        contextId: 'c 1',
        status: 'input-required',
        pageSize: 5,
        pageToken: 'a+/=',
        includeArtifacts: true,
      }),
    result: { tasks: [TASK], nextPageToken: '', pageSize: 5, totalSize: 1 },
    params: {
      contextId: 'c 1',
      status: 'TASK_STATE_INPUT_REQUIRED',
      pageSize: 5,
      pageToken: 'a+/=',
      includeArtifacts: true,
    },
    rest: [
      'GET',
      '/tasks?contextId=c%201&status=TASK_STATE_INPUT_REQUIRED' +
        '&pageSize=5&pageToken=a%2B%2F%3D&includeArtifacts=true',
    ],
  },
  {
    operation: 'CancelTask',
    call: (client) => client.cancel('t1', { metadata: { why: 'late' } }),
    result: taskIn('CANCELED'),
    params: { id: 't1', metadata: { why: 'late' } },
    rest: ['POST', '/tasks/t1:cancel', { metadata: { why: 'late' } }],
  },
  {
    operation: 'SubscribeToTask',
    call: (client) => collect(client.subscribe('t1')),
    result: { task: taskIn('COMPLETED') },
    params: { id: 't1' },
    rest: ['POST', '/tasks/t1:subscribe', {}],
  },
  {
    operation: 'CreateTaskPushNotificationConfig',
    call: (client) =>
      client.createPushConfig('t1', {
        url: CONFIG.url,
        token: 'secret',
        authentication: { scheme: 'Bearer', credentials: 'x' },
      }),
    result: CONFIG,
    params: {
      taskId: 't1',
      url: CONFIG.url,
      token: 'secret',
      authentication: { scheme: 'Bearer', credentials: 'x' },
    },
    rest: [
      'POST',
      '/tasks/t1/pushNotificationConfigs',
      {
        url: CONFIG.url,
        token: 'secret',
        authentication: { scheme: 'Bearer', credentials: 'x' },
      },
    ],
  },
  {
    operation: 'GetTaskPushNotificationConfig',
    call: (client) => client.getPushConfig('t1', 'p1'),
    result: CONFIG,
    params: { taskId: 't1', id: 'p1' },
    rest: ['GET', '/tasks/t1/pushNotificationConfigs/p1'],
  },
  {
    operation: 'ListTaskPushNotificationConfigs',
    call: (client) => client.listPushConfigs('t1', { pageSize: 10 }),
    result: { configs: [CONFIG] },
    params: { taskId: 't1', pageSize: 10 },
    rest: ['GET', '/tasks/t1/pushNotificationConfigs?pageSize=10'],
  },
  {
    operation: 'DeleteTaskPushNotificationConfig',
    call: (client) => client.deletePushConfig('t1', 'p1'),
    result: {},
    params: { taskId: 't1', id: 'p1' },
    rest: ['DELETE', '/tasks/t1/pushNotificationConfigs/p1'],
  },
  {
    operation: 'GetExtendedAgentCard',
    call: (client) => client.getExtendedCard(),
    result: cardFor('https://a.example'),
    params: {},
    rest: ['GET', '/extendedAgentCard'],
  },
];

const STREAMS = ['SendStreamingMessage', 'SubscribeToTask'];

describe.each(BINDINGS)('A2AClient on the wire over %s', (binding) => {
  let agent: ScriptedAgent;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
  });

  afterEach(() => agent.close());

  function answer({ operation, result }: Row): void {
    const script = STREAMS.includes(operation) ? streaming : answering;
    agent.script = script(binding, result);
  }

  async function sent(row: Row): Promise<(typeof agent.requests)[number]> {
    answer(row);
    const client = await agent.connect(binding);
    await row.call(client);
    await client.close();
    expect(agent.calls).toHaveLength(1);
    return agent.calls[0]!;
  }

  it.each(ROWS)('sends $operation', async (row) => {
    const request = await sent(row);
    if (binding === 'JSONRPC') {
      const { method, path, body } = request;
      expect([method, path]).toEqual(['POST', '/rpc']);
      expect(body).toEqual({
        jsonrpc: '2.0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        method: row.operation,
        params: row.params,
      });
    } else {
      const [method, path, body] = row.rest;
      expect([request.method, request.path]).toEqual([method, `/rest${path}`]);
      expect(request.body).toEqual(body);
    }
  });

  it.each(ROWS)(
    'sends the headers of $operation (A2A §3.6.1, §9.1, §11.1)',
    async (row) => {
      const { headers, method } = await sent(row);
      const media =
        binding === 'JSONRPC' ? 'application/json' : 'application/a2a+json';
      expect(headers['a2a-version']).toBe('1.0');
      expect(headers['a2a-extensions']).toBeUndefined();
      expect(headers['content-type']).toBe(
        method === 'POST' ? media : undefined,
      );
      expect(headers.accept).toBe(
        STREAMS.includes(row.operation)
          ? 'text/event-stream'
          : binding === 'JSONRPC'
            ? 'application/json'
            : 'application/a2a+json, application/json',
      );
    },
  );

  it.each(ROWS)(
    'gives the tenant of the interface unchanged to $operation (A2A §8.3.2)',
    async (row) => {
      agent.card.supportedInterfaces = [
        interfaceOf(`${agent.url}/x`, binding, { tenant: 'Acme EU' }),
      ];
      const { path, body } = await sent(row);
      if (binding === 'JSONRPC') {
        expect(path).toBe('/x');
        expect(body.params).toEqual({ tenant: 'Acme EU', ...row.params });
      } else {
        expect(path).toBe(`/x/Acme%20EU${row.rest[1]}`);
        expect(body).toEqual(row.rest[2]);
      }
    },
  );

  it('never sends a tenant of the caller', async () => {
    agent.script = answering(binding, {});
    const client = await agent.connect(binding);
    await client.listTasks({ tenant: 'other' } as object);
    const config = { ...CONFIG, tenant: 'other' };
    await failureOf(client.createPushConfig('t1', config));
    await client.close();
    expect(agent.calls).toHaveLength(2);
    const sent = agent.calls.map(({ text, path }) => text + path).join();
    expect(sent).not.toMatch(/other/);
  });

  it('leaves it to the agent how large a message may be', async () => {
    agent.script = answering(binding, { task: TASK });
    const client = await agent.connect(binding);
    const parts = Array.from({ length: 1_001 }, () => ({ text: 'x' }));
    const taskId = 't'.repeat(600);
    const metadata = { long: 'x'.repeat(70_000) };
    await client.send(parts, { taskId, metadata });
    await client.close();
    const { body } = agent.calls[0]!;
    expect((body.params ?? body).message).toMatchObject({
      parts,
      taskId,
      metadata,
    });
  });

  it('declares the extensions of the client and of the call once each', async () => {
    agent.script = answering(binding, TASK);
    const client = await agent.connect(binding, {
      extensions: ['https://x.example/a'],
    });
    const extensions = ['https://x.example/b', 'https://x.example/a'];
    await client.getTask('t1', { extensions });
    await client.close();
    expect(
      agent.requests.map(({ headers }) => headers['a2a-extensions']),
    ).toEqual([
      'https://x.example/a',
      'https://x.example/a,https://x.example/b',
    ]);
  });

  it.each(['a,b', 'a\nb', 'ä', ''])(
    'refuses the extension %j before anything is sent',
    async (uri) => {
      const client = await agent.connect(binding);
      await expect(client.getTask('t1', { extensions: [uri] })).rejects.toThrow(
        TypeError,
      );
      await client.close();
      expect(agent.calls).toEqual([]);
    },
  );

  it('names the last event to a subscription that resumes', async () => {
    agent.script = streaming(binding, { task: taskIn('COMPLETED') });
    const client = await agent.connect(binding);
    await collect(client.subscribe('t1', { lastEventId: '41' }));
    await collect(client.subscribe('t1'));
    await client.close();
    expect(agent.calls.map(({ headers }) => headers['last-event-id'])).toEqual([
      '41',
      undefined,
    ]);
  });

  it('asks for the card with the protocol version too', async () => {
    const client = await agent.connect(binding);
    await client.close();
    const [card] = agent.requests;
    expect(card?.headers['a2a-version']).toBe('1.0');
    expect(card?.method).toBe('GET');
  });

  it.each([
    ['getTask', (client: A2AClient) => client.getTask('')],
    ['listTasks', (client: A2AClient) => client.listTasks({ pageSize: 101 })],
    ['send', (client: A2AClient) => client.send([])],
    ['send', (client: A2AClient) => client.send('x', { historyLength: -1 })],
    ['send', (client: A2AClient) => client.send([{} as any])],
    ['stream', (client: A2AClient) => collect(client.stream([]))],
  ])('sends no invalid request: %s', async (_, call) => {
    const client = await agent.connect(binding);
    await expect(call(client)).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
    });
    await client.close();
    expect(agent.calls).toEqual([]);
  });
});
