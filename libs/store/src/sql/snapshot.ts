import { type Artifact, type Message, type Task } from '@nest-a2a/protocol';
import { type FoldedLog, LogFold } from '../fold/log-fold.js';
import { type Scope } from '../scope.js';
import { type SqlRow } from './sql-database.js';
import { type TaskRow } from './task-row.js';

/** So many events may follow a snapshot, as long as they are few compared to it. */
const MAX_TAIL_EVENTS = 256;
/** A snapshot is made anew when what follows it has grown to this part of it. */
const TAIL_RATIO = 0.25;

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
 * Whether a task needs a new snapshot: when it has ended, and else at the end of
 * a turn or after many events, where those have grown to a part of the snapshot.
 * So what snapshots cost altogether stays a multiple of what the events cost.
 */
export function needsSnapshot(row: SnapshotNeed, endsTurn: boolean): boolean {
  const tail = row.version - row.snapshotVersion;
  if (tail === 0) {
    return false;
  }
  if (row.finishedAt !== undefined) {
    return true;
  }
  return (
    (endsTurn || tail >= MAX_TAIL_EVENTS) &&
    row.tailBytes >= row.snapshotBytes * TAIL_RATIO
  );
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
