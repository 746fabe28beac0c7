import { setImmediate } from 'node:timers/promises';
import { TaskService, type TurnError } from '@nest-a2a/server';
import { type TaskStore } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import { LogCollector } from '../support/log-collector.js';
import { aborted, begin, endings } from '../support/running-task.js';
import { SeededRandom } from '../support/seeded-random.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { StoreClock } from '../support/store-clock.js';
import { StreamReader } from '../support/stream-reader.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { until } from '../support/until.js';

const CANCELED = 'TASK_STATE_CANCELED';
const NOT_WAITING = { configuration: { returnImmediately: true } };

describe.each(PLATFORMS)('cancelling on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ platform });
  });

  afterEach(async () => {
    await until(() => held(agent.app).turns === 0, 'turns to end');
  });

  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    const cancel = (id: string) =>
      binding.call(agent.url, 'CancelTask', { id });

    it('stops the worker with a reason, and answers the canceled task (A2A §3.1.5)', async () => {
      const seen: unknown[] = [];
      const id = await begin(agent, async (context) => {
        seen.push(context.isCanceled);
        await aborted(context);
        seen.push(context.isCanceled, context.turnEnded, context.signal.reason);
        await context.emitText('cleaned up', { lastChunk: true });
      });
      const stream = await StreamReader.open(binding, agent.url, {
        operation: 'SubscribeToTask',
        params: { id },
      });
      await stream.next();
      const task = binding.result(await cancel(id));
      expect(task.status.state).toBe(CANCELED);
      expect(task.status.timestamp).toEqual(expect.any(String));
      expect(task.artifacts[0].parts).toEqual([{ text: 'cleaned up' }]);
      expect(seen).toEqual([
        false,
        true,
        false,
        expect.objectContaining({ code: 'TURN_CANCELED' }),
      ]);
      expect(await stream.restInBrief()).toEqual(['artifact', 'CANCELED']);
    });

    it('is not undone by a worker that completes all the same', async () => {
      let refusal: unknown;
      const id = await begin(agent, async (context) => {
        await aborted(context);
        refusal = await context.complete('too late').catch((e: unknown) => e);
        throw refusal;
      });
      const task = binding.result(await cancel(id));
      expect(task.status.state).toBe(CANCELED);
      expect(task.artifacts).toBeUndefined();
      expect(refusal).toMatchObject({ code: 'TURN_CANCELED' });
    });

    it('is silent for the operator where the worker passes the reason on', async () => {
      const logs = new LogCollector();
      agent.app.useLogger(logs);
      const id = await begin(agent, async (context) => {
        await aborted(context);
        throw context.signal.reason;
      });
      await cancel(id);
      await until(() => held(agent.app).turns === 0);
      expect(logs.lines).toEqual([]);
    });

    it('ends a blocking send of the task', async () => {
      const gate = new Gate();
      agent.worker.on('block', async (context) => {
        void gate.pass();
        await aborted(context);
      });
      const contextId = `cancel-${platform}-${binding.name}`;
      const params = sendParams('block', { message: { contextId } });
      const sent = binding.call(agent.url, 'SendMessage', params);
      await gate.reached;
      const listed = await binding.call(agent.url, 'ListTasks', { contextId });
      await cancel(binding.result(listed).tasks[0].id);
      expect(binding.result(await sent).task.status.state).toBe(CANCELED);
    });

    it('takes effect at once for a task that waits for its caller', async () => {
      agent.worker.on('ask', (context) => context.requestInput('?'));
      agent.worker.on('auth', (context) => context.requestAuth('?'));
      for (const text of ['ask', 'auth']) {
        const sent = await binding.call(
          agent.url,
          'SendMessage',
          sendParams(text),
        );
        const { id } = binding.result(sent).task;
        const task = binding.result(await cancel(id));
        expect(task.status.state).toBe(CANCELED);
        // The question is not lost: it is history now.
        expect(task.history.at(-1).parts).toEqual([{ text: '?' }]);
      }
    });

    it('can be asked for twice, at once or later', async () => {
      const id = await begin(agent, aborted);
      const answers = await Promise.all([cancel(id), cancel(id), cancel(id)]);
      answers.push(await cancel(id));
      const tasks = answers.map((answer) => binding.result(answer));
      expect(tasks.map(({ status }) => status.state)).toEqual(
        Array(4).fill(CANCELED),
      );
      expect(new Set(tasks.map(({ status }) => status.timestamp)).size).toBe(1);
    });

    it('is refused for a task that has ended otherwise (A2A §3.1.5)', async () => {
      const sent = await binding.call(
        agent.url,
        'SendMessage',
        sendParams('hi'),
      );
      const answer = await cancel(binding.result(sent).task.id);
      expect(binding.reason(answer)).toBe('TASK_NOT_CANCELABLE');
    });

    it('is refused for a task that is not there', async () => {
      expect(binding.reason(await cancel('none'))).toBe('TASK_NOT_FOUND');
    });
  });

  it('does not ask the worker about messages that were waiting', async () => {
    const asked: string[] = [];
    agent.worker.on('waits', (context) => {
      asked.push(context.userText);
    });
    const id = await begin(agent, aborted);
    const message = { message: { taskId: id }, ...NOT_WAITING };
    await httpJson.call(agent.url, 'SendMessage', sendParams('waits', message));
    const { body } = await httpJson.call(agent.url, 'CancelTask', { id });
    expect(body.status.state).toBe(CANCELED);
    expect(asked).toEqual([]);
  });
});

