import assert from 'node:assert/strict';
import { type DueRedelivery } from '../../push/redelivery-ledger.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused } from '../assertions.js';
import {
  AFTER_OPEN_MS,
  createFor,
  DEAD,
  DOWN,
  open,
  stateOf,
  UP,
} from '../failing-origins.js';
import {
  claim,
  claimOne,
  createDone,
  fail,
  redeliver,
  setState,
  succeed,
} from '../redeliveries.js';
import { type StoreTests } from '../world.js';

const ALL_ENDED = {
  finishedBefore: 4_000_000_000_000,
  keepFinished: 0,
  limit: 9,
};

/** Who sends a webhook something once more, and when. */
export const pushRedeliveryClaimTests: StoreTests = {
  'is given to one, however many ask': async (world) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId);
    const claims = await Promise.all([1, 2, 3, 4].map(() => claim(world)));
    assert.equal(claims.flat().length, 1);
  },

  'does those of a configuration in their order': async (world) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId, { from: 4, to: 4 });
    await redeliver(world, taskId, { from: 2, to: 2 });
    const first = await claimOne(world);
    const dueAt = world.store.now() + 60_000;
    await world.store.redeliveries.release(first.fence, { dueAt });
    assert.deepEqual(await claim(world), []);
    const other = await createDone(world, 'hook', DEAD);
    await redeliver(world, other);
    assert.equal((await claimOne(world)).config.taskId, other);
  },

  'sends one at a time to an origin, and to others meanwhile': async (
    world,
  ) => {
    const ids = [await createDone(world), await createDone(world)];
    const elsewhere = await createDone(world, 'hook', DEAD);
    for (const taskId of [...ids, elsewhere]) {
      await redeliver(world, taskId);
      await world.advance(2);
    }
    const due = await claim(world);
    const claimed = due.map(({ config }) => config.taskId);
    assert.deepEqual(claimed, [ids[0], elsewhere]);
    assert.deepEqual(await claim(world), []);
    assert.equal(await succeed(world, due[0] as DueRedelivery, 4), true);
    assert.equal((await claimOne(world)).config.taskId, ids[1]);
  },

  'gives out as many as are asked for, the longest due first': async (
    world,
  ) => {
    const early = await createDone(world);
    const late = await createDone(world, 'hook', DEAD);
    await redeliver(world, early);
    await world.advance(2);
    await redeliver(world, late);
    const [due, another] = await claim(world, { max: 1 });
    assert.equal(another, undefined);
    assert.equal(due?.config.taskId, early);
  },

  'keeps a bounded number waiting': async (world) => {
    const taskId = await createDone(world);
    for (let count = 0; count < 10; count += 1) {
      await redeliver(world, taskId);
    }
    await assertRefused(redeliver(world, taskId), 'TOO_MANY_REDELIVERIES');
    const other = await createDone(world);
    assert.equal((await redeliver(world, other)).kind, 'accepted');
  },

  'waits while the configuration is not active (D26)': async (world) => {
    const taskId = await createDone(world);
    for (const state of ['paused', 'disabled'] as const) {
      await setState(world, taskId, state);
      await redeliver(world, taskId, { from: 2, to: 2 });
      assert.deepEqual(await claim(world), []);
      assert.equal(await world.store.redeliveries.nextDueAt(), undefined);
      await setState(world, taskId, 'active');
      await succeed(world, await claimOne(world), 2);
    }
  },

  'goes to the receiver that took the place of another (D22)': async (
    world,
  ) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId);
    await succeed(world, await claimOne(world), 2);
    const sealed = Uint8Array.of(9);
    await world.register(taskId, { id: 'hook', origin: DEAD, sealed });
    const { config, cursor } = await claimOne(world);
    assert.deepEqual([config.origin, cursor], [DEAD, 2]);
    assert.deepEqual([...config.sealed], [9]);
  },

  'goes with its configuration (D21)': async (world) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId);
    const late = await claimOne(world);
    await world.store.push.remove(taskId, 'hook', SYSTEM_CONTEXT);
    await world.register(taskId, { id: 'hook' });
    assert.equal(await succeed(world, late, 4), false);
    assert.deepEqual(await claim(world), []);
    assert.equal(await world.store.redeliveries.nextDueAt(), undefined);
  },

  'goes with a task that is deleted': async (world) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId);
    await world.store.log.delete(taskId, SYSTEM_CONTEXT);
    assert.deepEqual(await claim(world), []);
    assert.equal(await world.store.redeliveries.nextDueAt(), undefined);
  },

  'keeps its task from being removed, unless it is disabled': async (world) => {
    const taskId = await createDone(world);
    const { log } = world.store;
    await redeliver(world, taskId);
    assert.deepEqual((await log.purge(ALL_ENDED)).taskIds, []);
    await setState(world, taskId, 'paused');
    assert.deepEqual((await log.purge(ALL_ENDED)).taskIds, []);
    await setState(world, taskId, 'disabled');
    assert.deepEqual((await log.purge(ALL_ENDED)).taskIds, [taskId]);
    assert.deepEqual(await claim(world), []);
  },

  'disables the configuration in the same commit': async (world) => {
    const taskId = await createDone(world);
    await redeliver(world, taskId);
    await fail(world, await claimOne(world), {
      seq: 2,
      outcome: 'dead',
      disable: true,
    });
    const { state, cursor } = await world.config({ taskId, id: 'hook' });
    assert.deepEqual([state, cursor], ['disabled', 4]);
    assert.deepEqual(await claim(world), []);
    await setState(world, taskId, 'active');
    assert.equal((await claimOne(world)).cursor, 2);
  },

  'waits while the origin is left alone, and for its probe (D25)': async (
    world,
  ) => {
    const taskId = await createDone(world, 'hook', DEAD);
    await createFor(world, ['a', 'b']);
    await open(world);
    await redeliver(world, taskId);
    assert.deepEqual(await claim(world), []);
    const nextAt = await world.store.redeliveries.nextDueAt();
    assert.equal(nextAt, (await stateOf(world))?.openUntil);
    await world.advance(AFTER_OPEN_MS);
    assert.deepEqual(await claim(world), [], 'a delivery is the probe');
    await world.succeed(await world.claimOneDue(), 2, UP);
    await claimOne(world);
  },

  'is the probe where nothing else is to be delivered (D25)': async (world) => {
    const taskId = await createDone(world, 'hook', DEAD);
    await redeliver(world, taskId);
    for (const failures of [1, 2]) {
      const due = await claimOne(world);
      const nextAt = world.store.now();
      await fail(world, due, { seq: 2, nextAt, origin: DOWN });
      assert.equal((await stateOf(world))?.failures, failures);
    }
    assert.deepEqual(await claim(world), []);
    await world.advance(AFTER_OPEN_MS);
    await succeed(world, await claimOne(world), 2, UP);
    assert.equal(await stateOf(world), undefined);
  },
};
