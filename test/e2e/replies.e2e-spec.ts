import { TaskService, TurnError } from '@nest-a2a/server';
import { BINDINGS, brief, httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held, internal } from '../support/internals.js';
import { LogCollector } from '../support/log-collector.js';
import { RawStream } from '../support/raw-stream.js';
import { StoreClock } from '../support/store-clock.js';
import { StreamReader } from '../support/stream-reader.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { until } from '../support/until.js';

const SEND = 'SendMessage';

/** What a call of a worker throws. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof TurnError ? error.code : String(error);
}

describe.each(PLATFORMS)('direct replies on %s', (platform) => {
  let agent: TestAgent;
  let taskId: string | undefined;

  beforeAll(async () => {
    agent = await startAgent({ platform, options: { directReplies: true } });
  });

  beforeEach(() => {
    taskId = undefined;
  });

  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    const stream = (params: any) =>
      StreamReader.open(binding, agent.url, {
        operation: 'SendStreamingMessage',
        params,
      });
    const ids = async () => {
      const listed = await binding.call(agent.url, 'ListTasks', {});
      return binding.result(listed).tasks.map(({ id }: any) => id as string);
    };

    beforeAll(() => {
      agent.worker.on('hello', async (context) => {
        taskId = context.taskId;
        await context.reply(`hello ${context.history.length}`);
      });
      agent.worker.on('work', async (context) => {
        taskId = context.taskId;
        await context.sendStatus('at work');
        await context.complete('done');
      });
    });

    it('answers a send with a Message, and there never was a task (A2A §3.1.1)', async () => {
      const params = sendParams('hello');
      const before = await ids();
      const answer = await binding.call(agent.url, SEND, params);
      const { message, task } = binding.result(answer);
      expect(task).toBeUndefined();
      expect(message).toMatchObject({
        role: 'ROLE_AGENT',
        parts: [{ text: 'hello 0' }],
      });
      expect(message.taskId).toBeUndefined();
      expect(message.contextId).toEqual(expect.any(String));
      expect(message.messageId).toEqual(expect.any(String));

      expect(await ids()).toEqual(before);
      const id = taskId;
      for (const operation of ['GetTask', 'CancelTask', 'SubscribeToTask']) {
        const refused = await binding.call(agent.url, operation, { id });
        expect(binding.reason(refused)).toBe('TASK_NOT_FOUND');
      }
      const follow = sendParams('hi', { message: { taskId: id } });
      const refused = await binding.call(agent.url, SEND, follow);
      expect(binding.reason(refused)).toBe('TASK_NOT_FOUND');
    });

    it('gives the same Message to an idempotent repeat', async () => {
      const params = sendParams('hello');
      const first = await binding.call(agent.url, SEND, params);
      const historyLength = { configuration: { historyLength: 0 } };
      const again = await binding.call(agent.url, SEND, {
        ...params,
        ...historyLength,
      });
      expect(again.body).toEqual(first.body);
      const events = await (await stream(params)).rest();
      expect(events.map((event) => binding.response(event))).toEqual([
        binding.result(first),
      ]);
    });

    it('streams a Message and nothing else (A2A §3.1.2)', async () => {
      const events = await (await stream(sendParams('hello'))).rest();
      expect(events).toHaveLength(1);
      expect(events[0]?.id).toBeUndefined();
      expect(binding.response(events[0]!).message.parts).toEqual([
        { text: 'hello 0' },
      ]);
    });

    it('announces the task with the first other call', async () => {
      const answer = await binding.call(agent.url, SEND, sendParams('work'));
      const { task } = binding.result(answer);
      expect(task.id).toBe(taskId);
      expect(task.status.state).toBe('TASK_STATE_COMPLETED');
      expect(await ids()).toContain(taskId);
    });

    it('resumes after an event from before the task was known as after one that is not there', async () => {
      const { task } = binding.result(
        await binding.call(agent.url, SEND, sendParams('work')),
      );
      const resumed = await StreamReader.open(binding, agent.url, {
        operation: 'SubscribeToTask',
        params: { id: task.id },
        headers: { 'Last-Event-ID': '1' },
      });
      const [first, ...rest] = await resumed.rest();
      expect(rest).toEqual([]);
      const metadata = { 'nest-a2a/resync': true };
      expect(binding.response(first!).task).toEqual({ ...task, metadata });
    });

    it('streams an announced task from its first event on', async () => {
      const events = await stream(sendParams('work'));
      expect(await events.restInBrief()).toEqual([
        'task:SUBMITTED',
        'WORKING',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
    });

    it('hides the task until then', async () => {
      const gate = new Gate();
      agent.worker.on('think', async (context) => {
        taskId = context.taskId;
        await gate.pass();
        await context.complete();
      });
      const sent = binding.call(agent.url, SEND, sendParams('think'));
      await gate.reached;
      const hidden = await binding.call(agent.url, 'GetTask', { id: taskId });
      expect(binding.reason(hidden)).toBe('TASK_NOT_FOUND');
      expect(await ids()).not.toContain(taskId);
      gate.open();
      const { task } = binding.result(await sent);
      expect(task.id).toBe(taskId);
    });

    it('announces at once for a caller who does not wait, and then a reply is refused', async () => {
      const gate = new Gate();
      let refused: string | undefined;
      agent.worker.on('late reply', async (context) => {
        await gate.pass();
        refused = await refusal(context.reply('too late'));
        await context.complete('as a task');
      });
      const configuration = { returnImmediately: true };
      const params = sendParams('late reply', { configuration });
      const { task } = binding.result(
        await binding.call(agent.url, SEND, params),
      );
      const got = await binding.call(agent.url, 'GetTask', { id: task.id });
      expect(binding.result(got).id).toBe(task.id);
      gate.open();
      const end = await binding.call(agent.url, SEND, {
        message: params.message,
      });
      expect(binding.result(end).task.status.state).toBe(
        'TASK_STATE_COMPLETED',
      );
      expect(refused).toBe('REPLY_NOT_ALLOWED');
    });

    it('refuses a reply after another call, in a later turn, and a second one', async () => {
      const refused: string[] = [];
      agent.worker.on('spoken', async (context) => {
        await context.sendStatus('hm');
        refused.push(await refusal(context.reply('no')));
        await context.requestInput('?');
      });
      agent.worker.on('second turn', async (context) => {
        refused.push(await refusal(context.reply('no')));
        await context.complete();
      });
      agent.worker.on('twice', async (context) => {
        await context.reply('once');
        refused.push(await refusal(context.reply('twice')));
        refused.push(await refusal(context.complete()));
      });
      const spoken = await binding.call(agent.url, SEND, sendParams('spoken'));
      const { id } = binding.result(spoken).task;
      const next = sendParams('second turn', { message: { taskId: id } });
      await binding.call(agent.url, SEND, next);
      const twice = await binding.call(agent.url, SEND, sendParams('twice'));
      expect(binding.result(twice).message.parts).toEqual([{ text: 'once' }]);
      await until(() => refused.length === 4, 'the worker to go on');
      expect(refused).toEqual([
        'REPLY_NOT_ALLOWED',
        'REPLY_NOT_ALLOWED',
        'TURN_ENDED',
        'TURN_ENDED',
      ]);
    });

    it('announces the task of a worker that fails, so that the caller learns of it', async () => {
      const logs = new LogCollector();
      agent.app.useLogger(logs);
      agent.worker.on('break', () => Promise.reject(new Error('inside')));
      const answer = await binding.call(agent.url, SEND, sendParams('break'));
      const { task } = binding.result(answer);
      expect(task.status.state).toBe('TASK_STATE_FAILED');
      expect(await ids()).toContain(task.id);
      expect(JSON.stringify(answer.body)).not.toContain('inside');
      expect(logs.lines.join()).toContain('inside');
    });
  });

  it('tells the host of a task from its first event on, and nothing of a task that there never was', async () => {
    agent.worker.on('say hello', (context) => context.reply('hello'));
    agent.worker.on('do it', (context) => context.complete('done'));
    const seen: string[] = [];
    const { events$ } = agent.app.get(TaskService);
    const subscription = events$.subscribe(({ response }) => {
      seen.push(brief(response));
    });
    await httpJson.call(agent.url, SEND, sendParams('say hello'));
    await httpJson.call(agent.url, SEND, sendParams('do it'));
    await until(() => seen.includes('COMPLETED'), 'the last event');
    expect(seen).toEqual([
      'task:SUBMITTED',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
    subscription.unsubscribe();
  });

  it('keeps finished steps to itself: a step is no word to the caller', async () => {
    agent.worker.on('step', async (context) => {
      const value = await context.once('sum', () => 42);
      await context.reply(String(value));
    });
    const { body } = await httpJson.call(agent.url, SEND, sendParams('step'));
    expect(body.message.parts).toEqual([{ text: '42' }]);
  });
});

it('lets go of a caller who goes away before there is anything to read, and keeps one waiting who stays', async () => {
  const clock = new StoreClock();
  const agent = await startAgent({ clock, options: { directReplies: true } });
  const gate = new Gate();
  agent.worker.on('think', async (context) => {
    await gate.pass();
    await context.reply('at last');
  });
  const open = () =>
    RawStream.open(agent.url, '/message:stream', { body: sendParams('think') });
  const [leaves, stays] = await Promise.all([open(), open()]);
  await until(() => held(agent.app).watchedTasks === 2);
  leaves.socket.destroy();
  await until(() => held(agent.app).exchanges === 1);
  await until(() => held(agent.app).watchedTasks === 1);
  expect(stays.text).toBe('');
  await clock.advance(15_000);
  await stays.holds('\r\n\r\n8\r\n: ping\n\n');
  expect(stays.text).toContain('text/event-stream');
  gate.open();
  await stays.holds('at last');
  expect(stays.text).toMatch(/: ping\n\n[^]*\ndata: {"message":/);
  stays.socket.destroy();
  await until(() => held(agent.app).turns === 0);
  await agent.close();
});

describe('a blocking caller of a worker that may reply', () => {
  let agent: TestAgent;
  let gate: Gate;

  beforeEach(async () => {
    const options = { directReplies: true, drainMs: 100 };
    agent = await startAgent({ options });
    gate = new Gate();
    agent.worker.on('think', async (context) => {
      await gate.pass();
      await context.reply('at last');
    });
  });

  afterEach(() => agent.close());

  it('may go away and ask again: the answer is a Message all the same', async () => {
    const body = sendParams('think');
    const gone = await RawStream.open(agent.url, '/message:send', { body });
    await gate.reached;
    gone.socket.destroy();
    await until(() => held(agent.app).exchanges === 0);
    gate.open();
    const again = await httpJson.call(agent.url, SEND, body);
    expect(again.body.message.parts).toEqual([{ text: 'at last' }]);
  });

  it('is told of the task where the same message is sent again without waiting', async () => {
    agent.worker.on('think', async (context) => {
      await gate.pass();
      await context.complete('as a task');
    });
    const params = sendParams('think');
    const first = httpJson.call(agent.url, SEND, params);
    await gate.reached;
    const configuration = { returnImmediately: true };
    const second = { ...params, configuration };
    const { id } = (await httpJson.call(agent.url, SEND, second)).body.task;
    const got = await httpJson.call(agent.url, 'GetTask', { id });
    expect(got.body.id).toBe(id);
    gate.open();
    expect((await first).body.task.id).toBe(id);
  });

  it('is asked to come back when the process ends, and not given a task that nobody knows', async () => {
    agent.worker.on('think', async () => {
      await gate.pass();
    });
    const sent = httpJson.call(agent.url, SEND, sendParams('think'));
    await gate.reached;
    await agent.close();
    const { status, headers, body } = await sent;
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(body.task).toBeUndefined();
  });
});

it('refuses a reply of a worker that did not say that it replies', async () => {
  const agent = await startAgent();
  let refused: string | undefined;
  agent.worker.on('reply', async (context) => {
    refused = await refusal(context.reply('no'));
    await context.complete();
  });
  await httpJson.call(agent.url, SEND, sendParams('reply'));
  expect(refused).toBe('REPLY_NOT_ALLOWED');
  await agent.close();
});

describe('a caller whose patience is limited by the host', () => {
  const clock = new StoreClock();
  let agent: TestAgent;
  let gate: Gate;

  beforeEach(async () => {
    agent = await startAgent({ clock, options: { blockingTimeoutMs: 5_000 } });
    gate = new Gate();
    agent.worker.on('slow', async (context) => {
      await gate.pass();
      await context.complete('at last');
    });
  });

  afterEach(async () => {
    gate.open();
    await agent.close();
  });

  it('gets the task as it is after that time, and the task goes on', async () => {
    const params = sendParams('slow');
    const sent = httpJson.call(agent.url, SEND, params);
    await gate.reached;
    await clock.advance(4_999);
    expect(internal(agent.app, 'LogWatcher').size).toBe(1);
    await clock.advance(1);
    const { body } = await sent;
    expect(body.task.status.state).toBe('TASK_STATE_WORKING');
    expect(internal(agent.app, 'LogWatcher').size).toBe(0);
    gate.open();
    const again = await httpJson.call(agent.url, SEND, params);
    expect(again.body.task.status.state).toBe('TASK_STATE_COMPLETED');
  });

  it('does not cut streams', async () => {
    const stream = await StreamReader.open(httpJson, agent.url, {
      operation: 'SendStreamingMessage',
      params: sendParams('slow'),
    });
    await stream.until('WORKING');
    await clock.advance(6_000);
    gate.open();
    expect(await stream.restInBrief()).toEqual(['artifact', 'COMPLETED']);
  });

  it('leaves no timer behind', async () => {
    const before = await clock.restingTimers();
    await httpJson.call(agent.url, SEND, sendParams('quick'));
    expect(await clock.restingTimers()).toBe(before);
    expect(agent.app.get(TaskService)).toBeDefined();
  });
});

it('gives no task to a caller with limited patience that the caller cannot ask for', async () => {
  const clock = new StoreClock();
  const options = { blockingTimeoutMs: 5_000, directReplies: true };
  const agent = await startAgent({ clock, options });
  const gate = new Gate();
  let refused: string | undefined;
  agent.worker.on('slow', async (context) => {
    await gate.pass();
    refused = await refusal(context.reply('late'));
    await context.complete('as a task');
  });
  const params = sendParams('slow');
  const sent = httpJson.call(agent.url, SEND, params);
  await gate.reached;
  await clock.advance(5_000);
  const { id } = (await sent).body.task;
  const got = await httpJson.call(agent.url, 'GetTask', { id });
  expect(got.body.id).toBe(id);
  gate.open();
  const end = await httpJson.call(agent.url, SEND, params);
  expect(end.body.task.status.state).toBe('TASK_STATE_COMPLETED');
  expect(refused).toBe('REPLY_NOT_ALLOWED');
  await agent.close();
});
