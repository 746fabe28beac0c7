import assert from 'node:assert/strict';
import { type NewEvent } from '../../log/task-event.js';
import { type PushSelect } from '../../push/push-select.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import {
  chunkEvent,
  completed,
  event,
  messageEvent,
  momentOf,
  statusEvent,
  stepEvent,
  type TaskRef,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const RETRY_MS = 300;

/** Appends a status update. @returns its position */
async function work(world: World, task: TaskRef): Promise<number> {
  const status = statusEvent(task, 'TASK_STATE_WORKING');
  return (await world.append(task.taskId, [status])).version;
}

/** Which selections make a configuration due by an event. */
async function selectionsOf(
  world: World,
  make: (task: TaskRef) => NewEvent,
): Promise<string[]> {
  const task = await world.create();
  const all: PushSelect[] = ['updates', 'status', 'terminal', 'all'];
  for (const select of all) {
    await world.register(task.taskId, { id: select, select });
  }
  await world.append(task.taskId, [make(task)]);
  const due = await world.claimDue();
  const ids = due.map(({ config }) => config.id);
  return all.filter((select) => ids.includes(select));
}

/** A task with a configuration, and one status update to deliver. */
async function createDue(world: World) {
  const task = await world.create();
  const config = await world.register(task.taskId);
  const seq = await work(world, task);
  return { task, config, seq };
}

