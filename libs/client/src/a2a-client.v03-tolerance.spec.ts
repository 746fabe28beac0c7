import {
  answering,
  beginStream,
  collect,
  failureOf,
  json,
  type Script,
  ScriptedAgent,
  v03CardFor,
} from '../test/scripted-agent.js';
import { type A2AClient } from './a2a-client.js';
import { type ClientBindingName } from './client-options.js';

let agent: ScriptedAgent;

beforeEach(async () => {
  agent = await ScriptedAgent.start();
});

afterEach(() => agent.close());

async function withClient<T>(
  binding: ClientBindingName,
  script: Script,
  use: (client: A2AClient) => Promise<T>,
): Promise<T> {
  agent.card = v03CardFor(agent.url, binding);
  agent.script = script;
  const client = await agent.connect(binding);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const TASK = {
  id: 't1',
  contextId: 'c1',
  status: { state: 'TASK_STATE_COMPLETED', timestamp: '2026-01-02T03:04:05' },
  artifacts: [{ artifactId: 'a1', parts: [{ text: 'done' }] }],
};

describe('what agents of A2A 0.3 do differently over HTTP+JSON', () => {
  it.each<[string, unknown, number]>([
    ['in camelCase, created', TASK, 201],
    [
      'in snake_case',
      {
        id: 't1',
        context_id: 'c1',
        status: { state: 'TASK_STATE_COMPLETED' },
        artifacts: [{ artifact_id: 'a1', parts: [{ text: 'done' }] }],
      },
      200,
    ],
    [
      'with kinds',
      {
        kind: 'task',
        id: 't1',
        contextId: 'c1',
        status: { state: 'completed' },
        artifacts: [
          { artifactId: 'a1', parts: [{ kind: 'text', text: 'done' }] },
        ],
      },
      200,
    ],
  ])('they answer tasks %s', async (_, task, status) => {
    const results = await withClient(
      'HTTP+JSON',
      (request, response) =>
        json(response, request.method === 'POST' ? { task } : task, status),
      async (client) => [await client.send('hi'), await client.getTask('t1')],
    );
    for (const result of results) {
      expect(result).toMatchObject({
        taskId: 't1',
        contextId: 'c1',
        state: 'completed',
        text: 'done',
      });
    }
  });

  it.each<[string, number, unknown, string]>([
    ['code', 404, { code: -32001, message: 'm' }, 'TASK_NOT_FOUND'],
    ['code', 400, { code: -32002, message: 'm' }, 'TASK_NOT_CANCELABLE'],
    [
      'type',
      404,
      { type: 'TaskNotFoundError', message: 'm' },
      'TASK_NOT_FOUND',
    ],
    [
      'class',
      409,
      { error: 'io.a2a.spec.TaskNotCancelableError', message: 'm' },
      'TASK_NOT_CANCELABLE',
    ],
    [
      'status',
      400,
      {
        error: {
          code: 400,
          status: 'FAILED_PRECONDITION',
          message: 'm',
          details: [],
        },
      },
      'UNSUPPORTED_OPERATION',
    ],
    ['detail only', 404, { detail: 'Not Found' }, 'TASK_NOT_FOUND'],
  ])(
    'they answer errors with a %s (HTTP %d)',
    async (_, status, body, code) => {
      const error = await withClient(
        'HTTP+JSON',
        (_request, response) => json(response, body, status),
        (client) => failureOf(client.cancel('t1')),
      );
      expect(error).toMatchObject({ name: 'A2AError', code });
    },
  );

  it('they may not have a route', async () => {
    const error = await withClient(
      'HTTP+JSON',
      (_request, response) => json(response, { detail: 'Not Found' }, 404),
      (client) => failureOf(client.getExtendedCard()),
    );
    expect(error).toMatchObject({ code: 'METHOD_NOT_FOUND' });
  });

  it.each([
    ['they know only GET for subscriptions', 405],
    ['they have no route for POST subscriptions', 404],
  ])('%s', async (_, status) => {
    const script: Script = (request, response) =>
      request.method === 'POST'
        ? response.writeHead(status).end()
        : beginStream(response).end(
            `data: ${JSON.stringify({ task: TASK })}\n\n`,
          );
    const events = await withClient('HTTP+JSON', script, (client) =>
      collect(client.subscribe('t1')),
    );
    expect(events).toMatchObject([{ state: 'completed' }]);
    expect(agent.calls.map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/rest/v1/tasks/t1:subscribe'],
      ['GET', '/rest/v1/tasks/t1:subscribe'],
    ]);
  });

  it.each([
    ['an event error', 'event: error\ndata: {"code":-32001,"message":"gone"}'],
    [
      'a type',
      'event: error\ndata: {"type":"TaskNotFoundError","message":"gone"}',
    ],
    [
      'a wrapped status',
      'data: {"error":{"code":404,"status":"NOT_FOUND","message":"gone"}}',
    ],
  ])('they end a stream with %s', async (_, text) => {
    const script: Script = (_request, response) =>
      beginStream(response).end(
        `data: {"statusUpdate":{"taskId":"t1","contextId":"c1","status":{"state":"TASK_STATE_WORKING"}}}\r\n\r\n: ping\n\n${text}`,
      );
    const seen: unknown[] = [];
    const error = await withClient('HTTP+JSON', script, (client) =>
      failureOf(
        (async () => {
          for await (const { state } of client.stream('hi')) {
            seen.push(state);
          }
        })(),
      ),
    );
    expect(seen).toEqual(['working']);
    expect(error).toMatchObject({ code: 'TASK_NOT_FOUND', message: 'gone' });
  });

  const created = {
    name: 'tasks/t1/pushNotificationConfigs/p1',
    pushNotificationConfig: { id: 'p1', url: 'https://h.example' },
  };

  it('they want a push configuration without its request', async () => {
    const script: Script = (request, response) =>
      request.body.name === undefined
        ? json(response, { code: -32602, message: 'Invalid name' }, 400)
        : json(response, created, 201);
    const config = await withClient('HTTP+JSON', script, (client) =>
      client.createPushConfig('t1', { id: 'p1', url: 'https://h.example' }),
    );
    expect(config).toEqual({
      taskId: 't1',
      id: 'p1',
      url: 'https://h.example',
    });
    expect(agent.calls.map(({ body }) => body as unknown)).toEqual([
      { parent: 'tasks/t1', configId: 'p1', config: created },
      created,
    ]);
  });

  it.each<[string, object, number, object]>([
    [
      'the first form',
      { message: 'unknown exception' },
      500,
      { code: 'INVALID_PARAMS', message: 'first' },
    ],
    [
      'the second form',
      { code: -32602, message: 'second' },
      400,
      { code: 'INVALID_PARAMS', message: 'second' },
    ],
    [
      'the second form',
      { code: -32001, message: 'second' },
      404,
      { code: 'TASK_NOT_FOUND', message: 'second' },
    ],
  ])('they know %s and refuse it', async (_, second, status, expected) => {
    const script: Script = (request, response) =>
      request.body.name === undefined
        ? json(response, { code: -32602, message: 'first' }, 400)
        : json(response, second, status);
    const error = await withClient('HTTP+JSON', script, (client) =>
      failureOf(client.createPushConfig('t1', { url: 'https://h.example' })),
    );
    expect(error).toMatchObject(expected);
    expect(agent.calls).toHaveLength(2);
  });

  it('they are not asked twice where nothing was wrong with the form', async () => {
    const script: Script = (_request, response) =>
      json(response, { code: -32003, message: 'no' }, 400);
    const error = await withClient('HTTP+JSON', script, (client) =>
      failureOf(client.createPushConfig('t1', { url: 'https://h.example' })),
    );
    expect(error).toMatchObject({ code: 'PUSH_NOTIFICATION_NOT_SUPPORTED' });
    expect(agent.calls).toHaveLength(1);
  });

  it.each([
    [200, '{}'],
    [200, 'null'],
    [204, ''],
  ])('they answer a deletion with HTTP %d %s', async (status, body) => {
    await expect(
      withClient(
        'HTTP+JSON',
        (_request, response) => response.writeHead(status).end(body),
        (client) => client.deletePushConfig('t1', 'p1'),
      ),
    ).resolves.toBeUndefined();
  });

  it.each<[string, object]>([
    [
      'in the form of JSON-RPC',
      {
        securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X' } },
        security: [{ key: [] }],
      },
    ],
    [
      'in that of the protocol buffers',
      {
        securitySchemes: {
          key: { apiKeySecurityScheme: { location: 'header', name: 'X' } },
        },
        security: [{ schemes: { key: { list: [] } } }],
      },
    ],
  ])('they answer their card %s', async (_, members) => {
    const card = await withClient(
      'HTTP+JSON',
      (_request, response) =>
        json(response, { ...v03CardFor(agent.url, 'HTTP+JSON'), ...members }),
      (client) => client.getExtendedCard(),
    );
    expect(card.securitySchemes).toMatchObject({
      key: { apiKeySecurityScheme: { location: 'header', name: 'X' } },
    });
    expect(card.securityRequirements).toEqual([
      { schemes: { key: { list: [] } } },
    ]);
  });
});

