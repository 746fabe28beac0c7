import { type Claim } from '../work/work-ledger.js';
import { type SqlSession } from './sql-database.js';
import { foldRows, readTurns, toRecord } from './task-reader.js';
import { type TaskRow } from './task-row.js';
import { LOAD_TASKS } from './task-statements.js';

/** A task before and after somebody has taken it on. */
export interface TakenTask {
  readonly before: TaskRow;
  readonly row: TaskRow;
}

/** Claims of tasks that this transaction has just taken on, in their order. */
export async function loadClaims(
  session: SqlSession,
  taken: readonly TakenTask[],
): Promise<readonly Claim[]> {
  const numbers = JSON.stringify(taken.map(({ row }) => row.num));
  const rows = await session.run(LOAD_TASKS, [numbers]);
  const folded = await foldRows(session, rows);
  const records = new Map(folded.map((task) => [task.row.num, task]));
  const turns = await readTurns(
    session,
    taken.map(({ row }) => row),
  );
  return taken.map(({ before, row }) => {
    const task = records.get(row.num);
    const turn = turns.get(row.num);
    if (!task || !turn) {
      throw new TypeError(`Task ${row.id} has no turn ${row.work.turn}`);
    }
    return {
      record: toRecord(task),
      turn,
      fence: { taskId: row.id, epoch: row.work.epoch },
      attempt: row.work.expirations + 1,
      isTakenOver: before.work.isBegun,
      isCancelRequested: row.work.isCancelRequested,
    };
  });
}
