import { turnOf } from '../log/turn-of.js';
import { type Claim } from '../work/work-ledger.js';
import { toFoldable } from './event-row.js';
import { type SqlRow, type SqlSession } from './sql-database.js';
import {
  foldSource,
  readSources,
  readTurns,
  type TaskSource,
  toRecord,
} from './task-reader.js';
import { type TaskRow } from './task-row.js';
import { LOAD_TASKS } from './task-statements.js';

/** A task before and after somebody has taken it on. */
export interface TakenTask {
  readonly before: TaskRow;
  readonly row: TaskRow;
}

/** A task whose columns hold what cannot be read. */
export interface UnreadableTask {
  readonly row: TaskRow;
  readonly error: unknown;
}

/** What can be run of the tasks that were taken on, and what cannot. */
export interface LoadedClaims {
  readonly claims: readonly Claim[];
  readonly unreadable: readonly UnreadableTask[];
}

/** What a claim is made of. */
interface ClaimSource {
  readonly task: TaskSource | undefined;
  readonly turn: SqlRow | undefined;
}

/** Claims of tasks that this transaction takes on, in their order. Each is read by itself: one that cannot be spoils no other. */
export async function loadClaims(
  session: SqlSession,
  taken: readonly TakenTask[],
): Promise<LoadedClaims> {
  const numbers = JSON.stringify(taken.map(({ row }) => row.num));
  const rows = await session.run(LOAD_TASKS, [numbers]);
  const sources = new Map(
    (await readSources(session, rows)).map((task) => [
      Number(task.row.num),
      task,
    ]),
  );
  const turns = await readTurns(
    session,
    taken.map(({ row }) => row),
  );
  const claims: Claim[] = [];
  const unreadable: UnreadableTask[] = [];
  for (const one of taken) {
    const { row } = one;
    try {
      const task = sources.get(row.num);
      claims.push(toClaim(one, { task, turn: turns.get(row.num) }));
    } catch (error) {
      unreadable.push({ row, error });
    }
  }
  return { claims, unreadable };
}

/** The claim of a task that this transaction has taken on. Throws where it cannot be read. */
export async function loadClaim(
  session: SqlSession,
  taken: TakenTask,
): Promise<Claim | undefined> {
  const { claims, unreadable } = await loadClaims(session, [taken]);
  for (const { error } of unreadable) {
    throw error;
  }
  return claims[0];
}

function toClaim({ before, row }: TakenTask, source: ClaimSource): Claim {
  const task = source.task && foldSource(source.task);
  if (!task || !source.turn) {
    throw new TypeError(`Task ${row.id} lacks events`);
  }
  return {
    record: toRecord(task),
    turn: turnOf({
      ...toFoldable(source.turn),
      at: Number(source.turn.written_at),
    }),
    fence: { taskId: row.id, epoch: row.work.epoch },
    attempt: row.work.expirations + 1,
    isTakenOver: before.work.isBegun,
    isCancelRequested: row.work.isCancelRequested,
  };
}