export const pushDeliveryTests: StoreTests = {
  'makes a configuration due by the events that it selects': async (world) => {
    const end = { kind: 'artifactEnd', artifactId: 'output' } as const;
    const seen = {
      status: await selectionsOf(world, (task) =>
        statusEvent(task, 'TASK_STATE_WORKING'),
      ),
      end: await selectionsOf(world, completed),
      chunk: await selectionsOf(world, (task) => chunkEvent(task, 'a')),
      lastChunk: await selectionsOf(world, (task) =>
        chunkEvent(task, 'a', { isLast: true }),
      ),
      artifactEnd: await selectionsOf(world, () => event(end)),
      message: await selectionsOf(world, () => messageEvent('m')),
      step: await selectionsOf(world, () => stepEvent('k', 1)),
    };
    assert.deepEqual(seen, {
      status: ['updates', 'status', 'all'],
      end: ['updates', 'status', 'terminal', 'all'],
      chunk: ['all'],
      lastChunk: ['updates', 'all'],
      artifactEnd: ['updates'],
      message: [],
      step: [],
    });
  },

  'gives out what is due once, the longest due first': async (world) => {
    const expected: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      expected.push((await createDue(world)).config.id);
      await world.advance(5);
    }
    const seen: string[] = [];
    for (const max of [1, 2, 9, 9]) {
      const due = await world.claimDue({ max });
      seen.push(...due.map(({ config }) => config.id));
    }
    assert.deepEqual(seen, expected);
  },

  'never gives one configuration to two that ask at the same time': async (
    world,
  ) => {
    for (let index = 0; index < 12; index += 1) {
      await createDue(world);
    }
    const rounds = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        world.claimDue({ owner: `owner-${index}`, max: 4 }),
      ),
    );
    const due = [...rounds.flat(), ...(await world.claimDue())];
    assert.equal(due.length, 12);
    assert.equal(new Set(due.map(({ config }) => config.id)).size, 12);
  },

  'moves the cursor by a success, and is idle when nothing follows': async (
    world,
  ) => {
    const { config, seq } = await createDue(world);
    const delivery = await world.claimOneDue();
    assert.deepEqual(delivery.config, await world.config(config));
    assert.equal(await world.succeed(delivery, seq), true);
    const { cursor, previous, failures } = await world.config(config);
    assert.deepEqual([cursor, previous, failures], [seq, seq, 0]);
    assert.deepEqual(await world.claimDue(), []);
    assert.equal(await world.store.push.nextDueAt(), undefined);
  },

  'is due again at once while selected events follow': async (world) => {
    const { task, seq } = await createDue(world);
    const first = await world.claimOneDue();
    // While the delivery is under way.
    await world.append(task.taskId, [chunkEvent(task, 'x')]);
    const next = await work(world, task);
    assert.deepEqual(await world.claimDue(), []);
    await world.succeed(first, seq);
    const second = await world.claimOneDue();
    assert.equal(second.config.cursor, seq);
    await world.succeed(second, next);
    assert.deepEqual(await world.claimDue(), []);
  },

  'moves the cursor without an attempt where nothing was selected': async (
    world,
  ) => {
    const { task, config } = await createDue(world);
    await world.append(task.taskId, [chunkEvent(task, 'x')]);
    const { fence } = await world.claimOneDue();
    assert.deepEqual(await world.store.push.succeed(fence, { upTo: 3 }), {});
    const { cursor, previous } = await world.config(config);
    assert.deepEqual([cursor, previous], [3, 0]);
    const query = { taskId: task.taskId, limit: 9 };
    const log = await world.store.push.attempts(query, SYSTEM_CONTEXT);
    assert.deepEqual(log, []);
  },

  'tries again when the failed attempt says so, not before': async (world) => {
    const { config, seq } = await createDue(world);
    const first = await world.claimOneDue();
    const nextAt = world.store.now() + RETRY_MS;
    const at = momentOf(1);
    assert.equal(await world.fail(first, { seq, nextAt, at }), true);
    const failed = await world.config(config);
    assert.equal(failed.failures, 1);
    assert.equal(failed.failingSince, at);
    assert.equal(failed.cursor, seq - 1);
    assert.deepEqual(await world.claimDue(), []);
    assert.equal(await world.store.push.nextDueAt(), nextAt);
    await world.advance(RETRY_MS + 50);
    const second = await world.claimOneDue();
    assert.equal(second.config.failures, 1);
  },

  'is not due earlier by new events while it waits to try again': async (
    world,
  ) => {
    const { task, seq } = await createDue(world);
    const nextAt = world.store.now() + 60_000;
    await world.fail(await world.claimOneDue(), { seq, nextAt });
    await work(world, task);
    assert.deepEqual(await world.claimDue(), []);
  },

  'counts failures until one succeeds': async (world) => {
    const { config, seq } = await createDue(world);
    for (const at of [momentOf(1), momentOf(2)]) {
      const nextAt = world.store.now();
      await world.fail(await world.claimOneDue(), { seq, at, nextAt });
    }
    const { failures, failingSince } = await world.config(config);
    assert.deepEqual([failures, failingSince], [2, momentOf(1)]);
    await world.succeed(await world.claimOneDue(), seq);
    const healthy = await world.config(config);
    assert.equal(healthy.failures, 0);
    assert.equal('failingSince' in healthy, false);
  },

  'passes over an event that went dead, and goes on': async (world) => {
    const { task, config, seq } = await createDue(world);
    const next = await work(world, task);
    const at = momentOf(1);
    await world.fail(await world.claimOneDue(), { seq, at, outcome: 'dead' });
    const { cursor, previous, failures, failingSince } =
      await world.config(config);
    assert.deepEqual([cursor, previous, failures], [seq, seq, 0]);
    // No attempt has succeeded yet.
    assert.equal(failingSince, at);
    await world.succeed(await world.claimOneDue(), next);
    assert.deepEqual(await world.claimDue(), []);
  },

  'is idle when the last event went dead': async (world) => {
    const { seq } = await createDue(world);
    await world.fail(await world.claimOneDue(), { seq, outcome: 'dead' });
    assert.deepEqual(await world.claimDue(), []);
    assert.equal(await world.store.push.nextDueAt(), undefined);
  },

  'shows the attempts, the newest first': async (world) => {
    const { task, config, seq } = await createDue(world);
    const { taskId } = task;
    const other = await world.register(taskId);
    const nextAt = world.store.now();
    const failure = { seq, nextAt, status: 503, error: 'server-error' };
    await world.fail(await world.claimOneDue(), failure);
    await world.succeed(await world.claimOneDue(), seq);
    const end = await work(world, task);
    for (const delivery of await world.claimDue()) {
      await world.succeed(delivery, end);
    }
    const show = async (configId?: string, limit = 9) => {
      const query = { taskId, limit, ...(configId && { configId }) };
      const log = await world.store.push.attempts(query, SYSTEM_CONTEXT);
      return log.map((attempt) => [attempt.outcome, attempt.seq]);
    };
    assert.equal((await show()).length, 4);
    assert.deepEqual(await show(other.id), [['delivered', end]]);
    const expected = [
      ['delivered', end],
      ['delivered', seq],
      ['failed', seq],
    ];
    assert.deepEqual(await show(config.id), expected);
    assert.deepEqual(await show(config.id, 2), expected.slice(0, 2));
  },

  'keeps all that an attempt says': async (world) => {
    const { task, seq } = await createDue(world);
    const delivery = await world.claimOneDue();
    const nextAt = world.store.now() + 60_000;
    const failure = { seq, nextAt, attempt: 3, status: 503, error: 'busy' };
    await world.fail(delivery, failure);
    const query = { taskId: task.taskId, limit: 9 };
    const log = await world.store.push.attempts(query, SYSTEM_CONTEXT);
    const { taskId, configId } = delivery.fence;
    assert.deepEqual(log, [
      {
        taskId,
        configId,
        at: momentOf(0),
        durationMs: 12,
        outcome: 'failed',
        ...failure,
      },
    ]);
  },
};
