import {
  type DeliveryAttempt,
  type DeliveryFailure,
  type DeliverySuccess,
  type PushFence,
  type Settled,
} from '../push/push-ledger.js';
import { type OriginNote } from '../push/push-origin.js';
import { tenantKeyOf, toColumn } from './columns.js';
import { noteOfOrigin } from './note-origin.js';
import {
  attemptValues,
  dueNow,
  type PushRow,
  pushValues,
  toPushRow,
} from './push-row.js';
import {
  INSERT_ATTEMPT,
  LOCK_DELIVERY,
  TRIM_ATTEMPTS,
  WRITE_PUSH,
} from './push-statements.js';
import { type SqlSession } from './sql-database.js';
import { type LockedTask, lockTask } from './task-writer.js';

/** How many attempts a configuration remembers. */
const MAX_ATTEMPTS = 100;

/** What becomes of a delivery: its row as it is from now on, and what is to be noted. */
export interface Settlement {
  readonly push: PushRow;
  readonly attempt?: DeliveryAttempt | undefined;
  readonly origin?: OriginNote | undefined;
}

/**
 * Ends a delivery whose fence still holds. The task is locked before its events
 * are looked at, so none can be appended unseen between the look and the write.
 *
 * @returns `undefined` where the fence held no more
 */
export async function settlePush(
  session: SqlSession,
  fence: PushFence,
  change: (push: PushRow, task: LockedTask) => Settlement,
): Promise<Settled | undefined> {
  const held = await lockHeld(session, fence);
  if (!held) {
    return undefined;
  }
  const { push, task, hasFailures } = held;
  const { scope } = task.row;
  const { attempt, origin: note, ...settled } = change(push, task);
  await session.run(WRITE_PUSH, pushValues(settled.push, scope));
  if (attempt) {
    await noteAttempt(session, push.num, attempt);
  }
  const noted = { origin: push.origin, scope, hasFailures };
  const origin = note && (await noteOfOrigin(session, noted, note));
  return origin ? { origin } : {};
}

/** Notes an attempt among the last ones of a configuration. */
export async function noteAttempt(
  session: SqlSession,
  push: number,
  attempt: DeliveryAttempt,
): Promise<void> {
  await session.run(INSERT_ATTEMPT, attemptValues(push, attempt));
  await session.run(TRIM_ATTEMPTS, [push, MAX_ATTEMPTS]);
}

interface HeldPush {
  readonly push: PushRow;
  readonly task: LockedTask;
  /** Whether its origin has failed the tenant. */
  readonly hasFailures: boolean;
}

async function lockHeld(
  session: SqlSession,
  { taskId, configId, epoch }: PushFence,
): Promise<HeldPush | undefined> {
  const task = await lockTask(session, taskId, 'system');
  if (!task) {
    return undefined;
  }
  const { num, scope } = task.row;
  const values = [num, toColumn(configId), tenantKeyOf(scope)];
  const [found] = await session.run(LOCK_DELIVERY, values);
  const push = found && toPushRow(found);
  return push?.isHeld && push.epoch === epoch
    ? { push, task, hasFailures: Boolean(found?.has_failures) }
    : undefined;
}

/** A delivery that has succeeded up to an event. */
export function succeeded(
  push: PushRow,
  { row, now }: LockedTask,
  { upTo, attempt, origin }: DeliverySuccess,
): Settlement {
  const cursor = Math.max(push.cursor, upTo);
  const moved = {
    ...push,
    cursor,
    ...(attempt && {
      previous: attempt.seq,
      failures: 0,
      failingSince: undefined,
    }),
  };
  const dueAt = dueNow(moved, row.lastSelected, now);
  return { push: givenBack(moved, dueAt), attempt, origin };
}

/** A delivery that has failed. */
export function failed(
  push: PushRow,
  { row, now }: LockedTask,
  { attempt, upTo = 0, disable, origin }: DeliveryFailure,
): Settlement {
  const isDead = attempt.outcome === 'dead';
  const moved: PushRow = {
    ...push,
    cursor: Math.max(push.cursor, upTo, isDead ? attempt.seq : 0),
    failures: isDead ? 0 : push.failures + 1,
    failingSince: push.failingSince ?? attempt.at,
    ...(isDead && { previous: attempt.seq }),
    ...(disable && { state: 'disabled' }),
  };
  const dueAt = isDead
    ? dueNow(moved, row.lastSelected, now)
    : (attempt.nextAt ?? now);
  return { push: givenBack(moved, dueAt), attempt, origin };
}

/** The claim is given back: due at a time, or idle. */
export function givenBack(push: PushRow, dueAt: number | undefined): PushRow {
  return { ...push, isHeld: false, dueAt };
}
