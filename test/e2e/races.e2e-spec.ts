import { setImmediate } from 'node:timers/promises';
import { TaskService } from '@nest-a2a/server';
import { SYSTEM_CONTEXT, type TaskLog, type TaskStore } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import { SeededRandom } from '../support/seeded-random.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { StreamReader } from '../support/stream-reader.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const CANCELED = {
  state: 'TASK_STATE_CANCELED' as const,
  timestamp: '2026-01-01T00:00:00.000Z',
};

describe('somebody who is a moment faster', () => {
  const runtime = new SharedRuntime();
  let agent: TestAgent;
  /** What happens right before the next message is written. */
  let before: ((taskId: string) => Promise<unknown>) | undefined;

  const append: TaskLog['append'] = async (command, context) => {
    const { log } = runtime.store;
    const isWaited = command.events.some(({ body }) =>
      /message|resume/.test(body.kind),
    );
    if (isWaited) await before?.(command.taskId);
    return log.append(command, context);
  };

  const cancel = (taskId: string) => {
    const ids = { taskId, contextId: 'c' };
    const body = {
      kind: 'statusUpdate' as const,
      statusUpdate: { ...ids, status: CANCELED },
    };
    return runtime.store.work.fenceOut({
      taskId,
      events: [{ id: `end of ${taskId}`, body }],
    });
  };

  const remove = (taskId: string) =>
    runtime.store.log.delete(taskId, SYSTEM_CONTEXT);

  beforeAll(async () => {
    const store = (real: TaskStore) =>
      withMethods(real, { log: withMethods(real.log, { append }) });
    agent = await startAgent({
      options: { runtime: runtime.instance({ store }), push: DURABLE_PUSH },
    });
    agent.worker.on('ask', (context) => context.requestInput('?'));
  });

  beforeEach(() => {
    before = undefined;
  });

  afterAll(() => agent.close());

  async function ask(): Promise<string> {
    const { body } = await httpJson.call(
      agent.url,
      'SendMessage',
      sendParams('ask'),
    );
    return body.task.id as string;
  }

  it.each([
    ['cancels', cancel, 'UNSUPPORTED_OPERATION'],
    ['deletes', remove, 'TASK_NOT_FOUND'],
  ])(
    '%s the task of a message: the sender is told so',
    async (_what, happens, reason) => {
      const taskId = await ask();
      before = happens;
      const params = sendParams('answer', { message: { taskId } });
      const answer = await httpJson.call(agent.url, 'SendMessage', params);
      expect(httpJson.reason(answer)).toBe(reason);
    },
  );

  it.each([
    ['cancels', cancel, 'UNSUPPORTED_OPERATION'],
    ['deletes', remove, 'TASK_NOT_FOUND'],
  ])(
    '%s the task that the host resumes: the host is told so',
    async (_what, happens, code) => {
      const service = agent.app.get(TaskService);
      for (const message of [undefined, 'go on']) {
        const taskId = await ask();
        before = happens;
        await expect(service.resume(taskId, message)).rejects.toMatchObject({
          code,
        });
        before = undefined;
      }
    },
  );

  it('writes a message first: the other one is queued behind it', async () => {
    const taskId = await ask();
    before = async () => {
      before = undefined;
      const params = sendParams('ask', { message: { taskId } });
      await httpJson.call(agent.url, 'SendMessage', params);
    };
    const params = sendParams('done', { message: { taskId } });
    const { body } = await httpJson.call(agent.url, 'SendMessage', params);
    expect(body.task.status.state).toBe('TASK_STATE_COMPLETED');
    const users = body.task.history.filter(
      ({ role }: any) => role === 'ROLE_USER',
    );
    expect(users.map(({ parts }: any) => parts[0].text)).toEqual([
      'ask',
      'ask',
      'done',
    ]);
  });
});

