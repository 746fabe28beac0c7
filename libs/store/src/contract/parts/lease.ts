import assert from 'node:assert/strict';
import { assertRefused } from '../assertions.js';
import {
  AFTER_LEASE_MS,
  chunkEvent,
  completed,
  LEASE_MS,
  LONG_LEASE_MS,
  messageEvent,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const HALF_LEASE_MS = 250;

/** A task whose lease has expired twice, and the claim that holds it now. */
async function expireTwice(world: World) {
  const task = await world.createRunning({}, LEASE_MS);
  await world.advance(AFTER_LEASE_MS);
  const second = await world.claimOne(LEASE_MS);
  await world.advance(AFTER_LEASE_MS);
  return { task, second, third: await world.claimOne() };
}

export const leaseTests: StoreTests = {
  'gives a turn to another when its lease has expired, and counts that': async (
    world,
  ) => {
    const { task, second, third } = await expireTwice(world);
    assert.deepEqual(
      [second, third].map(({ attempt, isTakenOver, turn }) => ({
        attempt,
        isTakenOver,
        turn: turn.seq,
      })),
      [
        { attempt: 2, isTakenOver: true, turn: 1 },
        { attempt: 3, isTakenOver: true, turn: 1 },
      ],
    );
    const epochs = [task.claim, second, third].map(({ fence }) => fence.epoch);
    const rising = [...new Set(epochs)].sort((a, b) => a - b);
    assert.deepEqual(epochs, rising);
  },

  'lets whoever lost a lease write nothing': async (world) => {
    const task = await world.createRunning({}, LEASE_MS);
    const { fence } = task.claim;
    await world.advance(AFTER_LEASE_MS);
    const next = await world.claimOne();
    const late = world.append(task.taskId, [completed(task)], { fence });
    await assertRefused(late, 'FENCE_LOST');
    await world.store.work.release(fence);
    const [renewal] = await world.store.work.renew({
      fences: [fence],
      leaseMs: LONG_LEASE_MS,
    });
    assert.equal(renewal?.isHeld, false);
    assert.equal((await world.load(task.taskId)).version, 1);
    assert.deepEqual(await world.claim(), []);
    await world.append(task.taskId, [completed(task)], {
      fence: next.fence,
    });
  },

  'shows who takes over what the turn has done so far': async (world) => {
    const task = await world.createRunning({}, LEASE_MS);
    const { fence } = task.claim;
    await world.append(task.taskId, [chunkEvent(task, 'half')], { fence });
    await world.advance(AFTER_LEASE_MS);
    const { record, turn } = await world.claimOne();
    assert.deepEqual(record, await world.load(task.taskId));
    assert.deepEqual(turn, task.claim.turn);
  },

  'prolongs a lease': async (world) => {
    const { claim } = await world.createRunning({}, LEASE_MS);
    await world.advance(HALF_LEASE_MS);
    const renewals = await world.store.work.renew({
      fences: [claim.fence],
      leaseMs: LEASE_MS,
    });
    const { taskId } = claim.fence;
    assert.deepEqual(renewals, [
      { taskId, isHeld: true, isCancelRequested: false },
    ]);
    await world.advance(HALF_LEASE_MS);
    assert.deepEqual(await world.claim(), []);
    await world.advance(HALF_LEASE_MS);
    assert.equal((await world.claimOne()).attempt, 2);
  },

  'answers for each lease in the order of the question': async (world) => {
    const lost = await world.createRunning();
    const held = await world.createRunning();
    const done = await world.createRunning();
    await world.store.work.release(lost.claim.fence);
    const again = await world.claimOne();
    await world.append(done.taskId, [completed(done)]);
    const fences = [
      lost.claim.fence,
      held.claim.fence,
      { taskId: 'unknown', epoch: 1 },
      again.fence,
      done.claim.fence,
    ];
    const leaseMs = LONG_LEASE_MS;
    const renewals = await world.store.work.renew({ fences, leaseMs });
    assert.deepEqual(
      renewals.map(({ taskId, isHeld }) => [taskId, isHeld]),
      fences.map(({ taskId }, index) => [taskId, index === 1 || index === 3]),
    );
    assert.deepEqual(await world.store.work.renew({ fences: [], leaseMs }), []);
  },

  'takes a turn back at once, and does not count that': async (world) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    await world.store.work.release(fence);
    const next = await world.claimOne();
    assert.equal(next.attempt, 1);
    assert.equal(next.isTakenOver, true);
    assert.deepEqual(next.turn, task.claim.turn);
    assert.ok(next.fence.epoch > fence.epoch);
  },

  'takes a lease as lost from the moment it was handed back': async (world) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    await world.store.work.release(fence);
    const late = world.append(task.taskId, [completed(task)], { fence });
    await assertRefused(late, 'FENCE_LOST');
    const leaseMs = LONG_LEASE_MS;
    const [renewal] = await world.store.work.renew({
      fences: [fence],
      leaseMs,
    });
    assert.equal(renewal?.isHeld, false);
    assert.equal((await world.claim()).length, 1);
  },

  'lets nobody hand back the turn of another': async (world) => {
    const task = await world.createRunning();
    await world.store.work.release(task.claim.fence);
    const next = await world.claimOne();
    await world.store.work.release(task.claim.fence);
    await world.store.work.release({ taskId: 'unknown', epoch: 1 });
    assert.deepEqual(await world.claim(), []);
    await world.append(task.taskId, [completed(task)], {
      fence: next.fence,
    });
  },

  'counts the attempts of each turn for itself': async (world) => {
    const { task, third } = await expireTwice(world);
    await world.append(task.taskId, [messageEvent('next')]);
    const { fence } = third;
    await world.append(task.taskId, [], { fence, then: 'endTurn' });
    const { attempt, isTakenOver, turn } = await world.claimOne();
    assert.deepEqual([attempt, isTakenOver, turn.seq], [1, false, 2]);
  },
};
