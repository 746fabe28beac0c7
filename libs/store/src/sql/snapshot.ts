import { type Artifact, type Message, type Task } from '@nest-a2a/protocol';
import { type FoldedLog, LogFold } from '../fold/log-fold.js';
import { type Seq } from '../log/task-event.js';
import { type Scope } from '../scope.js';
import { type SqlRow } from './sql-database.js';
import { type TaskRow } from './task-row.js';

/** So many events may follow a snapshot, whatever their size. */
const MAX_TAIL_EVENTS = 256;
/** At the end of a turn, or of the task, what follows a snapshot may be smaller than this part of it. */
const FINAL_RATIO = 0.25;
/** In the middle of a turn: there it is soon outdated again. */
const RUNNING_RATIO = 1;

/** A folded task as columns. Artifacts are apart: most readers of lists do not want them. */
export interface SnapshotColumns {
  readonly head: string;
  readonly artifacts: string | null;
}

/** What a snapshot holds besides the artifacts. */
interface SnapshotHead {
  readonly task: Task;
  readonly isAnnounced: boolean;
  readonly reply?: Message;
}

/** What decides whether a task needs a snapshot. */
export type SnapshotNeed = Pick<
  TaskRow,
  | 'id'
  | 'version'
  | 'finishedAt'
  | 'snapshotVersion'
  | 'snapshotBytes'
  | 'tailBytes'
>;

/**
 * Whether a task needs a new snapshot: at the end of a turn, after many events and
 * when it has ended, where what follows the last one has grown to a part of it.
 * So what snapshots cost altogether stays a multiple of what the events cost.
 */
export function needsSnapshot(row: SnapshotNeed, endsTurn: boolean): boolean {
  const tail = row.version - row.snapshotVersion;
  const isLong = tail >= MAX_TAIL_EVENTS;
  const hasGrown = (ratio: number) =>
    row.tailBytes >= row.snapshotBytes * ratio;
  if (tail === 0) {
    return false;
  }
  if (row.finishedAt !== undefined) {
    return isLong || hasGrown(FINAL_RATIO);
  }
  return (
    (endsTurn && hasGrown(FINAL_RATIO)) || (isLong && hasGrown(RUNNING_RATIO))
  );
}

/**
 * Whether a task that needed a snapshot at a version still does.
 *
 * @param row with the snapshot as it is now
 */
export function isOutdated(row: SqlRow, version: Seq): boolean {
  const folded = Number(row.folded_version ?? 0);
  // One that could not be noted in the row of its task counts all the same.
  const isNoted = folded === Number(row.snapshot_version);
  const isLong = Number(row.version) - folded >= MAX_TAIL_EVENTS;
  const hasEnded = row.finished_at !== null;
  return folded < version && (isNoted || isLong || hasEnded);
}

/** The columns of a snapshot. */
export function toSnapshot(fold: LogFold): SnapshotColumns {
  const { task, isAnnounced, reply } = fold.record(0);
  const { artifacts, ...rest } = task;
  const head: SnapshotHead = {
    task: rest,
    isAnnounced,
    ...(reply && { reply }),
  };
  return {
    head: JSON.stringify(head),
    artifacts: artifacts ? JSON.stringify(artifacts) : null,
  };
}

/** The fold that a snapshot holds, or the empty one. */
export function foldOf(
  { scope, wasAnnounced }: { scope: Scope; wasAnnounced: boolean },
  row: SqlRow,
): LogFold {
  if (row.head === null || row.head === undefined) {
    return new LogFold({ scope, isAnnounced: wasAnnounced });
  }
  return LogFold.resume(scope, fromSnapshot(row));
}

function fromSnapshot(row: SqlRow): FoldedLog {
  const { task, ...head } = JSON.parse(String(row.head)) as SnapshotHead;
  const artifacts =
    typeof row.artifacts === 'string'
      ? (JSON.parse(row.artifacts) as Artifact[])
      : undefined;
  return {
    ...head,
    version: Number(row.folded_version),
    task: { ...task, ...(artifacts && { artifacts }) },
  };
}
