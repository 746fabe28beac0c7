import { type RetentionPolicy } from '../log/task-log.js';
import { type Access } from '../scope.js';
import { fromColumn } from './columns.js';
import { type SqlRow, type SqlSession } from './sql-database.js';
import {
  DELETE_CONTEXTS,
  DELETE_EVENTS,
  DELETE_TASKS,
  FIND_EXPIRED,
  FIND_SURPLUS,
  LOCK_CONTEXTS,
} from './removal-statements.js';
import { lockTask } from './task-writer.js';

interface Removed {
  readonly num: number;
  readonly contextKey: string;
}

/** Removes a task with all that belongs to it. */
export async function deleteTask(
  session: SqlSession,
  taskId: string,
  access: Access,
): Promise<boolean> {
  const locked = await lockTask(session, taskId, access);
  if (locked) {
    await remove(session, [locked.row]);
  }
  return locked !== undefined;
}

/** Removes finished tasks by age and number, those that somebody else works on excepted. */
export async function purgeTasks(
  session: SqlSession,
  policy: RetentionPolicy,
): Promise<readonly string[]> {
  const surplus = await findSurplus(session, policy.keepFinished);
  // No id is empty: these are the ones that ended before that time.
  const old = [policy.finishedBefore, ''] as const;
  const last =
    surplus && Number(surplus.finished_at) >= policy.finishedBefore
      ? ([Number(surplus.finished_at), String(surplus.id)] as const)
      : old;
  const rows = await session.run(FIND_EXPIRED, [...last, policy.limit]);
  if (rows.length > 0) {
    await remove(
      session,
      rows.map((row) => ({
        num: Number(row.num),
        contextKey: String(row.context_key),
      })),
    );
  }
  return rows.map(({ id }) => fromColumn(id));
}

/** The newest finished task of those that are too many. */
async function findSurplus(
  session: SqlSession,
  keepFinished: number,
): Promise<SqlRow | undefined> {
  if (!Number.isSafeInteger(keepFinished)) {
    return undefined;
  }
  const [row] = await session.run(FIND_SURPLUS, [Math.max(0, keepFinished)]);
  return row;
}

async function remove(
  session: SqlSession,
  tasks: readonly Removed[],
): Promise<void> {
  const numbers = JSON.stringify(tasks.map(({ num }) => num));
  await session.run(DELETE_EVENTS, [numbers]);
  await session.run(DELETE_TASKS, [numbers]);
  const keys = new Set(tasks.map(({ contextKey }) => contextKey));
  const contexts = JSON.stringify([...keys]);
  // Locked first: of two that remove the last tasks of a conversation, the second must see what the first has removed.
  if ((await session.run(LOCK_CONTEXTS, [contexts])).length > 0) {
    await session.run(DELETE_CONTEXTS, [contexts]);
  }
}
