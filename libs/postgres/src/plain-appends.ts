import {
  type CallContext,
  isStoreError,
  type StoredEvent,
} from '@nest-a2a/store';
import {
  type Outcome,
  type PlainAppend,
  type SqlRow,
} from '@nest-a2a/store/sql';
import { APPEND_PLAINLY } from './plain-append-statement.js';
import { plainAppendValues } from './plain-append-values.js';
import { type PostgresDatabase } from './postgres-database.js';

/** Statements under way at a time: more would only be smaller. */
const MAX_STATEMENTS = 2;
const MAX_APPENDS = 64;
const MAX_BYTES = 1024 * 1024;

/** An append that waits, or is under way. */
export interface WaitingAppend extends PlainAppend {
  readonly context: CallContext;
  readonly resolve: (outcome: Outcome | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Appends that one statement can write. What arrives while statements are under
 * way goes together into the next: one round trip and one commit for all.
 */
export class PlainAppends {
  private readonly waiting: WaitingAppend[] = [];
  private running = 0;

  constructor(private readonly database: PostgresDatabase) {}

  /** `undefined` where nothing was written, for whatever reason. */
  append(
    append: PlainAppend,
    context: CallContext,
  ): Promise<Outcome | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...append, context, resolve, reject });
      this.startNext();
    });
  }

  private startNext(): void {
    if (this.running < MAX_STATEMENTS && this.waiting.length > 0) {
      this.running += 1;
      void this.write();
    }
  }

  private async write(): Promise<void> {
    // What is called in the same moment goes together.
    await Promise.resolve();
    const batch = this.take();
    try {
      await this.writeBatch(batch);
    } catch (error) {
      for (const { resolve, reject } of batch) {
        // Nobody knows what became of it, or nothing was written: then the long way says for each why.
        if (isStoreError(error)) {
          reject(error);
        } else {
          resolve(undefined);
        }
      }
    }
    this.running -= 1;
    this.startNext();
  }

  private take(): readonly WaitingAppend[] {
    let bytes = 0;
    const end = this.waiting.findIndex(({ drafts }, index) => {
      bytes += drafts.reduce((sum, { json }) => sum + json.length, 0);
      return index > 0 && bytes > MAX_BYTES;
    });
    const most = end < 0 ? MAX_APPENDS : Math.min(end, MAX_APPENDS);
    return this.waiting.splice(0, most);
  }

  private async writeBatch(batch: readonly WaitingAppend[]): Promise<void> {
    if (batch.length === 0) {
      return;
    }
    const rows = await this.database.runStatement(
      APPEND_PLAINLY,
      plainAppendValues(batch),
    );
    const written = new Map(rows.map((row) => [Number(row.place), row]));
    for (const [index, append] of batch.entries()) {
      const row = written.get(index + 1);
      append.resolve(row && toOutcome(append, row));
    }
  }
}

function toOutcome({ command, drafts }: PlainAppend, row: SqlRow): Outcome {
  const written = {
    at: Number(row.written_at),
    turn: Number(row.turn),
    epoch: command.fence?.epoch ?? 0,
  };
  const events: readonly StoredEvent[] = drafts.map((draft, index) => ({
    ...draft,
    ...written,
    seq: command.expectedVersion + index + 1,
  }));
  const version = command.expectedVersion + drafts.length;
  const finishedAt = row.finished_at as number | null;
  return {
    accepted: { kind: 'accepted', version, events },
    row: {
      id: command.taskId,
      version,
      finishedAt: finishedAt ?? undefined,
      snapshotVersion: Number(row.snapshot_version),
      snapshotBytes: Number(row.snapshot_bytes),
      tailBytes: Number(row.tail_bytes),
    },
  };
}
