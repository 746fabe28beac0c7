import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { ALICE, LONG_LEASE_MS } from '../builders.js';
import {
  AFTER_OPEN_MS,
  claimProbe,
  createFor,
  DEAD,
  DOWN,
  fail,
  FINE,
  LONG_DOWN,
  LONG_MS,
  namesOf,
  open,
  stateOf,
  UP,
} from '../failing-origins.js';
import { type StoreTests } from '../world.js';

/** Origins that fail, and are left alone. */
export const pushBreakerTests: StoreTests = {
  'gives out nothing for an origin after so many failures in a row, and uses up no attempts':
    async (world) => {
      await createFor(world, ['a', 'b', 'c']);
      const [a, b, c] = await world.claimDue();
      assert.ok(a && b && c);
      assert.deepEqual(await fail(world, a, LONG_DOWN), {});
      assert.deepEqual(namesOf(await world.claimDue()), ['a']);
      const opened = await fail(world, b, LONG_DOWN);
      const state = await stateOf(world);
      assert.ok(state?.openUntil !== undefined);
      assert.ok(state.openUntil > world.store.now() + LONG_MS / 2);
      assert.deepEqual(opened, {
        origin: { kind: 'opened', failures: 2, openUntil: state.openUntil },
      });
      await world.store.push.release(c.fence, { dueAt: world.store.now() });
      await createFor(world, ['d']);
      assert.deepEqual(await world.claimDue(), []);
      const { failures } = await world.config({ taskId: 'c', id: 'c' });
      assert.equal(failures, 0);
    },

  'counts failures that follow one another only': async (world) => {
    await createFor(world, ['a', 'b', 'c', 'd']);
    const [a, b, c, d] = await world.claimDue();
    assert.ok(a && b && c && d);
    await fail(world, a, LONG_DOWN);
    assert.equal((await stateOf(world))?.failures, 1);
    assert.deepEqual(
      await world.store.push.succeed(b.fence, { upTo: 2, origin: UP }),
      {},
    );
    assert.equal(await stateOf(world), undefined);
    await fail(world, c, LONG_DOWN);
    await createFor(world, ['e']);
    assert.ok(namesOf(await world.claimDue()).includes('e'));
    await fail(world, d, LONG_DOWN);
    await createFor(world, ['f']);
    assert.deepEqual(await world.claimDue(), []);
  },

  'counts for nothing where nobody says what it means': async (world) => {
    await createFor(world, ['a', 'b', 'c']);
    for (const due of await world.claimDue()) {
      await world.fail(due, { seq: 2, nextAt: world.store.now() });
    }
    assert.equal(await stateOf(world), undefined);
    assert.equal((await world.claimDue()).length, 3);
  },

  'holds back no other origin, and no other tenant of the same': async (
    world,
  ) => {
    await createFor(world, ['a', 'b']);
    await open(world, LONG_DOWN);
    await createFor(world, ['same tenant'], {
      scope: { ...ALICE, principal: 'bob' },
    });
    await createFor(world, ['origin'], { origin: FINE });
    const globex = { ...ALICE, tenant: 'globex' };
    await createFor(world, ['tenant'], { scope: globex });
    const invoices = { ...ALICE, agent: 'invoices' };
    await createFor(world, ['agent'], { scope: invoices });
    assert.deepEqual(namesOf(await world.claimDue()), [
      'origin',
      'tenant',
      'agent',
    ]);
  },

  'closes also by an answer that is a failure of the webhook alone': async (
    world,
  ) => {
    await createFor(world, ['a', 'b', 'c', 'd']);
    await open(world);
    await world.advance(AFTER_OPEN_MS);
    const settled = await fail(world, await claimProbe(world), UP);
    assert.deepEqual(settled, { origin: { kind: 'closed' } });
    assert.equal((await world.claimDue()).length, 4);
  },

  'learns nothing from what ends while it is open: it began before': async (
    world,
  ) => {
    await createFor(world, ['a', 'b', 'c', 'd', 'e']);
    const [a, b, c, d] = await world.claimDue({ max: 4 });
    assert.ok(a && b && c && d);
    await fail(world, a, LONG_DOWN);
    await fail(world, b, LONG_DOWN);
    const state = await stateOf(world);
    assert.deepEqual(await fail(world, c, LONG_DOWN), {});
    assert.equal(await world.succeed(d, 2, UP), true);
    assert.deepEqual(await stateOf(world), state);
    assert.deepEqual(await world.claimDue(), []);
  },

  'holds an origin back for as long as it asks, by one answer (D10)': async (
    world,
  ) => {
    await createFor(world, ['a', 'b', 'c']);
    const heldUntil = world.store.now() + LONG_MS;
    const due = await world.claimDue({ max: 1 });
    assert.ok(due[0]);
    const settled = await fail(world, due[0], { ...DOWN, heldUntil });
    assert.deepEqual(settled, {
      origin: { kind: 'opened', failures: 1, openUntil: heldUntil },
    });
    assert.deepEqual(await world.claimDue(), []);
    assert.equal(await world.store.push.nextDueAt(), heldUntil);
  },

  'says when the next probe may be sent, and nothing sooner': async (world) => {
    await createFor(world, ['a', 'b', 'c']);
    await open(world);
    const { openUntil } = (await stateOf(world)) ?? {};
    assert.equal(await world.store.push.nextDueAt(), openUntil);
    const globex = { ...ALICE, tenant: 'globex' };
    await createFor(world, ['other'], { scope: globex });
    const now = await world.store.push.nextDueAt();
    assert.ok(now !== undefined && now <= world.store.now());
    assert.deepEqual(namesOf(await world.claimDue()), ['other']);
    assert.equal(await world.store.push.nextDueAt(), openUntil);
    await world.advance(AFTER_OPEN_MS);
    await claimProbe(world, LONG_LEASE_MS);
    // Until the end of a lease there is nothing to do.
    const next = await world.store.push.nextDueAt();
    assert.ok((next ?? 0) > world.store.now() + LONG_LEASE_MS / 2);
  },

  'shows the origins that fail, those that are open for longest first': async (
    world,
  ) => {
    await createFor(world, ['a', 'b']);
    await open(world, LONG_DOWN);
    const scope = { ...ALICE, agent: 'invoices', tenant: 'globex' };
    await createFor(world, ['c'], { origin: FINE, scope });
    const [c] = await world.claimDue();
    assert.ok(c);
    await fail(world, c);
    const { push } = world.store;
    const [first, second, ...rest] = await push.origins({ limit: 9 });
    const { agent, tenant } = ALICE;
    const openUntil = first?.openUntil;
    assert.ok(openUntil !== undefined);
    assert.deepEqual(
      [first, second],
      [
        { agent, tenant, origin: DEAD, failures: 2, openUntil },
        { agent: 'invoices', tenant: 'globex', origin: FINE, failures: 1 },
      ],
    );
    assert.deepEqual(rest, []);
    assert.deepEqual(await push.origins({ limit: 1 }), [first]);
  },

  'forgets an origin for which nothing waits any more, once it is not open':
    async (world) => {
      const policy = { finishedBefore: 0, keepFinished: 99, limit: 9 };
      const purge = () => world.store.log.purge(policy);
      await createFor(world, ['a', 'b']);
      await open(world);
      await purge();
      assert.equal((await stateOf(world))?.failures, 2);
      for (const id of ['a', 'b']) {
        await world.store.push.remove(id, id, SYSTEM_CONTEXT);
      }
      await purge();
      // The receiver is promised this time, whoever comes next.
      assert.equal((await stateOf(world))?.failures, 2);
      await world.advance(AFTER_OPEN_MS);
      await purge();
      assert.equal(await stateOf(world), undefined);
    },

  'does not forget an origin for which something waits': async (world) => {
    const policy = { finishedBefore: 0, keepFinished: 99, limit: 9 };
    await createFor(world, ['a', 'b']);
    await open(world);
    await world.advance(AFTER_OPEN_MS);
    await world.store.log.purge(policy);
    assert.equal((await stateOf(world))?.failures, 2);
    await claimProbe(world);
    await world.store.log.purge(policy);
    assert.equal((await stateOf(world))?.failures, 2);
  },
};
