import assert from 'node:assert/strict';
import {
  type DueRedelivery,
  type RedeliveryAnswer,
} from '../push/redelivery-ledger.js';
import { type OriginNote } from '../push/push-origin.js';
import { SYSTEM_CONTEXT } from '../scope.js';
import {
  attemptOf,
  completed,
  LONG_LEASE_MS,
  pushConfig,
  statusEvent,
} from './builders.js';
import { FINE } from './failing-origins.js';
import { type World } from './world.js';

/** A task whose webhook has been told of the events 2 to 4. */
export async function createDone(
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

/** Wants a range of the events of a task sent once more, all of them unless told otherwise. */
export function redeliver(
  world: World,
  taskId: string,
  range: { configId?: string; from?: number; to?: number } = {},
): Promise<RedeliveryAnswer> {
  const command = { configId: 'hook', from: 1, to: 100, ...range, taskId };
  return world.store.redeliveries.add(command, SYSTEM_CONTEXT);
}

/** Takes on what is due, under a long lease unless told otherwise. */
export function claim(
  world: World,
  { max = 9, leaseMs = LONG_LEASE_MS } = {},
): Promise<readonly DueRedelivery[]> {
  return world.store.redeliveries.claimDue({ max, leaseMs });
}

/** Takes on the only one that is due. */
export async function claimOne(
  world: World,
  leaseMs = LONG_LEASE_MS,
): Promise<DueRedelivery> {
  const [due, another] = await claim(world, { leaseMs });
  assert.ok(due && !another, 'one redelivery should be due');
  return due;
}

/** Says that the events up to `seq` were sent once more. */
export async function succeed(
  world: World,
  { fence }: DueRedelivery,
  seq: number,
  origin?: OriginNote,
): Promise<boolean> {
  const attempt = attemptOf(fence, { seq, isRedelivery: true });
  const result = { upTo: seq, attempt, ...(origin && { origin }) };
  return (await world.store.redeliveries.succeed(fence, result)) !== undefined;
}

/** Says that an event could not be sent once more. */
export async function fail(
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

/** Pauses, disables or reactivates the webhook of a task. */
export function setState(
  world: World,
  taskId: string,
  state: 'active' | 'paused' | 'disabled',
) {
  const command = { taskId, configId: 'hook', state };
  return world.store.push.setState(command, SYSTEM_CONTEXT);
}
