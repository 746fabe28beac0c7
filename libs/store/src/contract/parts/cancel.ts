import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused } from '../assertions.js';
import {
  AFTER_LEASE_MS,
  chunkEvent,
  completed,
  LEASE_MS,
  LONG_LEASE_MS,
  messageEvent,
  statusEvent,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

function cancel(world: World, taskId: string) {
  return world.store.work.requestCancel(taskId, SYSTEM_CONTEXT);
}

/** Cancellation: the mark, who sees it, and who writes the end. */
export const cancelTests: StoreTests = {
  'marks a task that somebody runs, who sees it at the next renewal': async (
    world,
  ) => {
    const { taskId, claim } = await world.createRunning();
    const other = await world.createRunning();
    const renew = async () => {
      const fences = [claim.fence, other.claim.fence];
      const leaseMs = LONG_LEASE_MS;
      const renewals = await world.store.work.renew({ fences, leaseMs });
      return renewals.map(({ isCancelRequested }) => isCancelRequested);
    };
    assert.deepEqual(await renew(), [false, false]);
    assert.equal(await cancel(world, taskId), 'signalled');
    assert.deepEqual(await renew(), [true, false]);
    assert.equal(await cancel(world, taskId), 'signalled');
    assert.equal((await world.load(taskId)).version, 1);
  },

  'says that nobody runs a task which is due, parked, or whose lease expired':
    async (world) => {
      const expired = await world.createRunning({}, LEASE_MS);
      const parked = await world.createRunning();
      const { fence } = parked.claim;
      await world.append(parked.taskId, [], { fence, then: 'endTurn' });
      const due = await world.create();
      await world.advance(AFTER_LEASE_MS);
      for (const { taskId } of [due, parked, expired]) {
        assert.equal(await cancel(world, taskId), 'unowned');
      }
    },

  'says that a finished task is finished, and knows no unknown one': async (
    world,
  ) => {
    const task = await world.create({ more: (ref) => [completed(ref)] });
    assert.equal(await cancel(world, task.taskId), 'finished');
    await assertRefused(cancel(world, 'unknown'), 'TASK_NOT_FOUND');
  },

  'shows the mark to whoever claims': async (world) => {
    const { taskId } = await world.create();
    await cancel(world, taskId);
    assert.equal((await world.claimOne()).isCancelRequested, true);
  },

  'shows the mark after the turn was handed back': async (world) => {
    const { taskId, claim } = await world.createRunning();
    await cancel(world, taskId);
    await world.store.work.release(claim.fence);
    assert.equal((await world.claimOne()).isCancelRequested, true);
  },

  'does not park a task that is to be cancelled': async (world) => {
    const task = await world.createRunning();
    const { taskId } = task;
    const { fence } = task.claim;
    assert.equal(await cancel(world, taskId), 'signalled');
    const question = statusEvent(task, 'TASK_STATE_INPUT_REQUIRED');
    await world.append(taskId, [question], { fence, then: 'endTurn' });
    const next = await world.claimOne();
    assert.equal(next.isCancelRequested, true);
    assert.equal(next.fence.taskId, taskId);
  },

  'takes a task away from whoever runs it, and ends it': async (world) => {
    const task = await world.createRunning();
    const { taskId } = task;
    const { fence } = task.claim;
    await world.append(taskId, [messageEvent('waits')]);
    const canceled = statusEvent(task, 'TASK_STATE_CANCELED');
    const answer = await world.store.work.fenceOut({
      taskId,
      events: [chunkEvent(task, 'last words'), canceled],
    });
    assert.equal(answer?.version, 4);
    assert.deepEqual(
      answer.events.map(({ seq, epoch, turn }) => [seq, epoch, turn]),
      [
        [3, 0, 1],
        [4, 0, 1],
      ],
    );
    assert.deepEqual(answer.events, (await world.events(taskId)).slice(2));
    assert.equal((await world.load(taskId)).isFinished, true);
    const late = world.append(taskId, [completed(task)], { fence });
    await assertRefused(late, 'TASK_FINISHED');
    assert.deepEqual(await world.claim(), []);
  },

  'takes a task away that nobody runs': async (world) => {
    const task = await world.create();
    const events = [statusEvent(task, 'TASK_STATE_CANCELED')];
    const { taskId } = task;
    const answer = await world.store.work.fenceOut({ taskId, events });
    assert.equal(answer?.version, 2);
    assert.deepEqual(await world.claim(), []);
  },

  'ends a task by one of many that take it away at the same time': async (
    world,
  ) => {
    const task = await world.createRunning();
    const { taskId } = task;
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => {
        const events = [statusEvent(task, 'TASK_STATE_CANCELED')];
        return world.store.work.fenceOut({ taskId, events });
      }),
    );
    const ends = answers.filter((answer) => answer !== undefined);
    assert.equal(ends.length, 1);
    assert.equal((await world.load(taskId)).version, 2);
  },

  'takes no unknown task away': async (world) => {
    const task = { taskId: 'unknown', contextId: 'c' };
    const events = [statusEvent(task, 'TASK_STATE_CANCELED')];
    const call = world.store.work.fenceOut({ taskId: 'unknown', events });
    await assertRefused(call, 'TASK_NOT_FOUND');
  },

  'makes the webhooks due that wait for the end': async (world) => {
    const task = await world.createRunning();
    const { taskId } = task;
    const { id } = await world.register(taskId, { select: 'terminal' });
    const events = [statusEvent(task, 'TASK_STATE_CANCELED')];
    await world.store.work.fenceOut({ taskId, events });
    assert.equal((await world.claimOneDue()).config.id, id);
  },
};