describe('what agents of A2A 0.3 do differently over JSON-RPC', () => {
  it('they leave out kinds and say what 1.0 does not know', async () => {
    const task = {
      id: 't1',
      contextId: 'c1',
      status: { state: 'unknown' },
      artifacts: null,
      history: [
        {
          kind: 'message',
          messageId: 'm1',
          role: 'system',
          parts: [
            {
              kind: 'data',
              data: { value: [1] },
              metadata: { data_part_compat: true },
            },
          ],
        },
      ],
    };
    const result = await withClient(
      'JSONRPC',
      answering('JSONRPC', task),
      (client) => client.getTask('t1'),
    );
    expect(result.isTerminal).toBe(false);
    expect(result.raw).toMatchObject({
      status: { state: 'TASK_STATE_UNSPECIFIED' },
      history: [{ role: 'system', parts: [{ data: [1] }] }],
    });
  });

  it.each([undefined, null, 'text', { a: 1 }, []])(
    'they have errors with the data %j',
    async (data) => {
      const script: Script = (request, response) =>
        json(response, {
          jsonrpc: '2.0',
          id: request.body.id,
          error: { code: -32007, message: 'No card', data },
        });
      const error = await withClient('JSONRPC', script, (client) =>
        failureOf(client.getExtendedCard()),
      );
      expect(error).toMatchObject({
        code: 'EXTENDED_AGENT_CARD_NOT_CONFIGURED',
        message: 'No card',
      });
    },
  );

  it.each([
    [{ kind: 'joke' }, 'kind'],
    [{ kind: 'task', id: 't1' }, 'status'],
    ['task', ''],
  ])('they answer %j, which is refused', async (result, field) => {
    const error = await withClient(
      'JSONRPC',
      answering('JSONRPC', result),
      (client) => failureOf(client.send('hi')),
    );
    expect(error).toMatchObject({ code: 'INVALID_AGENT_RESPONSE' });
    expect(error.violations[0].field).toContain(field);
  });
});
