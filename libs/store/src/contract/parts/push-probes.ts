import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { AFTER_LEASE_MS, LEASE_MS } from '../builders.js';
import {
  AFTER_OPEN_MS,
  claimProbe,
  createFor,
  fail,
  LONG_MS,
  open,
  OPEN_MS,
  stateOf,
  UP,
} from '../failing-origins.js';
import { type StoreTests } from '../world.js';

/** Whether an origin that was left alone has come back. */
export const pushProbeTests: StoreTests = {
  'lets one probe through when the time is over, however many ask (D25)':
    async (world) => {
      await createFor(world, ['a', 'b', 'c', 'd']);
      await open(world);
      await world.advance(AFTER_OPEN_MS);
      const rounds = await Promise.all(
        Array.from({ length: 4 }, (_, index) =>
          world.claimDue({ owner: `owner-${index}` }),
        ),
      );
      const rest = await world.claimDue();
      assert.equal([...rounds.flat(), ...rest].length, 1);
    },

  'closes by a probe that is answered: the others are due at once (D25)':
    async (world) => {
      await createFor(world, ['a', 'b', 'c', 'd']);
      await open(world);
      await world.advance(AFTER_OPEN_MS);
      const probe = await claimProbe(world);
      const settled = await world.store.push.succeed(probe.fence, {
        upTo: 2,
        origin: UP,
      });
      assert.deepEqual(settled, { origin: { kind: 'closed' } });
      assert.equal(await stateOf(world), undefined);
      assert.equal((await world.claimDue()).length, 3);
    },

  'opens again by a probe that fails, for twice as long at first (D25)': async (
    world,
  ) => {
    await createFor(world, ['a', 'b', 'c', 'd']);
    await open(world);
    await world.advance(AFTER_OPEN_MS);
    const before = world.store.now();
    await fail(world, await claimProbe(world));
    const state = await stateOf(world);
    assert.equal(state?.failures, 3);
    assert.ok((state?.openUntil ?? 0) >= before + 2 * OPEN_MS - 10);
    await world.advance(AFTER_OPEN_MS);
    assert.deepEqual(await world.claimDue(), []);
    await world.advance(AFTER_OPEN_MS);
    const probe = await claimProbe(world);
    await world.succeed(probe, 2, UP);
    assert.equal((await world.claimDue()).length, 3);
  },

  'sends no probe while something is still under way': async (world) => {
    await createFor(world, ['a', 'b', 'c', 'd']);
    const [a, b, late] = await world.claimDue({ max: 3 });
    assert.ok(a && b && late);
    await fail(world, a);
    await fail(world, b);
    await world.advance(AFTER_OPEN_MS);
    assert.deepEqual(await world.claimDue(), []);
    assert.equal(await world.succeed(late, 2, UP), true);
    assert.equal((await world.claimDue()).length, 3);
  },

  'lets another probe through when the lease of the first has expired': async (
    world,
  ) => {
    await createFor(world, ['a', 'b']);
    await open(world);
    await world.store.push.remove('b', 'b', SYSTEM_CONTEXT);
    await world.advance(AFTER_OPEN_MS);
    const lost = await claimProbe(world, LEASE_MS);
    await world.advance(AFTER_LEASE_MS);
    const next = await claimProbe(world);
    assert.equal(await fail(world, lost), undefined);
    assert.equal((await stateOf(world))?.failures, 2);
    await world.succeed(next, 2, UP);
    assert.equal(await stateOf(world), undefined);
  },

  'lets another probe through when the first is given back or gone': async (
    world,
  ) => {
    await createFor(world, ['a', 'b', 'c', 'd']);
    await open(world);
    await world.advance(AFTER_OPEN_MS);
    const first = await claimProbe(world);
    const dueAt = world.store.now() + LONG_MS;
    await world.store.push.release(first.fence, { dueAt });
    const second = await claimProbe(world);
    assert.notEqual(second.config.id, first.config.id);
    const { taskId, id } = second.config;
    await world.store.push.remove(taskId, id, SYSTEM_CONTEXT);
    await claimProbe(world);
  },
};
