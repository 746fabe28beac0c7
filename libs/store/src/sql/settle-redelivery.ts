import { type DeliveryAttempt, type Settled } from '../push/push-ledger.js';
import { type OriginNote } from '../push/push-origin.js';
import { type RedeliveryFence } from '../push/redelivery-ledger.js';
import { tenantKeyOf, toColumn } from './columns.js';
import { noteOfOrigin } from './note-origin.js';
import { pushValues } from './push-row.js';
import { WRITE_PUSH } from './push-statements.js';
import { type RedeliveryRow, toRedeliveryRow } from './redelivery-row.js';
import {
  DELETE_REDELIVERY,
  LOCK_REDELIVERY,
  WRITE_REDELIVERY,
} from './redelivery-statements.js';
import { noteAttempt } from './settle-push.js';
import { type SqlSession } from './sql-database.js';
import { type LockedTask, lockTask } from './task-writer.js';

/** What becomes of a redelivery, and what is to be noted. */
export interface RedeliverySettlement {
  /** The last event that is done. */
  readonly cursor: number;
  readonly failures: number;
  readonly dueAt: number;
  readonly disable?: boolean;
  readonly attempt?: DeliveryAttempt | undefined;
  readonly origin?: OriginNote | undefined;
}

/**
 * Ends a redelivery whose fence still holds; one that is at its end is gone.
 *
 * @returns `undefined` where the fence held no more
 */
export async function settleRedelivery(
  session: SqlSession,
  fence: RedeliveryFence,
  change: (row: RedeliveryRow, now: number) => RedeliverySettlement,
): Promise<Settled | undefined> {
  const held = await lockHeld(session, fence);
  if (!held) {
    return undefined;
  }
  const { row, task, hasFailures } = held;
  const { push } = row;
  const { scope } = task.row;
  const settled = change(row, task.now);
  await write(session, row, settled);
  if (settled.disable) {
    const disabled = { ...push, state: 'disabled' as const };
    await session.run(WRITE_PUSH, pushValues(disabled, scope));
  }
  if (settled.attempt) {
    await noteAttempt(session, push.num, settled.attempt);
  }
  const noted = { origin: push.origin, scope, hasFailures };
  const origin =
    settled.origin && (await noteOfOrigin(session, noted, settled.origin));
  return origin ? { origin } : {};
}

interface HeldRedelivery {
  readonly row: RedeliveryRow;
  readonly task: LockedTask;
  /** Whether its origin has failed the tenant. */
  readonly hasFailures: boolean;
}

async function lockHeld(
  session: SqlSession,
  { taskId, configId, redelivery, epoch }: RedeliveryFence,
): Promise<HeldRedelivery | undefined> {
  const task = await lockTask(session, taskId, 'system');
  if (!task) {
    return undefined;
  }
  const { num, scope } = task.row;
  const values = [redelivery, num, toColumn(configId), tenantKeyOf(scope)];
  const [found] = await session.run(LOCK_REDELIVERY, values);
  const row = found && toRedeliveryRow(found);
  return row?.isHeld && row.epoch === epoch
    ? { row, task, hasFailures: Boolean(found?.has_failures) }
    : undefined;
}

async function write(
  session: SqlSession,
  { num, to }: RedeliveryRow,
  { cursor, failures, dueAt }: RedeliverySettlement,
): Promise<void> {
  await (cursor < to
    ? session.run(WRITE_REDELIVERY, [num, cursor, failures, dueAt])
    : session.run(DELETE_REDELIVERY, [num]));
}
