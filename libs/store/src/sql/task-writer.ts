import { type DraftEvent } from '../log/draft-event.js';
import { type Seq, type StoredEvent } from '../log/task-event.js';
import { type Access, mayAccess } from '../scope.js';
import { StoreError } from '../store-error.js';
import { advanceTask, selectedBy } from './advance-task.js';
import { optionalNumber, toColumn } from './columns.js';
import { eventValues } from './event-row.js';
import { WAKE_PUSH } from './push-statements.js';
import { selectionsOf } from './selections.js';
import { type SqlSession } from './sql-database.js';
import { changingValues, type TaskRow, toTaskRow } from './task-row.js';
import {
  INSERT_EVENT,
  LOCK_TASK,
  NEXT_TURN,
  WRITE_TASK,
} from './task-statements.js';

/** A task that this transaction has locked, and what time it was then. */
export interface LockedTask {
  readonly row: TaskRow;
  readonly now: number;
}

/** Locks a task that the caller may touch. Everything that changes a task or its configurations does so first. */
export async function lockTask(
  session: SqlSession,
  taskId: string,
  access: Access,
): Promise<LockedTask | undefined> {
  const [found] = await session.run(LOCK_TASK, [toColumn(taskId)]);
  const row = found && toTaskRow(found);
  return row && mayAccess(access, row.scope)
    ? { row, now: Number(found.now) }
    : undefined;
}

/** What a task that is not there is answered with. */
export function taskNotFound(): StoreError {
  return new StoreError('TASK_NOT_FOUND', 'There is no such task');
}

/**
 * Continues the log of a locked task, and makes the webhooks due that its
 * events are for. The row is not written yet: what else changes it goes into
 * the same statement, {@link writeTask}.
 */
export async function writeEvents(
  session: SqlSession,
  { row, now }: LockedTask,
  { drafts, epoch }: { drafts: readonly DraftEvent[]; epoch: number },
): Promise<{ row: TaskRow; events: readonly StoredEvent[] }> {
  const advanced = advanceTask(row, drafts, { at: now, epoch });
  await session.insert(
    INSERT_EVENT,
    advanced.events.map((event) => eventValues(row.num, event)),
  );
  await wakePush(session, { row, now }, selectedBy(drafts));
  return advanced;
}

/** Makes the webhooks of a locked task due that select one of the events. The row is as it was before these. */
export async function wakePush(
  session: SqlSession,
  { row, now }: LockedTask,
  selectedMask: number,
): Promise<void> {
  const mask = selectedMask & row.pushMask;
  if (mask !== 0) {
    const selections = JSON.stringify(selectionsOf(mask));
    await session.run(WAKE_PUSH, [row.num, now, selections, row.version]);
  }
}

/** Writes the row of a locked task. */
export async function writeTask(
  session: SqlSession,
  row: TaskRow,
): Promise<void> {
  await session.run(WRITE_TASK, [row.num, ...changingValues(row)]);
}

/** The message that waits for longest, behind the turn of now. */
export async function nextTurn(
  session: SqlSession,
  { num, work }: TaskRow,
): Promise<Seq | undefined> {
  const [next] = await session.run(NEXT_TURN, [num, work.turn]);
  return optionalNumber(next?.seq);
}
