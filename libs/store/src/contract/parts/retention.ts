import assert from 'node:assert/strict';
import { type DueDelivery } from '../../push/push-ledger.js';
import { type Purged, type RetentionPolicy } from '../../log/task-log.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused, assertSameMembers } from '../assertions.js';
import {
  agentMessage,
  ALICE,
  chunkEvent,
  completed,
  event,
  pushConfig,
  statusEvent,
  uniqueId,
} from '../builders.js';
import { type Sample, type StoreTests, type World } from '../world.js';

/** Removes what the policy allows; all that has ended unless told otherwise. */
async function purge(
  world: World,
  policy: Partial<RetentionPolicy> = {},
): Promise<readonly string[]> {
  return (await purgeOnce(world, policy)).taskIds;
}

function purgeOnce(
  world: World,
  policy: Partial<RetentionPolicy> = {},
): Promise<Purged> {
  return world.store.log.purge({
    finishedBefore: world.store.now() + 60_000,
    keepFinished: 1_000,
    limit: 1_000,
    ...policy,
  });
}

const CALL = SYSTEM_CONTEXT;

/** A policy by number alone. */
const FOR_EVER = { finishedBefore: 0 };

/** Tasks that end one after the other. @returns their ids, the first that ended first */
async function finishMany(world: World, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push((await finish(world)).taskId);
    await world.advance(5);
  }
  return ids;
}

function finish(world: World): Promise<Sample> {
  return world.create({ more: (task) => [completed(task)] });
}

/** A finished task whose end a webhook waits for. */
async function finishWithWebhook(world: World): Promise<string> {
  const push = { config: pushConfig(), maxPerTask: 1 };
  const task = await world.create({ push });
  await world.append(task.taskId, [completed(task)]);
  return task.taskId;
}

/** Removes until nothing more may go. */
async function purgeAll(
  world: World,
  policy: Partial<RetentionPolicy>,
): Promise<readonly string[]> {
  const taskIds: string[] = [];
  for (let hasMore = true; hasMore;) {
    const purged = await purgeOnce(world, policy);
    taskIds.push(...purged.taskIds);
    ({ hasMore } = purged);
  }
  return taskIds;
}

/** A finished task with everything that a task can have, and so many chunks. */
async function finishWithEverything(world: World, chunks = 1) {
  const idempotency = { messageId: uniqueId(), fingerprint: 'f' };
  const task = await world.create({ idempotency });
  const { taskId, contextId } = task;
  const value = { contextId, value: 'v', expectedVersion: 0 };
  await world.store.contexts.put(ALICE, value);
  const { id } = await world.register(taskId);
  const said = Array.from({ length: chunks }, () => chunkEvent(task, 'x'));
  await world.append(taskId, [...said, completed(task)]);
  return { taskId, contextId, id, idempotency };
}

/** Asserts that nothing of a task is left, nor of what it had. */
async function assertGone(
  world: World,
  gone: Awaited<ReturnType<typeof finishWithEverything>>,
): Promise<void> {
  const { taskId, contextId, id, idempotency } = gone;
  const { log, push, contexts } = world.store;
  const call = SYSTEM_CONTEXT;
  assert.equal(await log.load(taskId, {}, call), undefined);
  assert.deepEqual(await world.events(taskId), []);
  assert.equal((await log.list({ pageSize: 9 }, call)).totalSize, 0);
  assert.equal((await log.versions([taskId], call)).size, 0);
  assert.equal(await push.get(taskId, id, call), undefined);
  assert.deepEqual(await push.attempts({ taskId, limit: 9 }, call), []);
  assert.equal(await contexts.load(ALICE, contextId), undefined);
  assert.deepEqual(await world.claimDue(), []);
  assert.deepEqual(await world.claim(), []);
  // Had the send been remembered, this would be a replay.
  await world.create({ idempotency });
}

