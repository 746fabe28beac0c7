import assert from 'node:assert/strict';
import { type AppendEvents } from '../../log/task-log.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { type StoreErrorCode } from '../../store-error.js';
import { assertRefused, tally } from '../assertions.js';
import {
  chunkEvent,
  completed,
  LONG_LEASE_MS,
  messageEvent,
  pushConfig,
  statusEvent,
  stepEvent,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

/** Each of the codes that refuse an append, the strongest first. */
const PRECEDENCE: readonly StoreErrorCode[] = [
  'TASK_FINISHED',
  'FENCE_LOST',
  'VERSION_CONFLICT',
  'TOO_MANY_PUSH_CONFIGS',
];

/** An append that the store must refuse for these reasons. */
async function refusedFor(
  world: World,
  reasons: readonly StoreErrorCode[],
): Promise<AppendEvents> {
  const task = await world.createRunning();
  const { taskId } = task;
  let { version } = task;
  if (reasons.includes('TASK_FINISHED')) {
    ({ version } = await world.append(taskId, [completed(task)]));
  }
  return {
    taskId,
    events: [chunkEvent(task, 'late')],
    expectedVersion: reasons.includes('VERSION_CONFLICT') ? 7 : version,
    ...(reasons.includes('FENCE_LOST') && {
      fence: { taskId, epoch: task.claim.fence.epoch + 7 },
    }),
    ...(reasons.includes('TOO_MANY_PUSH_CONFIGS') && {
      push: { config: pushConfig(), maxPerTask: 0 },
    }),
  };
}

export const appendTests: StoreTests = {
  'writes nothing without events, and tells whether the writer may write':
    async (world) => {
      const { taskId, version, claim } = await world.createRunning();
      const look = { taskId, events: [], fence: claim.fence };
      const { log } = world.store;
      const now = { ...look, expectedVersion: version };
      const answer = await log.append(now, SYSTEM_CONTEXT);
      assert.deepEqual(answer, { kind: 'accepted', version, events: [] });
      await assertRefused(
        log.append({ ...look, expectedVersion: version + 1 }, SYSTEM_CONTEXT),
        'VERSION_CONFLICT',
      );
      const lost = { ...claim.fence, epoch: claim.fence.epoch + 1 };
      await assertRefused(
        log.append({ ...now, fence: lost }, SYSTEM_CONTEXT),
        'FENCE_LOST',
      );
      assert.equal((await world.events(taskId)).length, version);
    },

  'numbers events without gaps over many appends': async (world) => {
    const task = await world.create();
    for (const size of [1, 3, 2, 5]) {
      const events = Array.from({ length: size }, () => chunkEvent(task, 'x'));
      await world.append(task.taskId, events);
    }
    const stored = await world.events(task.taskId);
    assert.deepEqual(
      stored.map(({ seq }) => seq),
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    assert.equal((await world.load(task.taskId)).version, 12);
  },

  'writes the times of events in their order': async (world) => {
    const task = await world.create();
    await world.advance(10);
    await world.append(task.taskId, [chunkEvent(task, 'x')]);
    const [first, second] = await world.events(task.taskId);
    assert.ok(first && second && second.at >= first.at + 10);
  },

  'lets one of many writers through that expect the same version': async (
    world,
  ) => {
    const task = await world.create();
    const writers = Array.from({ length: 8 }, () =>
      world.store.log.append(
        {
          taskId: task.taskId,
          events: [chunkEvent(task, 'x'), chunkEvent(task, 'y')],
          expectedVersion: 1,
        },
        SYSTEM_CONTEXT,
      ),
    );
    assert.deepEqual(await tally(writers), { ok: 1, VERSION_CONFLICT: 7 });
    assert.equal((await world.events(task.taskId)).length, 3);
  },

  'refuses by the first reason that applies': async (world) => {
    for (const [index, code] of PRECEDENCE.entries()) {
      for (const reasons of [[code], PRECEDENCE.slice(index)]) {
        const command = await refusedFor(world, reasons);
        const call = world.store.log.append(command, SYSTEM_CONTEXT);
        await assertRefused(call, code);
      }
    }
    const command = await refusedFor(world, PRECEDENCE);
    const unknown = { ...command, taskId: 'unknown' };
    const call = world.store.log.append(unknown, SYSTEM_CONTEXT);
    await assertRefused(call, 'TASK_NOT_FOUND');
  },

  'writes nothing at all where it refuses': async (world) => {
    for (const reason of PRECEDENCE) {
      const config = pushConfig();
      const idempotency = { messageId: config.id, fingerprint: 'f' };
      const refused = await refusedFor(world, [reason]);
      const { taskId } = refused;
      const before = await world.load(taskId);
      const call = world.store.log.append(
        {
          push: { config, maxPerTask: 10 },
          ...refused,
          idempotency,
          events: [messageEvent('m'), ...refused.events, stepEvent('k', 1)],
        },
        SYSTEM_CONTEXT,
      );
      await assertRefused(call, reason);
      assert.deepEqual(await world.load(taskId), before);
      assert.equal((await world.events(taskId)).length, before.version);
      const configs = { taskId, pageSize: 10 };
      const page = await world.store.push.list(configs, SYSTEM_CONTEXT);
      assert.equal(page.totalSize, 0);
      // Had the send been noted, this would be a replay.
      await world.create({ idempotency });
    }
  },

  'writes nothing after each of the terminal states (A2A §3.1.1)': async (
    world,
  ) => {
    const ends = ['COMPLETED', 'FAILED', 'CANCELED', 'REJECTED'] as const;
    for (const end of ends) {
      const task = await world.create();
      await world.append(task.taskId, [statusEvent(task, `TASK_STATE_${end}`)]);
      assert.equal((await world.load(task.taskId)).isFinished, true);
      for (const late of [messageEvent('m'), completed(task)]) {
        const call = world.append(task.taskId, [late]);
        await assertRefused(call, 'TASK_FINISHED');
      }
    }
  },

  'writes no event after the end in the same append': async (world) => {
    const task = await world.create();
    const events = [completed(task), chunkEvent(task, 'late')];
    await assertRefused(world.append(task.taskId, events), 'TASK_FINISHED');
    assert.equal((await world.load(task.taskId)).version, 1);
  },

  'notes the lease that events were written under': async (world) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    await world.append(task.taskId, [chunkEvent(task, 'a')], { fence });
    await world.append(task.taskId, [chunkEvent(task, 'b')]);
    const epochs = (await world.events(task.taskId)).map(({ epoch }) => epoch);
    assert.deepEqual(epochs, [0, fence.epoch, 0]);
  },

  'refuses a fence that was never given, and one of another task': async (
    world,
  ) => {
    const task = await world.createRunning();
    const other = await world.createRunning();
    const { taskId } = task;
    const epoch = task.claim.fence.epoch;
    const forged = [
      { taskId, epoch: 0 },
      { taskId, epoch: epoch - 1 },
      { taskId, epoch: epoch + 1 },
      other.claim.fence,
    ];
    for (const fence of forged) {
      const call = world.append(taskId, [completed(task)], { fence });
      await assertRefused(call, 'FENCE_LOST');
    }
    assert.equal((await world.load(taskId)).version, 1);
  },

  'refuses the fence of a claim that another has followed': async (world) => {
    const task = await world.createRunning();
    await world.store.work.release(task.claim.fence);
    await world.claimOne(LONG_LEASE_MS);
    const { fence } = task.claim;
    const call = world.append(task.taskId, [completed(task)], { fence });
    await assertRefused(call, 'FENCE_LOST');
    assert.equal((await world.load(task.taskId)).version, 1);
  },
};
