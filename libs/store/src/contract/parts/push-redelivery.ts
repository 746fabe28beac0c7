import assert from 'node:assert/strict';
import {
  type DueRedelivery,
  type RedeliveryAnswer,
} from '../../push/redelivery-ledger.js';
import { type OriginNote } from '../../push/push-origin.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused } from '../assertions.js';
import {
  AFTER_LEASE_MS,
  ALICE,
  attemptOf,
  completed,
  LEASE_MS,
  LONG_LEASE_MS,
  pushConfig,
  statusEvent,
} from '../builders.js';
import {
  AFTER_OPEN_MS,
  createFor,
  DEAD,
  DOWN,
  FINE,
  open,
  stateOf,
  UP,
} from '../failing-origins.js';
import { type StoreTests, type World } from '../world.js';

const ALL_ENDED = { finishedBefore: 4_000_000_000_000, keepFinished: 0, limit: 9 };

/** A task whose webhook has been told of the events 2 to 4. */
async function createDone(
  world: World,
  id = 'hook',
  origin = FINE,
): Promise<string> {
  const { taskId } = await world.create({
    more: (ref) => [
      statusEvent(ref, 'TASK_STATE_WORKING'),
      statusEvent(ref, 'TASK_STATE_WORKING'),
      completed(ref),
    ],
    push: { config: pushConfig({ id, origin }), maxPerTask: 1 },
  });
  await world.succeed(await world.claimOneDue(), 4);
  return taskId;
}

function redeliver(
  world: World,
  taskId: string,
  range: { configId?: string; from?: number; to?: number } = {},
): Promise<RedeliveryAnswer> {
  const command = { configId: 'hook', from: 1, to: 100, ...range, taskId };
  return world.store.redeliveries.add(command, SYSTEM_CONTEXT);
}

function claim(
  world: World,
  { max = 9, leaseMs = LONG_LEASE_MS } = {},
): Promise<readonly DueRedelivery[]> {
  return world.store.redeliveries.claimDue({ max, leaseMs });
}

async function claimOne(
  world: World,
  leaseMs = LONG_LEASE_MS,
): Promise<DueRedelivery> {
  const [due, another] = await claim(world, { leaseMs });
  assert.ok(due && !another, 'one redelivery should be due');
  return due;
}

async function succeed(
  world: World,
  { fence }: DueRedelivery,
  seq: number,
  origin?: OriginNote,
): Promise<boolean> {
  const attempt = attemptOf(fence, { seq, isRedelivery: true });
  const result = { upTo: seq, attempt, ...(origin && { origin }) };
  return (await world.store.redeliveries.succeed(fence, result)) !== undefined;
}

async function fail(
  world: World,
  { fence }: DueRedelivery,
  {
    disable = false,
    origin,
    ...rest
  }: Partial<ReturnType<typeof attemptOf>> & {
    readonly seq: number;
    readonly disable?: boolean;
    readonly origin?: OriginNote;
  },
): Promise<boolean> {
  const attempt = attemptOf(fence, { outcome: 'failed', ...rest });
  const result = { attempt, disable, ...(origin && { origin }) };
  return (await world.store.redeliveries.fail(fence, result)) !== undefined;
}

function setState(
  world: World,
  taskId: string,
  state: 'active' | 'paused' | 'disabled',
) {
  const command = { taskId, configId: 'hook', state };
  return world.store.push.setState(command, SYSTEM_CONTEXT);
}

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