export const retentionTests: StoreTests = {
  'removes finished tasks that ended before a time, the oldest first': async (
    world,
  ) => {
    const [first, second] = await finishMany(world, 2);
    await world.advance(50);
    const finishedBefore = world.store.now();
    await world.advance(50);
    const [third] = await finishMany(world, 1);
    assert.deepEqual(await purge(world, { finishedBefore }), [first, second]);
    assert.deepEqual(await purge(world), [third]);
    assert.deepEqual(await purge(world), []);
  },

  'goes by when a task ended, not by when it began': async (world) => {
    const task = await world.create();
    const [early] = await finishMany(world, 1);
    await world.append(task.taskId, [completed(task)]);
    const policy = { ...FOR_EVER, keepFinished: 1 };
    assert.deepEqual(await purge(world, policy), [early]);
  },

  'removes the oldest finished tasks above a number': async (world) => {
    const ids = await finishMany(world, 5);
    await world.create();
    const policy = { ...FOR_EVER, keepFinished: 3 };
    assert.deepEqual(await purge(world, policy), ids.slice(0, 2));
    assert.deepEqual(await purge(world, policy), []);
    const all = { ...FOR_EVER, keepFinished: 0 };
    assert.deepEqual(await purge(world, all), ids.slice(2));
  },

  'removes no more than it is told to at a time': async (world) => {
    const ids = await finishMany(world, 5);
    assert.deepEqual(await purge(world, { limit: 2 }), ids.slice(0, 2));
    const policy = { ...FOR_EVER, keepFinished: 0, limit: 2 };
    assert.deepEqual(await purge(world, policy), ids.slice(2, 4));
  },

  'removes tasks until they have so many events together, at least one': async (
    world,
  ) => {
    const ids = await finishMany(world, 5);
    const policy = { maxEvents: 5 };
    const first = { taskIds: ids.slice(0, 2), hasMore: true };
    assert.deepEqual(await purgeOnce(world, policy), first);
    const one = await purgeOnce(world, { maxEvents: 1 });
    assert.deepEqual(one.taskIds, ids.slice(2, 3));
    assert.deepEqual(await purgeAll(world, policy), ids.slice(3));
  },

  'shows nothing of a long task while its events are removed': async (
    world,
  ) => {
    const gone = await finishWithEverything(world, 30);
    const nextAt = world.store.now();
    await world.fail(await world.claimOneDue(), { seq: 32, nextAt });
    await world.succeed(await world.claimOneDue(), 32);
    await world.advance(5);
    const [later] = await finishMany(world, 1);
    const policy = { maxEvents: 10 };
    const first = { taskIds: [gone.taskId], hasMore: true };
    assert.deepEqual(await purgeOnce(world, policy), first);
    assert.deepEqual(await world.store.log.delete(later ?? '', CALL), true);
    await assertGone(world, gone);
    assert.deepEqual(await purgeAll(world, policy), []);
  },

  'deletes a task of thousands of events': async (world) => {
    const gone = await finishWithEverything(world, 2_100);
    assert.equal(await world.store.log.delete(gone.taskId, CALL), true);
    assert.equal(await world.store.log.delete(gone.taskId, CALL), false);
    await assertGone(world, gone);
    assert.deepEqual(await purgeAll(world, FOR_EVER), []);
  },

  'never removes a task that has not ended': async (world) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    const question = statusEvent(task, 'TASK_STATE_INPUT_REQUIRED');
    await world.append(task.taskId, [question], { fence, then: 'endTurn' });
    await world.create();
    assert.deepEqual(await purge(world, { keepFinished: 0 }), []);
    assert.equal((await world.load(task.taskId)).version, 2);
  },

  'removes tasks that ended with a reply': async (world) => {
    const { taskId } = await world.create({ isAnnounced: false });
    const message = agentMessage('42');
    await world.append(taskId, [event({ kind: 'reply', message })]);
    assert.deepEqual(await purge(world), [taskId]);
  },

  'keeps tasks with webhooks that are due, under way, or to be tried again':
    async (world) => {
      const id = await finishWithWebhook(world);
      const all = { keepFinished: 0 };
      assert.deepEqual(await purge(world, all), [], 'due');
      const first = await world.claimOneDue();
      assert.deepEqual(await purge(world, all), [], 'under way');
      await world.fail(first, { seq: 2, nextAt: world.store.now() + 100 });
      assert.deepEqual(await purge(world, all), [], 'to be tried again');
      await world.advance(150);
      await world.succeed(await world.claimOneDue(), 2);
      assert.deepEqual(await purge(world, all), [id]);
    },

  'removes others when it must keep the oldest': async (world) => {
    const kept = await finishWithWebhook(world);
    await world.advance(5);
    const ids = await finishMany(world, 3);
    const policy = { ...FOR_EVER, keepFinished: 2, limit: 1 };
    assert.deepEqual(await purge(world, policy), ids.slice(0, 1));
    assertSameMembers(await purge(world), ids.slice(1));
    assert.equal((await world.load(kept)).isFinished, true);
  },

  'waits for webhooks that are paused with something to deliver, not for those that are disabled':
    async (world) => {
      await finishWithWebhook(world);
      await finishWithWebhook(world);
      const [first, second] = await world.claimDue();
      const paused = first?.fence ?? assert.fail();
      const disabled = second?.fence ?? assert.fail();
      const { push } = world.store;
      await push.setState({ ...paused, state: 'paused' }, SYSTEM_CONTEXT);
      await push.setState({ ...disabled, state: 'disabled' }, SYSTEM_CONTEXT);
      assert.deepEqual(await purge(world), [disabled.taskId]);
      // An attempt that was under way ends, and nothing is left to deliver.
      await world.succeed(first as DueDelivery, 2);
      assert.deepEqual(await purge(world), [paused.taskId]);
    },

  'leaves nothing of a task that it removes': async (world) => {
    const gone = await finishWithEverything(world);
    const nextAt = world.store.now();
    await world.fail(await world.claimOneDue(), { seq: 3, nextAt });
    await world.succeed(await world.claimOneDue(), 3);
    assert.deepEqual(await purge(world), [gone.taskId]);
    await assertGone(world, gone);
  },

  'deletes a task with everything, whatever it is doing': async (world) => {
    const gone = await finishWithEverything(world);
    const delivery = await world.claimOneDue();
    const { log } = world.store;
    assert.equal(await log.delete(gone.taskId, SYSTEM_CONTEXT), true);
    assert.equal(await log.delete(gone.taskId, SYSTEM_CONTEXT), false);
    assert.equal(await world.succeed(delivery, 3), false);
    await assertGone(world, gone);
  },

  'lets whoever runs a deleted task write nothing': async (world) => {
    const task = await world.createRunning();
    const { taskId } = task;
    const { fence } = task.claim;
    await world.store.log.delete(taskId, SYSTEM_CONTEXT);
    const events = [completed(task)];
    const command = { taskId, events, expectedVersion: 1, fence };
    const late = world.store.log.append(command, SYSTEM_CONTEXT);
    await assertRefused(late, 'TASK_NOT_FOUND');
    await world.store.work.release(fence);
    assert.deepEqual(await world.claim(), []);
  },
};
