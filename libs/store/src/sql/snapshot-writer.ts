import { type CallContext } from '../scope.js';
import { isStoreError } from '../store-error.js';
import { toColumn } from './columns.js';
import {
  isOutdated,
  needsSnapshot,
  type SnapshotNeed,
  toSnapshot,
} from './snapshot.js';
import { foldRows, type FoldedTask } from './task-reader.js';
import { LOAD_TASK, NOTE_SNAPSHOT, WRITE_SNAPSHOT } from './task-statements.js';
import { type Transactions } from './transactions.js';

/** Each holds its task in memory, twice for a moment, and a connection. */
const MAX_RUNNING = 2;

/** Names only. A task that finds no room gets its snapshot with a later write or read. */
const MAX_WAITING = 1_024;

/** What a snapshot writer works with. */
export interface SnapshotWriterParts {
  readonly transactions: Transactions;
  /** Is told what an operator should know. */
  readonly onWarning: (message: string) => void;
}

/**
 * Makes snapshots behind the backs of those who write, a few at a time. A task
 * waits once, and is read when its turn has come: so the newest state counts. A
 * snapshot only shortens what a reader must fold; one that is missing is made
 * with the next write or read that misses it.
 */
export class SnapshotWriter {
  /** By the id of the task, the version from which on a snapshot will do. */
  private readonly waiting = new Map<string, number>();
  private readonly running = new Map<string, Promise<void>>();
  private isStopped = false;
  private hasWarned = false;

  constructor(private readonly parts: SnapshotWriterParts) {}

  /**
   * A task has changed: makes a new snapshot where it needs one. Returns at once
   * and never throws.
   */
  refresh(
    row: SnapshotNeed | undefined,
    { transaction }: CallContext,
    { endsTurn = false }: { readonly endsTurn?: boolean } = {},
  ): void {
    // Within a transaction of the host nobody knows yet whether the events will count.
    const isCommitted = transaction === undefined;
    if (row && isCommitted && needsSnapshot(row, endsTurn)) {
      this.add(row);
    }
  }

  /**
   * A task was read. One that has ended gets the snapshot that it lacks: nobody
   * writes to it again, and whoever wrote the end did it in a transaction of the
   * host, was interrupted, or had no room.
   */
  complete({
    row,
    tail,
  }: Pick<FoldedTask, 'tail'> & { row: SnapshotNeed }): void {
    const hasEnded = row.finishedAt !== undefined;
    // Counted, not taken from the row: once a task has ended nobody notes there where its snapshot ends.
    if (hasEnded && tail > 0 && needsSnapshot(row, false)) {
      this.add(row);
    }
  }

  /** Gives up what waits. Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.waiting.clear();
    await Promise.all(this.running.values());
  }

  private add({ id, version }: SnapshotNeed): void {
    const hasRoom = this.waiting.has(id) || this.waiting.size < MAX_WAITING;
    if (hasRoom && !this.isStopped) {
      this.waiting.set(id, version);
      this.startNext();
    }
  }

  private startNext(): void {
    for (const [id, version] of this.waiting) {
      if (this.running.size >= MAX_RUNNING) {
        return;
      }
      if (!this.running.has(id)) {
        this.waiting.delete(id);
        this.running.set(id, this.run(id, version));
      }
    }
  }

  private async run(id: string, version: number): Promise<void> {
    try {
      const folded = await this.fold(id, version);
      await (folded && this.write(folded));
    } catch (error) {
      this.warn(id, error);
    }
    this.running.delete(id);
    this.startNext();
  }

  /** `undefined` where the task is gone, or another writer was faster. */
  private fold(id: string, version: number): Promise<FoldedTask | undefined> {
    return this.parts.transactions.read(async (session) => {
      const [row] = await session.run(LOAD_TASK, [toColumn(id), true]);
      if (!row || !isOutdated(row, version)) {
        return undefined;
      }
      const [folded] = await foldRows(session, [row]);
      return folded;
    });
  }

  private async write({ row, fold }: FoldedTask): Promise<void> {
    const { head, artifacts } = toSnapshot(fold);
    const { version } = fold;
    const values = [row.num, version, head, artifacts, toColumn(row.id)];
    await this.parts.transactions.write((session) =>
      session.run(WRITE_SNAPSHOT, values),
    );
    if (row.finishedAt === undefined) {
      const bytes = head.length + (artifacts?.length ?? 0);
      await this.note(row, version, bytes);
    }
  }

  /** Apart: nobody who writes to the task waits for the snapshot to be written. */
  private async note(
    { num, tailBytes, snapshotVersion }: FoldedTask['row'],
    version: number,
    bytes: number,
  ): Promise<void> {
    const values = [num, version, bytes, tailBytes, snapshotVersion];
    await this.parts.transactions.write((session) =>
      session.run(NOTE_SNAPSHOT, values),
    );
  }

  /** Once: the events are committed, and they are the truth. */
  private warn(id: string, error: unknown): void {
    if (this.hasWarned || isStoreError(error, 'UNAVAILABLE')) {
      return;
    }
    this.hasWarned = true;
    // Not the message: it may quote what somebody said.
    const kind = error instanceof Error ? error.name : typeof error;
    try {
      this.parts.onWarning(
        `Task ${id} got no snapshot (${kind}): nothing is lost, and it takes longer to read. Others of which that is true are not told of.`,
      );
    } catch {
      // The next task has its turn all the same.
    }
  }
}
