import {
  answering,
  beginStream,
  BINDINGS,
  collect,
  frame,
  interfaceOf,
  json,
  type Script,
  ScriptedAgent,
  type SeenRequest,
  taskIn,
  wrap,
} from '../test/scripted-agent.js';

const DONE = { task: taskIn('COMPLETED') };

describe.each(BINDINGS)('what agents may do differently over %s', (binding) => {
  let agent: ScriptedAgent;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
  });

  afterEach(() => agent.close());

  async function withClient<T>(
    script: Script,
    use: (client: Awaited<ReturnType<ScriptedAgent['connect']>>) => Promise<T>,
  ): Promise<T> {
    agent.script = script;
    const client = await agent.connect(binding);
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  }

  const statesOf = (script: Script) =>
    withClient(script, async (client) => {
      const events = await collect(client.stream('hi'));
      return events.map(({ task }) => task.state);
    });

  it.each([200, 201, 202])('answers HTTP %d', async (status) => {
    const script: Script = (request, response) =>
      json(response, wrap(binding, request, taskIn('WORKING')), status);
    const task = await withClient(script, (client) => client.getTask('t1'));
    expect(task.state).toBe('working');
  });

  it.each([
    'application/json',
    'application/a2a+json; charset=utf-8',
    'text/plain',
  ])('answers with the content type %s', async (type) => {
    const script: Script = (request, response) =>
      json(response, wrap(binding, request, taskIn('WORKING')), 200, {
        'Content-Type': type,
      });
    const task = await withClient(script, (client) => client.getTask('t1'));
    expect(task.state).toBe('working');
  });

  it('answers with a byte order mark, unknown fields and an unknown state', async () => {
    const task = {
      id: 't1',
      kind: 'task',
      contextId: null,
      status: { state: 'TASK_STATE_ON_HOLD', mood: 'fine' },
      artifacts: [],
      __proto__: { polluted: true },
    };
    const script: Script = (request, response) => {
      const body = JSON.stringify({
        ...(wrap(binding, request, task) as object),
        error: null,
      });
      response.end(`\uFEFF${body}`);
    };
    const result = await withClient(script, (client) => client.getTask('t1'));
    expect(result.state).toBe('on-hold');
    expect(result.raw).toEqual({
      id: 't1',
      status: { state: 'TASK_STATE_ON_HOLD' },
      artifacts: [],
    });
    expect(result.isTerminal).toBe(false);
    expect(result.contextId).toBe('');
  });

  const envelope = (members: object) => (request: SeenRequest) =>
    JSON.stringify({ jsonrpc: '2.0', id: request.body.id, ...members });
  const deletions: [string, number, (request: SeenRequest) => string][] =
    binding === 'JSONRPC'
      ? [
          ['{}', 200, envelope({ result: {} })],
          ['null', 200, envelope({ result: null })],
          ['no result', 200, envelope({})],
          ['no error', 200, envelope({ result: {}, error: null })],
          ['nothing', 204, () => ''],
        ]
      : [
          ['{}', 200, () => '{}'],
          ['null', 200, () => 'null'],
          ['an empty body', 200, () => ''],
          ['nothing', 204, () => ''],
        ];

  it.each(deletions)('deletes with %s (HTTP %d)', async (_, status, body) => {
    const script: Script = (request, response) =>
      response.writeHead(status).end(body(request));
    await expect(
      withClient(script, (client) => client.deletePushConfig('t1', 'p1')),
    ).resolves.toBeUndefined();
  });

  it('answers a page without what is empty', async () => {
    const page = await withClient(answering(binding, {}), (client) =>
      client.listTasks(),
    );
    expect(page).toEqual({
      tasks: [],
      nextPageToken: '',
      pageSize: 0,
      totalSize: 0,
    });
  });

  it.each([
    ['comments', (text: string) => `: ping\n\n${text}: bye\n\n`],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['no blank line at the end', (text: string) => text.trimEnd()],
    ['several data lines', (text: string) => text.replace(',', ',\ndata: ')],
    ['other event types', (text: string) => `event: task\n${text}`],
  ])('streams with %s', async (_, write) => {
    const script: Script = (request, response) => {
      beginStream(response).end(write(frame(binding, request, DONE)));
    };
    expect(await statesOf(script)).toEqual(['completed']);
  });

  it('streams with a charset in the content type', async () => {
    const script: Script = (request, response) => {
      response.writeHead(200, {
        'Content-Type': 'Text/Event-Stream; charset=utf-8',
      });
      response.end(frame(binding, request, DONE));
    };
    expect(await statesOf(script)).toEqual(['completed']);
  });

  it('answers a stream request with a single answer', async () => {
    expect(await statesOf(answering(binding, DONE))).toEqual(['completed']);
  });

  it('has an interface with a trailing slash and another spelling', async () => {
    agent.card.supportedInterfaces = [
      interfaceOf(`${agent.url}/x/`, binding.toLowerCase()),
    ];
    await withClient(answering(binding, taskIn('WORKING')), (client) =>
      client.getTask('t1'),
    );
    expect(agent.calls[0]?.path).toBe(
      binding === 'JSONRPC' ? '/x/' : '/x/tasks/t1',
    );
  });
});

describe('subscribing over HTTP+JSON', () => {
  let agent: ScriptedAgent;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
  });

  afterEach(() => agent.close());

  async function subscribe(answerPost: Script): Promise<unknown> {
    agent.script = (request, response) =>
      request.method === 'GET'
        ? beginStream(response).end(frame('HTTP+JSON', request, DONE))
        : answerPost(request, response);
    const client = await agent.connect('HTTP+JSON');
    try {
      return (await collect(client.subscribe('t1')))[0]?.state;
    } finally {
      await client.close();
    }
  }

  it.each([
    ['405', 405],
    ['404 without an error of A2A', 404],
  ])('goes over to GET after %s (A2A §11.3)', async (_, status) => {
    const script: Script = (__, response) => response.writeHead(status).end();
    expect(await subscribe(script)).toBe('completed');
    expect(agent.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /rest/tasks/t1:subscribe',
      'GET /rest/tasks/t1:subscribe',
    ]);
  });

  it('stays with POST when the task is not found', async () => {
    const error = { code: 404, status: 'NOT_FOUND', message: 'x' };
    const script: Script = (_, response) => json(response, { error }, 404);
    await expect(subscribe(script)).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
    });
    expect(agent.calls).toHaveLength(1);
  });

  it('gives up when GET is not there either', async () => {
    agent.script = (_, response) => response.writeHead(405).end();
    const client = await agent.connect('HTTP+JSON');
    await expect(collect(client.subscribe('t1'))).rejects.toMatchObject({
      code: 'METHOD_NOT_FOUND',
    });
    await client.close();
    expect(agent.calls).toHaveLength(2);
  });
});
