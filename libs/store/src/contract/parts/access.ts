import assert from 'node:assert/strict';
import { type CallContext } from '../../scope.js';
import { outcomeOf } from '../assertions.js';
import {
  ALICE,
  callOf,
  chunkEvent,
  messageEvent,
  pushConfig,
  STRANGERS,
  uniqueId,
} from '../builders.js';
import { type Sample, type StoreTests, type World } from '../world.js';

type Call = (world: World, taskId: string, by: CallContext) => Promise<unknown>;

const CONFIG_ID = 'hook';

/** Every method that names a task, asked for by a caller; those that remove something last. */
const CALLS: Readonly<Record<string, Call>> = {
  append: ({ store }, taskId, by) =>
    store.log.append(
      {
        taskId,
        events: [messageEvent('stolen')],
        expectedVersion: 3,
        idempotency: { messageId: uniqueId(), fingerprint: 'f' },
        push: { config: pushConfig(), maxPerTask: 10 },
        claim: { owner: 'thief', leaseMs: 60_000 },
      },
      by,
    ),
  load: ({ store }, taskId, by) => store.log.load(taskId, {}, by),
  read: ({ store }, taskId, by) =>
    store.log.read(taskId, { after: 0, limit: 10 }, by),
  versions: async ({ store }, taskId, by) => [
    ...(await store.log.versions([taskId], by)),
  ],
  requestCancel: ({ store }, taskId, by) =>
    store.work.requestCancel(taskId, by),
  put: ({ store }, taskId, by) =>
    store.push.put({ taskId, config: pushConfig(), maxPerTask: 10 }, by),
  get: ({ store }, taskId, by) => store.push.get(taskId, CONFIG_ID, by),
  listConfigs: ({ store }, taskId, by) =>
    store.push.list({ taskId, pageSize: 10 }, by),
  setState: ({ store }, taskId, by) =>
    store.push.setState({ taskId, configId: CONFIG_ID, state: 'paused' }, by),
  attempts: ({ store }, taskId, by) =>
    store.push.attempts({ taskId, limit: 10 }, by),
  remove: ({ store }, taskId, by) => store.push.remove(taskId, CONFIG_ID, by),
  delete: ({ store }, taskId, by) => store.log.delete(taskId, by),
};

/** A task of Alice that every call above would find something of. */
async function createRich(world: World): Promise<Sample> {
  const task = await world.createRunning({
    more: (ref) => [chunkEvent(ref, 'secret')],
  });
  await world.register(task.taskId, { id: CONFIG_ID, select: 'all' });
  await world.append(task.taskId, [chunkEvent(task, 'more')]);
  await world.fail(await world.claimOneDue(), { seq: 3 });
  return task;
}

/** Everything that a call could have changed. */
async function stateOf(world: World, taskId: string): Promise<unknown> {
  const call: CallContext = { access: 'system' };
  return {
    record: await world.load(taskId),
    events: await world.events(taskId),
    configs: await world.store.push.list({ taskId, pageSize: 10 }, call),
    attempts: await world.store.push.attempts({ taskId, limit: 10 }, call),
  };
}

export const accessTests: StoreTests = {
  'answers a stranger as if the task did not exist': async (world) => {
    const { taskId } = await createRich(world);
    const before = await stateOf(world, taskId);
    for (const [name, call] of Object.entries(CALLS)) {
      for (const scope of STRANGERS) {
        const by = callOf(scope);
        const foreign = await outcomeOf(call(world, taskId, by));
        const unknown = await outcomeOf(call(world, 'unknown', by));
        const message = foreign.message?.replaceAll(taskId, 'unknown');
        const neutral =
          'message' in foreign ? { ...foreign, message } : foreign;
        assert.deepEqual(neutral, unknown, name);
      }
    }
    assert.deepEqual(await stateOf(world, taskId), before);
  },

  'lets a stranger leave no mark on the task': async (world) => {
    const { taskId } = await world.create();
    for (const scope of STRANGERS) {
      const call = world.store.work.requestCancel(taskId, callOf(scope));
      assert.equal((await outcomeOf(call)).code, 'TASK_NOT_FOUND');
    }
    const { isCancelRequested, attempt } = await world.claimOne();
    assert.deepEqual([isCancelRequested, attempt], [false, 1]);
  },

  'answers the owner of the task': async (world) => {
    const { taskId } = await createRich(world);
    const by = callOf(ALICE);
    for (const [name, call] of Object.entries(CALLS)) {
      const unknown = await outcomeOf(call(world, 'unknown', by));
      const own = await outcomeOf(call(world, taskId, by));
      assert.notDeepEqual(own, unknown, name);
    }
  },
};
