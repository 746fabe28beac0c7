import assert from 'node:assert/strict';
import { type DueDelivery } from '../../push/push-ledger.js';
import { type OriginNote } from '../../push/push-origin.js';
import { type Scope, SYSTEM_CONTEXT } from '../../scope.js';
import {
  AFTER_LEASE_MS,
  ALICE,
  attemptOf,
  LEASE_MS,
  LONG_LEASE_MS,
  statusEvent,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const DEAD = 'https://dead.example';
const FINE = 'https://fine.example';
const OPEN_MS = 400;
const AFTER_OPEN_MS = 450;
/** Longer than a test takes. */
const LONG_MS = 60_000;

const UP: OriginNote = { kind: 'up' };
const breaker = { failures: 2, openMs: OPEN_MS, maxOpenMs: 2 * OPEN_MS };
const DOWN: OriginNote = { kind: 'down', breaker };
const LONG_DOWN: OriginNote = {
  kind: 'down',
  breaker: { failures: 2, openMs: LONG_MS, maxOpenMs: LONG_MS },
};

/** Tasks that each have one event for an origin, named as they are given. */
async function createFor(
  world: World,
  ids: readonly string[],
  { origin = DEAD, scope = ALICE }: { origin?: string; scope?: Scope } = {},
): Promise<void> {
  for (const id of ids) {
    const task = await world.create({ taskId: id, scope });
    await world.register(id, { id, origin });
    await world.append(id, [statusEvent(task, 'TASK_STATE_WORKING')]);
    await world.advance(2);
  }
}

function namesOf(due: readonly DueDelivery[]): string[] {
  return due.map(({ config }) => config.id);
}

/** Says that a delivery failed, and that it is due again at once. */
async function fail(
  world: World,
  { fence }: DueDelivery,
  origin: OriginNote = DOWN,
) {
  const nextAt = world.store.now();
  const attempt = attemptOf(fence, { seq: 2, outcome: 'failed', nextAt });
  const result = { attempt, disable: false, origin };
  return world.store.push.fail(fence, result);
}

/** Makes so many deliveries fail that the breaker opens. */
async function open(world: World, origin: OriginNote = DOWN): Promise<void> {
  const claim = { perOrigin: 2, max: 2 };
  for (const due of await world.claimDue(claim)) {
    await fail(world, due, origin);
  }
}

/** The only origin that fails. */
async function stateOf(world: World) {
  const [state, another] = await world.store.push.origins({ limit: 9 });
  assert.equal(another, undefined);
  return state;
}

/** Takes on one delivery, and nothing more is to be had. */
async function claimProbe(world: World, leaseMs = LONG_LEASE_MS) {
  const probe = await world.claimOneDue(leaseMs);
  assert.deepEqual(await world.claimDue(), []);
  return probe;
}

/** Origins that fail. */
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