describe('a task that nobody has begun', () => {
  it('is canceled at once, and no worker is ever asked', async () => {
    const agent = await startAgent({ options: { turn: { concurrency: 1 } } });
    const gate = new Gate();
    await begin(agent, () => gate.pass());
    const asked: string[] = [];
    agent.worker.on('queued', (context) => {
      asked.push(context.taskId);
    });
    const sent = await httpJson.call(
      agent.url,
      'SendMessage',
      sendParams('queued', NOT_WAITING),
    );
    expect(sent.body.task.status.state).toBe('TASK_STATE_SUBMITTED');
    const { id } = sent.body.task;
    const { body } = await httpJson.call(agent.url, 'CancelTask', { id });
    expect(body.status.state).toBe(CANCELED);
    gate.open();
    await httpJson.call(agent.url, 'SendMessage', sendParams('hi'));
    expect(asked).toEqual([]);
    await agent.close();
  });
});

describe('a worker that ignores the cancellation', () => {
  const clock = new StoreClock();

  it('has the grace period, then the task is canceled without it and it can write nothing more', async () => {
    const agent = await startAgent({ clock });
    const gate = new Gate();
    const refusals: unknown[] = [];
    const id = await begin(agent, async (context) => {
      await gate.pass();
      for (const call of [
        context.emitText('late'),
        context.complete('late'),
        context.updateContext('late'),
      ]) {
        refusals.push(await call.catch((error: TurnError) => error.code));
      }
    });
    const canceled = httpJson.call(agent.url, 'CancelTask', { id });
    await until(() => held(agent.app).watchedTasks === 1);
    await clock.advance(9_999);
    const before = await httpJson.call(agent.url, 'GetTask', { id });
    expect(before.body.status.state).toBe('TASK_STATE_WORKING');
    await clock.advance(1);
    expect((await canceled).body.status.state).toBe(CANCELED);
    // Its place is free for another turn although it still hangs.
    await until(() => held(agent.app).turns === 0);
    gate.open();
    await until(() => refusals.length === 3);
    expect(refusals).toEqual(Array(3).fill('TURN_ENDED'));
    const after = await httpJson.call(agent.url, 'GetTask', { id });
    expect(after.body).toEqual((await canceled).body);
    await agent.close();
  });
});

it('tells whoever cancels a task that is deleted meanwhile that it is gone', async () => {
  const clock = new StoreClock();
  const agent = await startAgent({ clock });
  const id = await begin(agent, () => new Promise<void>(() => undefined));
  const canceled = httpJson.call(agent.url, 'CancelTask', { id });
  await until(() => held(agent.app).watchedTasks === 1);
  await agent.app.get(TaskService).delete(id);
  await clock.advance(1_000);
  expect(httpJson.reason(await canceled)).toBe('TASK_NOT_FOUND');
  // The worker has its grace period all the same.
  await clock.advance(10_000);
  await agent.close();
});

describe('a cancellation and an end at the same time', () => {
  const random = new SeededRandom(20_260_101);
  let agent: TestAgent;
  let store: TaskStore;

  const ticks = async (count: number) => {
    for (let left = count; left > 0; left--) await setImmediate();
  };

  const jitter = () => ticks(random.below(6));

  /** Every call of these parts takes some time before and after. */
  const slow = <T extends object>(part: T, methods: (keyof T & string)[]): T =>
    withMethods(
      part,
      Object.fromEntries(
        methods.map((name) => [
          name,
          async (...args: unknown[]) => {
            await jitter();
            const answer: unknown = await (part[name] as any)(...args);
            await jitter();
            return answer;
          },
        ]),
      ) as Partial<T>,
    );

  beforeAll(async () => {
    const runtime = new SharedRuntime();
    const jittery = (real: TaskStore) =>
      withMethods(real, {
        log: slow(real.log, ['append', 'load', 'read', 'create']),
        work: slow(real.work, ['claim', 'renew', 'requestCancel', 'release']),
      });
    agent = await startAgent({
      options: {
        runtime: runtime.instance({ store: jittery }),
        push: DURABLE_PUSH,
      },
    });
    store = runtime.store;
  });

  afterAll(() => agent.close());

  it.each(['complete', 'fail', 'requestInput'] as const)(
    'leave exactly one end in the log, and CancelTask says which: %s',
    async (end) => {
      const outcomes = new Map<string, number>();
      for (let round = 0; round < 120; round++) {
        agent.worker.on('race', async (context) => {
          await ticks(random.below(40));
          await context[end]('x').catch(() => undefined);
        });
        const service = agent.app.get(TaskService);
        const { taskId } = await service.submit({ message: 'race' });
        await ticks(random.below(20));
        const [answer] = await Promise.all([
          service.cancel(taskId).then(
            ({ status }) => status.state as string,
            ({ code }) => code as string,
          ),
          service.cancel(taskId).catch(() => undefined),
        ]);
        const ends = await endings(store, taskId);
        expect(ends).toHaveLength(1);
        const isCanceled = ends[0] === CANCELED;
        expect(answer).toBe(isCanceled ? CANCELED : 'TASK_NOT_CANCELABLE');
        outcomes.set(answer, (outcomes.get(answer) ?? 0) + 1);
      }
      // The race was a race, except that a task that asks is never at its end.
      expect(outcomes.size).toBe(end === 'requestInput' ? 1 : 2);
    },
    120_000,
  );
});
