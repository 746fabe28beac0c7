import assert from 'node:assert/strict';
import { type DueDelivery } from '../push/push-ledger.js';
import { type OriginNote } from '../push/push-origin.js';
import { type Scope } from '../scope.js';
import { ALICE, attemptOf, LONG_LEASE_MS, statusEvent } from './builders.js';
import { type World } from './world.js';

export const DEAD = 'https://dead.example';
export const FINE = 'https://fine.example';
export const OPEN_MS = 400;
export const AFTER_OPEN_MS = 450;
/** Longer than a test takes. */
export const LONG_MS = 60_000;

export const UP: OriginNote = { kind: 'up' };
const breaker = { failures: 2, openMs: OPEN_MS, maxOpenMs: 2 * OPEN_MS };
export const DOWN = { kind: 'down', breaker } as const satisfies OriginNote;
export const LONG_DOWN: OriginNote = {
  kind: 'down',
  breaker: { failures: 2, openMs: LONG_MS, maxOpenMs: LONG_MS },
};

/** Tasks that each have one event for an origin, named as they are given. */
export async function createFor(
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

export function namesOf(due: readonly DueDelivery[]): string[] {
  return due.map(({ config }) => config.id);
}

/** Says that a delivery failed, and that it is due again at once. */
export async function fail(
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
export async function open(
  world: World,
  origin: OriginNote = DOWN,
): Promise<void> {
  const claim = { perOrigin: 2, max: 2 };
  for (const due of await world.claimDue(claim)) {
    await fail(world, due, origin);
  }
}

/** The only origin that fails. */
export async function stateOf(world: World) {
  const [state, another] = await world.store.push.origins({ limit: 9 });
  assert.equal(another, undefined);
  return state;
}

/** Takes on one delivery, and nothing more is to be had. */
export async function claimProbe(world: World, leaseMs = LONG_LEASE_MS) {
  const probe = await world.claimOneDue(leaseMs);
  assert.deepEqual(await world.claimDue(), []);
  return probe;
}
