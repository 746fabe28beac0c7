import { allEvents, jsonRpc, sendParams } from '../support/a2a-http.js';
import { callOldRpc, oldMessage, openOldRpc } from '../support/a2a-0-3.js';
import { Gate } from '../support/gate.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

const EXTENSION = 'https://example.com/ext/v1';
const STAMP = expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/);

describe.each(PLATFORMS)('A2A 0.3 over JSON-RPC on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({
      platform,
      options: {
        agentCard: {
          name: 'Test Agent',
          description: 'Does what tests say.',
          version: '1.0.0',
          capabilities: {
            pushNotifications: true,
            extensions: [{ uri: EXTENSION }],
          },
          defaultInputModes: ['text/plain', 'application/json', 'image/png'],
        },
        directReplies: true,
      },
    });
    const { worker } = agent;
    worker.on('report', async (context) => {
      await context.sendStatus('Working on it');
      await context.emitArtifact({ parts: [{ data: [1, 2] }] });
      await context.complete('done');
    });
    worker.on('ask', (context) => context.requestInput('Which one?'));
    worker.on('login', (context) => context.requestAuth('Please log in'));
    worker.on('reply', (context) => context.reply('hello'));
    worker.on('mirror', (context) =>
      context.complete([...context.message.parts]),
    );
  });

  afterAll(() => agent.close());

  const call = (method: string, params?: unknown) =>
    callOldRpc(agent.url, method, params);
  const result = async (method: string, params?: unknown) => {
    const { body } = await call(method, params);
    expect(body.error).toBeUndefined();
    return body.result;
  };
  const send = (text: string, rest: object = {}) =>
    result('message/send', { message: oldMessage(text), ...rest });
  const stream = async (method: string, params: unknown) =>
    allEvents(await openOldRpc(agent.url, method, params));

  it('answers a send with the finished task in its own shapes, and says so in no header', async () => {
    const { status, headers, body } = await call('message/send', {
      message: oldMessage('hi'),
    });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({
      jsonrpc: '2.0',
      id: 'r1',
      result: {
        kind: 'task',
        id: expect.any(String),
        contextId: expect.any(String),
        status: { state: 'completed', timestamp: STAMP },
        history: [
          expect.objectContaining({
            kind: 'message',
            role: 'user',
            parts: [{ kind: 'text', text: 'hi' }],
          }),
        ],
        artifacts: [
          {
            artifactId: expect.any(String),
            parts: [{ kind: 'text', text: 'echo: hi' }],
          },
        ],
      },
    });
  });

  it('waits unless `blocking` is false', async () => {
    const gate = new Gate();
    agent.worker.on('held', async (context) => {
      await gate.pass();
      await context.complete();
    });
    const quick = await send('held', { configuration: { blocking: false } });
    expect(quick.status.state).toMatch(/^(submitted|working)$/);
    await gate.reached;
    gate.open();
    const slow = await send('hi', { configuration: {} });
    expect(slow.status.state).toBe('completed');
  });

  it('takes and gives files and data of every kind', async () => {
    const parts = [
      { kind: 'text', text: 'mirror' },
      {
        kind: 'file',
        file: { bytes: 'iVBORw0K', mimeType: 'image/png', name: 'x.png' },
      },
      { kind: 'file', file: { uri: 'https://example.com/x' } },
      { kind: 'data', data: { a: [1, null] }, metadata: { m: 1 } },
    ];
    const message = oldMessage('', { parts });
    const task = await result('message/send', { message });
    expect(task.artifacts[0].parts).toEqual(parts);
  });

  it('answers a direct message by its kind', async () => {
    const message = await send('reply');
    expect(message).toMatchObject({
      kind: 'message',
      role: 'agent',
      parts: [{ kind: 'text', text: 'hello' }],
    });
    const [only, ...rest] = await stream('message/stream', {
      message: oldMessage('reply'),
    });
    expect(rest).toEqual([]);
    expect(only?.data.result).toMatchObject({ kind: 'message' });
  });

  it('streams events by their kinds, the last one final', async () => {
    const events = await stream('message/stream', {
      message: oldMessage('report'),
    });
    const results = events.map(({ data }) => data.result);
    expect(events.every(({ data }) => data.id === 'r1')).toBe(true);
    expect(
      results.map(({ kind, status, final }) => [kind, status?.state, final]),
    ).toEqual([
      ['task', 'submitted', undefined],
      ['status-update', 'working', false],
      ['status-update', 'working', false],
      ['artifact-update', undefined, undefined],
      ['artifact-update', undefined, undefined],
      ['status-update', 'completed', true],
    ]);
    expect(results[3].artifact.parts).toEqual([
      {
        kind: 'data',
        data: { value: [1, 2] },
        metadata: { data_part_compat: true },
      },
    ]);
  });

  it('says `final` where the stream closes for a question, and not where it stays open', async () => {
    const asked = await stream('message/stream', {
      message: oldMessage('ask'),
    });
    expect(asked.at(-1)?.data.result).toMatchObject({
      status: { state: 'input-required' },
      final: true,
    });
    const task = await send('login');
    expect(task.status.state).toBe('auth-required');
    const open = await openOldRpc(agent.url, 'tasks/resubscribe', {
      id: task.id,
    });
    const rest = allEvents(open);
    await result('tasks/cancel', { id: task.id });
    expect((await rest).map(({ data }) => data.result.final)).toEqual([
      undefined,
      true,
    ]);
  });

  it('continues a task that asked', async () => {
    const { id, contextId } = await send('ask');
    const answered = await result('message/send', {
      message: oldMessage('mine', { taskId: id, contextId }),
    });
    expect(answered).toMatchObject({ id, status: { state: 'completed' } });
  });

  it('gets a task, with as much history as is wanted', async () => {
    const { id } = await send('hi');
    const whole = await result('tasks/get', { id });
    expect(whole).toMatchObject({ kind: 'task', id });
    expect(whole.history).toHaveLength(1);
    const none = await result('tasks/get', { id, historyLength: 0 });
    expect(none.history ?? []).toEqual([]);
  });

  it('manages the webhooks of a task', async () => {
    const { id: taskId } = await send('ask');
    const config = { id: 'c1', url: 'http://localhost:9/', token: 'secret' };
    const set = await result('tasks/pushNotificationConfig/set', {
      taskId,
      pushNotificationConfig: {
        ...config,
        authentication: { schemes: ['Bearer'], credentials: 'x' },
      },
    });
    expect(set).toEqual({
      taskId,
      pushNotificationConfig: {
        ...config,
        authentication: { schemes: ['Bearer'], credentials: 'x' },
      },
    });
    const named = { id: taskId, pushNotificationConfigId: 'c1' };
    expect(await result('tasks/pushNotificationConfig/get', named)).toEqual(
      set,
    );
    const first = { id: taskId };
    expect(await result('tasks/pushNotificationConfig/get', first)).toEqual(
      set,
    );
    expect(await result('tasks/pushNotificationConfig/list', first)).toEqual([
      set,
    ]);
    expect(await result('tasks/pushNotificationConfig/delete', named)).toBe(
      null,
    );
    expect(await result('tasks/pushNotificationConfig/list', first)).toEqual(
      [],
    );
    const { body } = await call('tasks/pushNotificationConfig/get', first);
    expect(body.error.code).toBe(-32001);
  });

  it.each([
    ['an unknown method', 'message/sing', {}, -32601],
    ['a task that is not there', 'tasks/get', { id: 'nobody' }, -32001],
    ['no params', 'tasks/get', undefined, -32602],
    ['listing, which 0.3 does not have', 'tasks/list', {}, -32601],
  ])('refuses %s', async (_title, method, params, code) => {
    const { status, body } = await call(method, params);
    expect(status).toBe(200);
    expect(body).toMatchObject({ jsonrpc: '2.0', id: 'r1', error: { code } });
  });

  it.each([
    [{ parts: [] }, 'message.parts'],
    [{ parts: [{ kind: 'text' }] }, 'message.parts[0]'],
    [
      { parts: [{ kind: 'file', file: { bytes: 7 } }] },
      'message.parts[0].file.bytes',
    ],
    [{ role: 'agent' }, 'message.role'],
    [{ role: 'king' }, 'message.role'],
    [{ messageId: '' }, 'message.messageId'],
  ])('names the field of a bad message as 0.3 does: %j', async (bad, field) => {
    const { body } = await call('message/send', {
      message: oldMessage('hi', bad),
    });
    expect(body.error.code).toBe(-32602);
    const fields = body.error.data[0].fieldViolations.map((v: any) => v.field);
    expect(fields).toEqual([
      expect.stringMatching(field.replace(/[[\]]/g, '.')),
    ]);
  });

  it('names the field of a bad webhook as 0.3 does', async () => {
    const { body } = await call('message/send', {
      message: oldMessage('hi'),
      configuration: { pushNotificationConfig: { url: 'ftp://x' } },
    });
    expect(body.error).toMatchObject({
      code: -32602,
      data: [
        {
          fieldViolations: [
            { field: 'configuration.pushNotificationConfig.url' },
          ],
        },
      ],
    });
  });

  it('answers a bad request before a stream opens', async () => {
    const response = await openOldRpc(agent.url, 'message/stream', {
      message: oldMessage('hi', { parts: [] }),
    });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({ error: { code: -32602 } });
  });

  it.each([
    ['X-A2A-Extensions', 'x-a2a-extensions', 'a2a-extensions'],
    ['A2A-Extensions', 'a2a-extensions', 'x-a2a-extensions'],
  ])(
    'echoes the extensions in the header that asked: %s',
    async (sent, echoed, other) => {
      const { headers } = await callOldRpc(
        agent.url,
        'message/send',
        { message: oldMessage('hi') },
        { headers: { [sent]: `${EXTENSION}, https://example.com/none` } },
      );
      expect(headers.get(echoed)).toBe(EXTENSION);
      expect(headers.get(other)).toBeNull();
    },
  );

  it.each(['0.3', '0.3.0', ' 0.3 ', ''])(
    'is what the version "%s" means',
    async (version) => {
      const { body } = await callOldRpc(
        agent.url,
        'message/send',
        { message: oldMessage('hi') },
        { headers: { 'A2A-Version': version } },
      );
      expect(body.result.kind).toBe('task');
    },
  );

  it('is told apart from 1.0 by version and method together (A2A §3.6.2)', async () => {
    const get = (method: string, version?: string) =>
      callOldRpc(
        agent.url,
        method,
        { id: 'nobody' },
        { headers: version === undefined ? {} : { 'A2A-Version': version } },
      );
    const codeOf = async (method: string, version?: string) =>
      (await get(method, version)).body.error.code;
    expect(await codeOf('GetTask', '1.0')).toBe(-32001);
    expect(await codeOf('tasks/get', '0.3')).toBe(-32001);
    expect(await codeOf('tasks/get')).toBe(-32001);
    expect(await codeOf('tasks/get', '1.0')).toBe(-32601);
    expect(await codeOf('GetTask')).toBe(-32009);
    expect(await codeOf('GetTask', '0.3')).toBe(-32009);
    expect(await codeOf('GetTask', '9.9')).toBe(-32009);
    expect(await codeOf('tasks/get', '9.9')).toBe(-32009);
    const { body } = await get('GetTask');
    expect(body.error.data[0].metadata).toMatchObject({
      requestedVersion: '0.3',
      supportedVersions: '1.0',
    });
  });

  it('shares its tasks with 1.0, in both directions', async () => {
    const old = await send('ask');
    const seen = await jsonRpc.call(agent.url, 'GetTask', { id: old.id });
    expect(seen.body.result.status.state).toBe('TASK_STATE_INPUT_REQUIRED');
    const open = await openOldRpc(agent.url, 'tasks/resubscribe', {
      id: old.id,
    });
    const events = allEvents(open);
    await jsonRpc.call(agent.url, 'CancelTask', { id: old.id });
    expect((await events).at(-1)?.data.result).toMatchObject({
      kind: 'status-update',
      status: { state: 'canceled' },
      final: true,
    });

    const current = await jsonRpc.call(
      agent.url,
      'SendMessage',
      sendParams('ask'),
    );
    const { id } = current.body.result.task;
    expect(await result('tasks/get', { id })).toMatchObject({
      status: { state: 'input-required' },
    });
    expect(await result('tasks/cancel', { id })).toMatchObject({
      status: { state: 'canceled' },
    });
  });
});

