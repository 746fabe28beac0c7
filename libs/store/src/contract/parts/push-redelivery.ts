import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import {
  AFTER_LEASE_MS,
  ALICE,
  LEASE_MS,
  pushConfig,
  statusEvent,
} from '../builders.js';
import {
  claim,
  claimOne,
  createDone,
  fail,
  redeliver,
  succeed,
} from '../redeliveries.js';
import { type StoreTests } from '../world.js';

/** What is sent to a webhook once more. */
export const pushRedeliveryTests: StoreTests = {
  'sends a range once more, and moves nothing else (D27)': async (world) => {
    const taskId = await createDone(world);
    const before = await world.config({ taskId, id: 'hook' });
    const range = { from: 2, to: 3 };
    assert.deepEqual(await redeliver(world, taskId, range), {
      kind: 'accepted',
      ...range,
    });
    const first = await claimOne(world);
    assert.deepEqual(first.config, before);
    assert.deepEqual([first.cursor, first.to, first.failures], [1, 3, 0]);
    assert.equal(await succeed(world, first, 2), true);
    const second = await claimOne(world);
    assert.deepEqual([second.cursor, second.to], [2, 3]);
    assert.equal(await succeed(world, second, 3), true);
    assert.deepEqual(await claim(world), []);
    assert.equal(await world.store.redeliveries.nextDueAt(), undefined);
    assert.deepEqual(await world.config({ taskId, id: 'hook' }), before);
    assert.deepEqual(await world.claimDue(), []);
  },

  'cuts a range to what is done': async (world) => {
    const taskId = await createDone(world);
    assert.deepEqual(await redeliver(world, taskId), {
      kind: 'accepted',
      from: 1,
      to: 4,
    });
    assert.equal((await claimOne(world)).to, 4);
    const behind = await redeliver(world, taskId, { from: 5 });
    assert.deepEqual(behind, { kind: 'nothingDone' });
  },

  'finds only configurations that the caller may touch': async (world) => {
    const taskId = await createDone(world);
    const notFound = { kind: 'notFound' };
    assert.deepEqual(await redeliver(world, 'nowhere'), notFound);
    const other = { configId: 'other' };
    assert.deepEqual(await redeliver(world, taskId, other), notFound);
    const access = { ...ALICE, principal: 'bob' };
    const command = { taskId, configId: 'hook', from: 1, to: 9 };
    const answer = await world.store.redeliveries.add(command, { access });
    assert.deepEqual(answer, notFound);
    assert.deepEqual(await claim(world), []);
  },

  'remembers its attempts as what they are, among the others': async (
    world,
  ) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId);
    await succeed(world, await claimOne(world), 2);
    const query = { taskId, limit: 9 };
    const attempts = await world.store.push.attempts(query, SYSTEM_CONTEXT);
    const seen = attempts.map(({ seq, isRedelivery }) => [seq, isRedelivery]);
    assert.deepEqual(seen, [
      [2, true],
      [4, undefined],
    ]);
  },

  'goes on beside deliveries, whatever becomes of those (D27)': async (
    world,
  ) => {
    const { taskId } = await world.create({
      more: (ref) => [
        statusEvent(ref, 'TASK_STATE_WORKING'),
        statusEvent(ref, 'TASK_STATE_WORKING'),
      ],
      push: { config: pushConfig({ id: 'hook' }), maxPerTask: 1 },
    });
    await world.succeed(await world.claimOneDue(), 2);
    await redeliver(world, taskId);
    const live = await world.claimOneDue();
    const again = await claimOne(world);
    assert.equal(await fail(world, again, { seq: 2 }), true);
    assert.equal(await world.succeed(live, 3), true);
    const next = await claimOne(world);
    assert.deepEqual([next.failures, next.to], [1, 2]);
    const { failures, failingSince } = next.config;
    assert.deepEqual([failures, failingSince], [0, undefined]);
    assert.equal(await succeed(world, next, 2), true);
  },

  'tries again when it says, and passes what is dead': async (world) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId, { from: 2, to: 3 });
    const nextAt = world.store.now() + 100;
    await fail(world, await claimOne(world), { seq: 2, nextAt });
    assert.deepEqual(await claim(world), []);
    assert.equal(await world.store.redeliveries.nextDueAt(), nextAt);
    await world.advance(150);
    const again = await claimOne(world);
    assert.deepEqual([again.cursor, again.failures], [1, 1]);
    await fail(world, again, { seq: 2, outcome: 'dead' });
    const next = await claimOne(world);
    assert.deepEqual([next.cursor, next.failures], [2, 0]);
    await fail(world, next, { seq: 3, outcome: 'dead' });
    assert.deepEqual(await claim(world), []);
  },

  'takes a claim back without an attempt': async (world) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId);
    const { redeliveries } = world.store;
    const first = await claimOne(world);
    const dueAt = world.store.now() + 100;
    assert.equal(await redeliveries.release(first.fence, { dueAt }), true);
    assert.equal(await redeliveries.release(first.fence, { dueAt }), false);
    assert.deepEqual(await claim(world), []);
    await world.advance(150);
    assert.equal((await claimOne(world)).failures, 0);
  },

  'gives one to another when its lease has expired': async (world) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId);
    const lost = await claimOne(world, LEASE_MS);
    assert.deepEqual(await claim(world), []);
    await world.advance(AFTER_LEASE_MS);
    const next = await claimOne(world);
    assert.equal(await succeed(world, lost, 4), false);
    assert.equal(
      await fail(world, lost, { seq: 2, outcome: 'dead', disable: true }),
      false,
    );
    assert.equal(await succeed(world, next, 2), true);
    assert.equal((await claimOne(world)).cursor, 2);
  },
};