it('replies before the patience of the host is over: the caller gets the reply', async () => {
  const runtime = new SharedRuntime();
  const gate = new Gate();
  const append: TaskLog['append'] = async (command, context) => {
    if (command.events.some(({ body }) => body.kind === 'announce')) {
      gate.open();
      await until(() => held(agent.app).turns === 0);
    }
    return runtime.store.log.append(command, context);
  };
  const store = (real: TaskStore) =>
    withMethods(real, { log: withMethods(real.log, { append }) });
  const agent: TestAgent = await startAgent({
    options: {
      runtime: runtime.instance({ store }),
      push: DURABLE_PUSH,
      directReplies: true,
    },
  });
  agent.worker.on('think', async (context) => {
    await gate.pass();
    await context.reply('in time');
  });
  const params = sendParams('think');
  const first = httpJson.call(agent.url, 'SendMessage', params);
  await gate.reached;
  const configuration = { returnImmediately: true };
  const second = await httpJson.call(agent.url, 'SendMessage', {
    ...params,
    configuration,
  });
  expect(second.body.message.parts).toEqual([{ text: 'in time' }]);
  expect((await first).body).toEqual(second.body);
  await agent.close();
});

describe('subscribers who join at any moment', () => {
  const random = new SeededRandom(7);
  const CHUNKS = 150;
  const READERS = 25;
  let agent: TestAgent;

  const ticks = async (most: number) => {
    for (let left = random.below(most); left > 0; left--) await setImmediate();
  };

  beforeAll(async () => {
    const slow = (real: TaskStore): TaskStore => {
      const read: TaskLog['read'] = async (...args) => {
        await ticks(4);
        const events = await real.log.read(...args);
        await ticks(4);
        return events;
      };
      const load: TaskLog['load'] = async (...args) => {
        const record = await real.log.load(...args);
        await ticks(6);
        return record;
      };
      return withMethods(real, { log: withMethods(real.log, { read, load }) });
    };
    const runtime = new SharedRuntime().instance({ store: slow });
    agent = await startAgent({ options: { runtime, push: DURABLE_PUSH } });
  });

  afterAll(() => agent.close());

  it('see every event after their snapshot once, and end with the same task', async () => {
    const whole = Array.from(
      { length: CHUNKS },
      (_, index) => `${index} `,
    ).join('');
    const [start, everybody] = [new Gate(), new Gate()];
    let missing = READERS;
    agent.worker.on('count', async (context) => {
      await start.pass();
      for (let chunk = 0; chunk < CHUNKS; chunk++) {
        await context.emitText(`${chunk} `, { artifactId: 'a' });
        await ticks(3);
      }
      await everybody.pass();
      await context.complete();
    });
    const params = sendParams('count', {
      configuration: { returnImmediately: true },
    });
    const sent = await httpJson.call(agent.url, 'SendMessage', params);
    const { id } = sent.body.task;
    const join = async () => {
      await ticks(400);
      const reader = await StreamReader.open(httpJson, agent.url, {
        operation: 'SubscribeToTask',
        params: { id },
      });
      const first = await reader.next();
      missing -= 1;
      if (missing === 0) everybody.open();
      const rest = await reader.rest();
      const parts = [...(first.data.task.artifacts?.[0].parts ?? [])];
      let next = Number(first.id) + 1;
      for (const { id: seq, data } of rest) {
        parts.push(...(data.artifactUpdate?.artifact.parts ?? []));
        // Only the one event of the runtime itself, before the last, has no frame.
        if (data.statusUpdate?.status.state === 'TASK_STATE_COMPLETED')
          next += 1;
        expect(Number(seq)).toBe(next);
        next += 1;
      }
      expect(rest.at(-1)?.data.statusUpdate.status.state).toBe(
        'TASK_STATE_COMPLETED',
      );
      expect(parts.map(({ text }: any) => text).join('')).toBe(whole);
      return rest.length;
    };
    const joined = Array.from({ length: READERS }, join);
    start.open();
    const lengths = new Set(await Promise.all(joined));
    // They really joined at different moments.
    expect(lengths.size).toBeGreaterThan(5);
    await until(() => held(agent.app).watchedTasks === 0);
  });
});
