import { type SnapshotOptions } from '@nest-a2a/protocol';
import { type LogFold } from '../fold/log-fold.js';
import { type Seq } from '../log/task-event.js';
import { type LoadOptions } from '../log/task-log.js';
import { type TaskRecord } from '../log/task-record.js';
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
  /** How many events are behind the snapshot. */
  readonly tail: number;
}

/** The row of a task with its snapshot, and the events behind that. */
export interface TaskSource {
  readonly row: SqlRow;
  readonly tail: readonly SqlRow[];
}

/**
 * Folds tasks whose rows and snapshots have been read. The events up to the
 * version of a row never change, so it does not matter when they are read.
 * A task that was removed meanwhile is left out.
 */
export async function foldRows(
  session: SqlSession,
  rows: readonly SqlRow[],
  options?: SnapshotOptions,
): Promise<readonly FoldedTask[]> {
  const sources = await readSources(session, rows, options);
  return sources.map(foldSource).filter((task) => task !== undefined);
}

/** Reads what tasks are folded from. Looks into nothing of it. */
export async function readSources(
  session: SqlSession,
  rows: readonly SqlRow[],
  { includeArtifacts = true }: SnapshotOptions = {},
): Promise<readonly TaskSource[]> {
  const ranges = rows
    .map((row) => ({
      task: Number(row.num),
      after: Number(row.folded_version ?? 0),
      upto: Number(row.version),
    }))
    .filter(({ after, upto }) => after < upto);
  const tails = await readRanges(session, ranges, includeArtifacts);
  return rows.map((row) => ({ row, tail: tails.get(Number(row.num)) ?? [] }));
}

/** Folds a task; `undefined` where some of its events are gone. */
export function foldSource({ row, tail }: TaskSource): FoldedTask | undefined {
  const task = toTaskRow(row);
  const fold = foldOf(task, row);
  applyAll(fold, tail);
  return fold.version === task.version
    ? { row: task, fold, tail: tail.length }
    : undefined;
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

/** The events that began the turns that tasks are at, by the number of the task. */
export async function readTurns(
  session: SqlSession,
  rows: readonly TaskRow[],
): Promise<ReadonlyMap<number, SqlRow>> {
  const ranges = rows.map(({ num, work }) => ({
    task: num,
    after: work.turn - 1,
    upto: work.turn,
  }));
  const turns = new Map<number, SqlRow>();
  for (const [task, [event]] of await readRanges(session, ranges, true)) {
    if (event) {
      turns.set(task, event);
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