describe.each(PLATFORMS)('an agent of one version on %s', (platform) => {
  let agent: TestAgent;
  const start = async (version: '1.0' | '0.3') => {
    agent = await startAgent({ platform, options: { versions: [version] } });
  };
  afterEach(() => agent.close());

  it('1.0 refuses a request of 0.3, in the form of 0.3', async () => {
    await start('1.0');
    const params = { message: oldMessage('hi') };
    const { body } = await callOldRpc(agent.url, 'message/send', params);
    expect(body.error.code).toBe(-32004);
    const path = await fetch(`${agent.url}/v1/message:send`, {
      method: 'POST',
    });
    expect(path.status).toBe(404);
  });

  it('0.3 refuses a request of 1.0', async () => {
    await start('0.3');
    const answer = await jsonRpc.call(
      agent.url,
      'SendMessage',
      sendParams('hi'),
    );
    expect(jsonRpc.reason(answer)).toBe('VERSION_NOT_SUPPORTED');
    const without = await callOldRpc(agent.url, 'SendMessage', sendParams('x'));
    expect(without.body.error.code).toBe(-32601);
    const path = await fetch(`${agent.url}/message:send`, { method: 'POST' });
    expect(path.status).toBe(404);
    const params = { message: oldMessage('hi') };
    const { body } = await callOldRpc(agent.url, 'message/send', params);
    expect(body.result.status.state).toBe('completed');
  });
});
