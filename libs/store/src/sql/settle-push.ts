import { type Seq } from '../log/task-event.js';
import { type DeliveryAttempt, type PushFence } from '../push/push-ledger.js';
import { toColumn } from './columns.js';
import {
  attemptValues,
  dueNow,
  type PushRow,
  pushValues,
  toPushRow,
} from './push-row.js';
import {
  INSERT_ATTEMPT,
  LOCK_PUSH,
  TRIM_ATTEMPTS,
  WRITE_PUSH,
} from './push-statements.js';
import { type SqlSession } from './sql-database.js';
import { type LockedTask, lockTask } from './task-writer.js';

/** How many attempts a configuration remembers. */
const MAX_ATTEMPTS = 100;

/** What becomes of a delivery: its row as it is from now on, and the attempt to note. */
export interface Settlement {
  readonly push: PushRow;
  readonly attempt?: DeliveryAttempt | undefined;
}

/**
 * Ends a delivery whose fence still holds. The task is locked before its events
 * are looked at, so none can be appended unseen between the look and the write.
 *
 * @returns whether the fence held
 */
export async function settlePush(
  session: SqlSession,
  { taskId, configId, epoch }: PushFence,
  change: (push: PushRow, task: LockedTask) => Settlement,
): Promise<boolean> {
  const task = await lockTask(session, taskId, 'system');
  const values = task && [task.row.num, toColumn(configId)];
  const [found] = values ? await session.run(LOCK_PUSH, values) : [];
  const push = found && toPushRow(found);
  if (!task || !push?.isHeld || push.epoch !== epoch) {
    return false;
  }
  const settled = change(push, task);
  await session.run(WRITE_PUSH, pushValues(settled.push));
  if (settled.attempt) {
    const attempt = attemptValues(push.num, settled.attempt);
    await session.run(INSERT_ATTEMPT, attempt);
    await session.run(TRIM_ATTEMPTS, [push.num, MAX_ATTEMPTS]);
  }
  return true;
}

/** A delivery that has succeeded up to an event. */
export function succeeded(
  push: PushRow,
  { row, now }: LockedTask,
  { upTo, attempt }: { readonly upTo: Seq; readonly attempt?: DeliveryAttempt },
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
  return { push: givenBack(moved, dueAt), attempt };
}

/** A delivery that has failed. */
export function failed(
  push: PushRow,
  { row, now }: LockedTask,
  { attempt, disable }: { attempt: DeliveryAttempt; disable: boolean },
): Settlement {
  const isDead = attempt.outcome === 'dead';
  const moved: PushRow = {
    ...push,
    failures: isDead ? 0 : push.failures + 1,
    failingSince: push.failingSince ?? attempt.at,
    ...(isDead && {
      cursor: Math.max(push.cursor, attempt.seq),
      previous: attempt.seq,
    }),
    ...(disable && { state: 'disabled' }),
  };
  const dueAt = isDead
    ? dueNow(moved, row.lastSelected, now)
    : (attempt.nextAt ?? now);
  return { push: givenBack(moved, dueAt), attempt };
}

/** The claim is given back: due at a time, or idle. */
export function givenBack(push: PushRow, dueAt: number | undefined): PushRow {
  return { ...push, isHeld: false, dueAt };
}
