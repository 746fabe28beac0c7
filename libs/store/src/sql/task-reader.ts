import { type SnapshotOptions } from '@nest-a2a/protocol';
import { type LogFold } from '../fold/log-fold.js';
import { type Seq } from '../log/task-event.js';
import { type LoadOptions } from '../log/task-log.js';
import { type TaskRecord, type Turn } from '../log/task-record.js';
import { turnOf } from '../log/turn-of.js';
import { toFoldable } from './event-row.js';
import { foldOf } from './snapshot.js';
import { type SqlRow, type SqlSession } from './sql-database.js';
import { type TaskRow, toTaskRow } from './task-row.js';
import { READ_RANGES } from './task-statements.js';

/** Events of one task: behind `after`, up to `upto`. */
export interface EventRange {
  readonly task: number;
  readonly after: Seq;
  readonly upto: Seq;
}

/** A task and the fold of its log up to the version of the row. */
export interface FoldedTask {
  readonly row: TaskRow;
  readonly fold: LogFold;
}

/**
 * Folds tasks whose rows and snapshots have been read. The events up to the
 * version of a row never change, so it does not matter when they are read.
 * A task that was removed meanwhile is left out.
 */
export async function foldRows(
  session: SqlSession,
  rows: readonly SqlRow[],
  { includeArtifacts = true }: SnapshotOptions = {},
): Promise<readonly FoldedTask[]> {
  const tasks = rows.map((row) => {
    const task = toTaskRow(row);
    return { row: task, fold: foldOf(task, row) };
  });
  const ranges = tasks
    .filter(({ row, fold }) => fold.version < row.version)
    .map(({ row, fold }) => ({
      task: row.num,
      after: fold.version,
      upto: row.version,
    }));
  const tails = await readRanges(session, ranges, includeArtifacts);
  for (const { row, fold } of tasks) {
    applyAll(fold, tails.get(row.num) ?? []);
  }
  return tasks.filter(({ row, fold }) => fold.version === row.version);
}

/** A folded task as the port shows it. */
export function toRecord(
  { row, fold }: FoldedTask,
  { historyLength, includeArtifacts }: SnapshotOptions = {},
): TaskRecord {
  return fold.record(row.work.turn, { historyLength, includeArtifacts });
}

/** The task as it was after an event, which is there. */
export async function loadPast(
  session: SqlSession,
  { row, asOf }: { readonly row: SqlRow; readonly asOf: Seq },
  { historyLength, includeArtifacts = true }: LoadOptions,
): Promise<TaskRecord | undefined> {
  const task = toTaskRow(row);
  const isBehind = Number(row.folded_version ?? 0) < asOf;
  const fold = foldOf(task, isBehind ? row : {});
  const range = { task: task.num, after: fold.version, upto: asOf };
  const tails = await readRanges(session, [range], includeArtifacts);
  const events = tails.get(task.num) ?? [];
  applyAll(fold, events);
  return fold.version === asOf
    ? fold.record(Number(events.at(-1)?.turn), {
        historyLength,
        includeArtifacts,
      })
    : undefined;
}

/** The turns that tasks are at, by the number of the task. */
export async function readTurns(
  session: SqlSession,
  rows: readonly TaskRow[],
): Promise<ReadonlyMap<number, Turn>> {
  const ranges = rows.map(({ num, work }) => ({
    task: num,
    after: work.turn - 1,
    upto: work.turn,
  }));
  const turns = new Map<number, Turn>();
  for (const [task, [event]] of await readRanges(session, ranges, true)) {
    if (event) {
      turns.set(task, turnOf(toFoldable(event)));
    }
  }
  return turns;
}

async function readRanges(
  session: SqlSession,
  ranges: readonly EventRange[],
  includeArtifacts: boolean,
): Promise<ReadonlyMap<number, readonly SqlRow[]>> {
  const byTask = new Map<number, SqlRow[]>();
  if (ranges.length === 0) {
    return byTask;
  }
  const values = [JSON.stringify(ranges), includeArtifacts];
  for (const row of await session.run(READ_RANGES, values)) {
    const task = Number(row.task);
    const rows = byTask.get(task) ?? [];
    rows.push(row);
    byTask.set(task, rows);
  }
  return byTask;
}

function applyAll(fold: LogFold, rows: readonly SqlRow[]): void {
  for (const row of rows) {
    if (row.body === null) {
      fold.skip(Number(row.seq));
    } else {
      fold.apply(toFoldable(row));
    }
  }
}
