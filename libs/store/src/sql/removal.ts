import { type Purged, type RetentionPolicy } from '../log/task-log.js';
import { type Seq } from '../log/task-event.js';
import { type Access } from '../scope.js';
import { fromColumn, NO_ID } from './columns.js';
import { type SqlRow, type SqlSession } from './sql-database.js';
import {
  BURY_TASK,
  DELETE_CONTEXTS,
  DELETE_EVENTS,
  DELETE_PUSHES,
  DELETE_SENDS,
  DELETE_SNAPSHOT,
  DELETE_TAIL,
  DELETE_TASKS,
  FIND_BURIED,
  FIND_EXPIRED,
  FIND_SURPLUS,
  LOCK_CONTEXTS,
  NOTE_TAIL,
} from './removal-statements.js';
import { lockTask } from './task-writer.js';

interface Removed {
  readonly num: number;
  readonly contextKey: string;
  readonly version: Seq;
}

/** More events at once would block other writers, or last longer than a statement may. */
const MAX_EVENTS = 2_000;

/** Removes a task with all that belongs to it; the events of a long one are left to {@link purgeTasks}. */
export async function deleteTask(
  session: SqlSession,
  taskId: string,
  access: Access,
): Promise<boolean> {
  const locked = await lockTask(session, taskId, access);
  if (locked) {
    await removeOrBury(session, [locked.row], MAX_EVENTS);
  }
  return locked !== undefined;
}

/**
 * Removes finished tasks by age and number, those that somebody else works on
 * excepted. What is left of tasks that are buried comes first.
 */
export async function purgeTasks(
  session: SqlSession,
  policy: RetentionPolicy,
): Promise<Purged> {
  const { maxEvents = Number.MAX_SAFE_INTEGER } = policy;
  const [buried] = await session.run(FIND_BURIED);
  if (buried) {
    await removeTail(session, toRemoved(buried), maxEvents);
    return { taskIds: [], hasMore: true };
  }
  const found = await findExpired(session, policy);
  const rows = upTo(found, maxEvents);
  const isBuried = await removeOrBury(session, rows.map(toRemoved), maxEvents);
  const isCut = rows.length < found.length || found.length === policy.limit;
  return {
    taskIds: rows.map(({ id }) => fromColumn(id)),
    hasMore: isBuried || (isCut && rows.length > 0),
  };
}

/** Finished tasks that a policy lets go, locked. */
async function findExpired(
  session: SqlSession,
  policy: RetentionPolicy,
): Promise<readonly SqlRow[]> {
  const surplus = await findSurplus(session, policy.keepFinished);
  // No id is empty: these are the ones that ended before that time.
  const old = [policy.finishedBefore, ''] as const;
  const last =
    surplus && Number(surplus.finished_at) >= policy.finishedBefore
      ? ([Number(surplus.finished_at), String(surplus.id)] as const)
      : old;
  return session.run(FIND_EXPIRED, [...last, policy.limit]);
}

/** The first tasks that have so many events together, at least one. */
function upTo(rows: readonly SqlRow[], maxEvents: number): readonly SqlRow[] {
  let events = 0;
  const end = rows.findIndex(({ version }, index) => {
    events += Number(version);
    return index > 0 && events > maxEvents;
  });
  return end < 0 ? rows : rows.slice(0, end);
}

function toRemoved(row: SqlRow): Removed {
  return {
    num: Number(row.num),
    contextKey: String(row.context_key),
    version: Number(row.version),
  };
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

/**
 * Removes tasks; one that is too long is buried. @returns whether one was
 */
async function removeOrBury(
  session: SqlSession,
  tasks: readonly Removed[],
  maxEvents: number,
): Promise<boolean> {
  const long = tasks.filter(({ version }) => version > maxEvents);
  const short = tasks.filter(({ version }) => version <= maxEvents);
  for (const { num } of long) {
    await bury(session, num);
  }
  if (short.length > 0) {
    const numbers = JSON.stringify(short.map(({ num }) => num));
    await session.run(DELETE_EVENTS, [numbers]);
    await session.run(DELETE_TASKS, [numbers]);
  }
  if (tasks.length > 0) {
    await removeContexts(session, tasks);
  }
  return long.length > 0;
}

/** Removes a task but for its events, and the row that says which those are. */
async function bury(session: SqlSession, num: number): Promise<void> {
  // First: whoever writes a snapshot or a send is done then, or does not find the task.
  await session.run(BURY_TASK, [num, `${NO_ID}${num}`]);
  await session.run(DELETE_SNAPSHOT, [num]);
  await session.run(DELETE_SENDS, [num]);
  await session.run(DELETE_PUSHES, [num]);
}

/** Removes the last events of a task that is buried, and with the first of them the task. */
async function removeTail(
  session: SqlSession,
  { num, version }: Removed,
  maxEvents: number,
): Promise<void> {
  const left = Math.max(0, version - maxEvents);
  await session.run(DELETE_TAIL, [num, left]);
  await (left > 0
    ? session.run(NOTE_TAIL, [num, left])
    : session.run(DELETE_TASKS, [JSON.stringify([num])]));
}

/** Removes the conversations of which nothing is left. */
async function removeContexts(
  session: SqlSession,
  tasks: readonly Removed[],
): Promise<void> {
  const keys = new Set(tasks.map(({ contextKey }) => contextKey));
  const contexts = JSON.stringify([...keys]);
  // Locked first: of two that remove the last tasks of a conversation, the second must see what the first has removed.
  if ((await session.run(LOCK_CONTEXTS, [contexts])).length > 0) {
    await session.run(DELETE_CONTEXTS, [contexts]);
  }
}
