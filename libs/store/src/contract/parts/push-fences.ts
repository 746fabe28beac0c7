import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import {
  AFTER_LEASE_MS,
  LEASE_MS,
  statusEvent,
  type TaskRef,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

async function createDue(world: World) {
  const task = await world.create({
    // Two events, so that one more follows the first.
    more: (ref) => [working(ref), working(ref)],
    push: { config: { ...BASE, id: 'hook' }, maxPerTask: 1 },
  });
  return { taskId: task.taskId, id: 'hook', task };
}

const BASE = {
  protocolVersion: '1.0',
  select: 'status',
  origin: 'https://hooks.example',
  sealed: Uint8Array.of(1),
} as const;

function working(ref: TaskRef) {
  return statusEvent(ref, 'TASK_STATE_WORKING');
}

async function setState(
  world: World,
  { taskId, id }: { taskId: string; id: string },
  state: 'active' | 'paused' | 'disabled',
) {
  const command = { taskId, configId: id, state };
  assert.equal(await world.store.push.setState(command, SYSTEM_CONTEXT), true);
}

async function attemptsOf(world: World, taskId: string) {
  const query = { taskId, limit: 9 };
  return world.store.push.attempts(query, SYSTEM_CONTEXT);
}

/** What a sender may still write, and which attempts are remembered. */
export const pushFenceTests: StoreTests = {
  'lets nobody write after the claim was given back': async (world) => {
    const due = await createDue(world);
    const delivery = await world.claimOneDue();
    assert.equal(await world.succeed(delivery, 2), true);
    const before = await world.config(due);
    assert.equal(await world.succeed(delivery, 3), false);
    assert.equal(await world.fail(delivery, { seq: 3 }), false);
    assert.deepEqual(await world.config(due), before);
    assert.equal((await attemptsOf(world, due.taskId)).length, 1);
  },

  'gives a delivery to another when its lease has expired': async (world) => {
    const due = await createDue(world);
    const lost = await world.claimOneDue(LEASE_MS);
    assert.deepEqual(await world.claimDue(), []);
    await world.advance(AFTER_LEASE_MS);
    const next = await world.claimOneDue();
    assert.ok(next.fence.epoch > lost.fence.epoch);
    const before = await world.config(due);
    assert.equal(await world.succeed(lost, 2), false);
    const failure = { seq: 2, outcome: 'dead', disable: true } as const;
    assert.equal(await world.fail(lost, failure), false);
    assert.deepEqual(await world.config(due), before);
    assert.deepEqual(await attemptsOf(world, due.taskId), []);
    assert.equal(await world.succeed(next, 2), true);
  },

  'takes a claim back without an attempt, due again when it says': async (
    world,
  ) => {
    const due = await createDue(world);
    const delivery = await world.claimOneDue();
    const before = await world.config(due);
    const { push } = world.store;
    const dueAt = world.store.now() + 60_000;
    assert.equal(await push.release(delivery.fence, { dueAt }), true);
    assert.equal(await push.release(delivery.fence, { dueAt }), false);
    assert.equal(await world.succeed(delivery, 2), false);
    assert.deepEqual(await world.config(due), before);
    assert.deepEqual(await attemptsOf(world, due.taskId), []);
    assert.deepEqual(await world.claimDue(), []);
    assert.equal(await push.nextDueAt(), dueAt);
    await createDue(world);
    const { fence } = await world.claimOneDue();
    await push.release(fence, { dueAt: world.store.now() + 100 });
    await world.advance(150);
    await world.claimOneDue();
  },

  'says when the lease of a delivery expires': async (world) => {
    await createDue(world);
    const due = await world.store.push.nextDueAt();
    assert.ok(due !== undefined && due <= world.store.now());
    await world.claimOneDue(60_000);
    const expires = await world.store.push.nextDueAt();
    assert.ok(expires !== undefined && expires > world.store.now() + 50_000);
  },

  'goes on for a replaced configuration where it was, at once': async (
    world,
  ) => {
    const due = await createDue(world);
    await world.succeed(await world.claimOneDue(), 2);
    const nextAt = world.store.now() + 60_000;
    await world.fail(await world.claimOneDue(), { seq: 3, nextAt });
    const origin = 'https://other.example';
    const sealed = Uint8Array.of(7);
    await world.register(due.taskId, { id: due.id, origin, sealed });
    const { config } = await world.claimOneDue();
    assert.deepEqual([...config.sealed], [7]);
    assert.deepEqual(
      [config.origin, config.cursor, config.previous, config.state],
      [origin, 2, 2, 'active'],
    );
    // These were attempts to reach somebody else.
    assert.equal(config.failures, 0);
    assert.equal('failingSince' in config, false);
  },

  'voids the fence of a delivery whose configuration is replaced': async (
    world,
  ) => {
    const due = await createDue(world);
    const lost = await world.claimOneDue();
    await world.register(due.taskId, { id: due.id });
    assert.equal(await world.succeed(lost, 2), false);
    assert.equal((await world.config(due)).cursor, 0);
    const next = await world.claimOneDue();
    assert.equal(await world.fail(lost, { seq: 2, disable: true }), false);
    assert.equal(await world.succeed(next, 2), true);
  },

  'keeps a replaced configuration idle where nothing is waiting': async (
    world,
  ) => {
    const { taskId } = await world.create();
    await world.register(taskId, { id: 'hook' });
    await world.register(taskId, { id: 'hook' });
    assert.deepEqual(await world.claimDue(), []);
  },

  'reactivates a disabled configuration that is replaced, not a paused one':
    async (world) => {
      const due = await createDue(world);
      await setState(world, due, 'disabled');
      await world.register(due.taskId, { id: due.id });
      assert.equal((await world.config(due)).state, 'active');
      await setState(world, due, 'paused');
      await world.register(due.taskId, { id: due.id });
      assert.equal((await world.config(due)).state, 'paused');
      assert.deepEqual(await world.claimDue(), []);
    },

  'voids the fence of a delivery whose configuration is removed': async (
    world,
  ) => {
    const due = await createDue(world);
    const lost = await world.claimOneDue();
    await world.store.push.remove(due.taskId, due.id, SYSTEM_CONTEXT);
    assert.equal(await world.succeed(lost, 2), false);
    // A new one with the same name is another one.
    await world.register(due.taskId, { id: due.id });
    await world.append(due.taskId, [working(due.task)]);
    const { config } = await world.claimOneDue();
    assert.equal(config.cursor, 3);
    assert.equal(await world.succeed(lost, 4), false);
    assert.equal((await world.config(due)).cursor, 3);
  },

  'gives out nothing that is paused or disabled, and goes on at once later':
    async (world) => {
      const due = await createDue(world);
      for (const state of ['paused', 'disabled'] as const) {
        await setState(world, due, state);
        assert.equal((await world.config(due)).state, state);
        assert.deepEqual(await world.claimDue(), []);
        assert.equal(await world.store.push.nextDueAt(), undefined);
      }
      await setState(world, due, 'active');
      await world.succeed(await world.claimOneDue(), 3);

      await setState(world, due, 'paused');
      await world.append(due.taskId, [working(due.task)]);
      assert.deepEqual(await world.claimDue(), []);
      await setState(world, due, 'active');
      assert.equal((await world.claimOneDue()).config.cursor, 3);
    },

  'tries at once what waited to try again when it is reactivated': async (
    world,
  ) => {
    const due = await createDue(world);
    const nextAt = world.store.now() + 60_000;
    await world.fail(await world.claimOneDue(), { seq: 2, nextAt });
    await setState(world, due, 'paused');
    assert.equal((await world.config(due)).failures, 1);
    await setState(world, due, 'active');
    // Its failures are forgotten: the operator has had a reason to reactivate it.
    const { config } = await world.claimOneDue();
    assert.deepEqual([config.failures, config.failingSince], [0, undefined]);
  },

  'lets a delivery end that was under way when it was paused': async (
    world,
  ) => {
    const due = await createDue(world);
    const delivery = await world.claimOneDue();
    await setState(world, due, 'paused');
    assert.equal(await world.succeed(delivery, 2), true);
    assert.equal((await world.config(due)).cursor, 2);
    assert.deepEqual(await world.claimDue(), []);
    await setState(world, due, 'active');
    const next = await world.claimOneDue();
    await setState(world, due, 'paused');
    await setState(world, due, 'active');
    // Somebody is still at it.
    assert.deepEqual(await world.claimDue(), []);
    assert.equal(await world.succeed(next, 3), true);
  },

  'disables a configuration in the commit of its last failure': async (
    world,
  ) => {
    const due = await createDue(world);
    const nextAt = world.store.now();
    const failure = { seq: 2, nextAt, disable: true };
    assert.equal(await world.fail(await world.claimOneDue(), failure), true);
    const { state, cursor, failures } = await world.config(due);
    assert.deepEqual([state, cursor, failures], ['disabled', 0, 1]);
    assert.deepEqual(await world.claimDue(), []);
    assert.equal(await world.store.push.nextDueAt(), undefined);
    await setState(world, due, 'active');
    await world.claimOneDue();
  },
};
