import { allEvents, httpJson, sendParams } from '../support/a2a-http.js';
import {
  callOldRest,
  oldProtoMessage,
  openOldRest,
} from '../support/a2a-0-3.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

describe.each(PLATFORMS)('A2A 0.3 over HTTP+JSON on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ platform });
    agent.worker.on('ask', (context) => context.requestInput('Which one?'));
  });

  afterAll(() => agent.close());

  const call = (path: string, body?: unknown, init?: object) =>
    callOldRest(agent.url, path, body, init);
  const result = async (path: string, body?: unknown, init?: object) => {
    const answer = await call(path, body, init);
    expect([answer.status, answer.body?.error]).toEqual([200, undefined]);
    return answer.body;
  };
  const send = async (text: string, rest: object = {}) => {
    const message = oldProtoMessage(text);
    const { task } = await result('/message:send', { message, ...rest });
    return task;
  };

  it('answers a send with the finished task as its protocol buffers say it', async () => {
    const { status, headers, body } = await call('/message:send', {
      message: oldProtoMessage('hi'),
    });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({
      task: {
        id: expect.any(String),
        contextId: expect.any(String),
        status: {
          state: 'TASK_STATE_COMPLETED',
          timestamp: expect.any(String),
        },
        history: [
          expect.objectContaining({
            role: 'ROLE_USER',
            content: [{ text: 'hi' }],
          }),
        ],
        artifacts: [
          { artifactId: expect.any(String), parts: [{ text: 'echo: hi' }] },
        ],
      },
    });
  });

  it('takes what the clients of the time send: `request`, snake_case, `parts` with kinds', async () => {
    const python = await result('/message:send', {
      request: {
        message_id: 'python-1',
        role: 'ROLE_USER',
        content: [{ text: 'hi' }],
      },
      configuration: { blocking: true },
    });
    expect(python.task.status.state).toBe('TASK_STATE_COMPLETED');
  });

  it('streams, the last event final', async () => {
    const response = await openOldRest(agent.url, '/message:stream', {
      message: oldProtoMessage('hi'),
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = (await allEvents(response)).map(({ data }) => data);
    expect(events[0]).toMatchObject({
      task: { status: { state: 'TASK_STATE_SUBMITTED' } },
    });
    expect(events.at(-1)).toMatchObject({
      statusUpdate: { status: { state: 'TASK_STATE_COMPLETED' }, final: true },
    });
  });

  it.each(['GET', 'POST'])('subscribes with %s', async (method) => {
    const { id } = await send('ask');
    const open = await openOldRest(
      agent.url,
      `/tasks/${id}:subscribe`,
      undefined,
      { method },
    );
    expect(open.status).toBe(200);
    const events = allEvents(open);
    await result(`/tasks/${id}:cancel`, null);
    expect((await events).at(-1)?.data.statusUpdate).toMatchObject({
      status: { state: 'TASK_STATE_CANCELLED' },
      final: true,
    });
  });

  it.each([null, {}, undefined])('cancels with the body %j', async (body) => {
    const { id } = await send('ask');
    const task = await result(`/tasks/${id}:cancel`, body, {
      method: 'POST',
    });
    expect(task.status.state).toBe('TASK_STATE_CANCELLED');
  });

  it.each(['historyLength', 'history_length'])(
    'gets a task with %s',
    async (name) => {
      const { id, contextId } = await send('ask');
      await send('more', {
        message: oldProtoMessage('more', { taskId: id, contextId }),
      });
      const whole = await result(`/tasks/${id}`);
      expect(whole.history.length).toBeGreaterThan(1);
      const short = await result(`/tasks/${id}?${name}=1`);
      expect(short.history).toHaveLength(1);
    },
  );

  it.each([
    [
      'Python and Java',
      {
        parent: 'tasks/x',
        config_id: 'c1',
        config: { push_notification_config: { url: 'http://localhost:9/' } },
      },
    ],
    [
      'JavaScript',
      { pushNotificationConfig: { id: 'c1', url: 'http://localhost:9/' } },
    ],
  ])('manages webhooks with the body of %s', async (_title, body) => {
    const { id } = await send('ask');
    const path = `/tasks/${id}/pushNotificationConfigs`;
    const config = {
      name: `tasks/${id}/pushNotificationConfigs/c1`,
      pushNotificationConfig: { id: 'c1', url: 'http://localhost:9/' },
    };
    expect(await result(path, body)).toEqual(config);
    expect(await result(`${path}/c1`)).toEqual(config);
    expect((await result(path)).configs).toEqual([config]);
    const gone = await result(`${path}/c1`, undefined, { method: 'DELETE' });
    expect(gone).toEqual({});
    expect((await result(path)).configs ?? []).toEqual([]);
  });

  it('answers an error in every form that a client of the time reads', async () => {
    const { status, headers, body } = await call('/tasks/nobody');
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toMatchObject({
      code: -32001,
      type: 'TaskNotFoundError',
      message: expect.any(String),
      error: { code: 404, status: 'NOT_FOUND', message: expect.any(String) },
    });
  });

  it('names the field of a bad message as 0.3 does', async () => {
    const { status, body } = await call('/message:send', {
      message: oldProtoMessage('hi', { content: [{ text: 7 }] }),
    });
    expect(status).toBe(400);
    expect(body.error.details[0].fieldViolations).toEqual([
      { field: 'message.content[0].text', description: expect.any(String) },
    ]);
  });

  it('answers what the platform refuses in its own form', async () => {
    const { status, body } = await call('/message:send', {
      message: oldProtoMessage('x'.repeat(11 * 1_048_576)),
    });
    expect(status).toBe(413);
    expect(body).toMatchObject({ code: -32600, error: { code: 413 } });
  });

  it('is told apart from 1.0 by path and version together', async () => {
    const reasonOf = async (response: Promise<Response>) =>
      ((await (await response).json()) as any).error?.details?.[0]?.reason;
    const notFound = 'TASK_NOT_FOUND';
    const notSupported = 'VERSION_NOT_SUPPORTED';
    const version = (value: string) => ({
      headers: { 'A2A-Version': value },
    });
    const at = (path: string, init = {}) => fetch(agent.url + path, init);
    expect(await reasonOf(at('/v1/tasks/x'))).toBe(notFound);
    expect(await reasonOf(at('/v1/tasks/x', version('0.3')))).toBe(notFound);
    expect(await reasonOf(at('/v1/tasks/x', version('1.0')))).toBe(
      notSupported,
    );
    expect(await reasonOf(at('/tasks/x', version('1.0')))).toBe(notFound);
    expect(await reasonOf(at('/tasks/x?A2A-Version=1.0'))).toBe(notFound);
    expect(await reasonOf(at('/tasks/x'))).toBe(notSupported);
    expect(await reasonOf(at('/tasks/x', version('0.3')))).toBe(notSupported);
  });

  it('shares its tasks with 1.0', async () => {
    const { id } = await send('ask');
    const seen = await httpJson.call(agent.url, 'CancelTask', { id });
    expect(seen.body.status.state).toBe('TASK_STATE_CANCELED');
    const current = await httpJson.call(
      agent.url,
      'SendMessage',
      sendParams('hi'),
    );
    const task = await result(`/tasks/${current.body.task.id}`);
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
  });

  it('has no list of tasks', async () => {
    expect((await call('/tasks')).status).toBe(404);
  });
});
