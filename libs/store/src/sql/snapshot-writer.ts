import { type CallContext } from '../scope.js';
import { toColumn } from './columns.js';
import { needsSnapshot, type SnapshotNeed, toSnapshot } from './snapshot.js';
import { foldRows, type FoldedTask } from './task-reader.js';
import { LOAD_TASK, NOTE_SNAPSHOT, WRITE_SNAPSHOT } from './task-statements.js';
import { lockTask } from './task-writer.js';
import { type Transactions } from './transactions.js';

/**
 * Makes snapshots after the commit that made one necessary. A snapshot only
 * shortens what a reader must fold, so one that fails is left to the next write.
 */
export class SnapshotWriter {
  constructor(private readonly transactions: Transactions) {}

  /** Makes a new snapshot where the task needs one. Never throws. */
  async refresh(
    row: SnapshotNeed | undefined,
    context: CallContext,
    { endsTurn = false }: { readonly endsTurn?: boolean } = {},
  ): Promise<void> {
    // Within a transaction of the host nobody knows yet whether the events will count.
    const isCommitted = context.transaction === undefined;
    if (row && isCommitted && needsSnapshot(row, endsTurn)) {
      try {
        const folded = await this.fold(row.id);
        await (folded && this.write(folded));
      } catch {
        // The events are committed, and they are the truth.
      }
    }
  }

  private fold(taskId: string): Promise<FoldedTask | undefined> {
    return this.transactions.read(async (session) => {
      const rows = await session.run(LOAD_TASK, [toColumn(taskId), true]);
      const [folded] = await foldRows(session, rows);
      return folded;
    });
  }

  private async write({ row, fold }: FoldedTask): Promise<void> {
    const { head, artifacts } = toSnapshot(fold);
    const bytes = head.length + (artifacts?.length ?? 0);
    await this.transactions.write(async (session) => {
      const locked = await lockTask(session, row.id, 'system');
      // Not where another writer has made the same or a newer one.
      if (
        locked?.row.num === row.num &&
        locked.row.snapshotVersion === row.snapshotVersion
      ) {
        const version = fold.version;
        const values = [row.num, version, head, artifacts];
        await session.run(WRITE_SNAPSHOT, values);
        const note = [row.num, version, bytes, row.tailBytes];
        await session.run(NOTE_SNAPSHOT, note);
      }
    });
  }
}
