import { type NewEvent } from '@nest-a2a/store';
import {
  type Batch,
  type TurnWriter,
  type WrittenBatch,
} from './turn-writer.js';
import { TurnError } from './turn.errors.js';

/** They are kept in memory, and stored in one commit. */
const MAX_EMITS = 1_000;

/** What a turn says within a transaction of the host: nothing of it is stored before the host has done its part. */
export class TurnDraft {
  private readonly batches: Batch[] = [];
  private refused: TurnError | undefined;
  private written: WrittenBatch | undefined;

  constructor(private readonly writer: TurnWriter) {}

  get events(): readonly NewEvent[] {
    return this.batches.flatMap(({ events }) => events);
  }

  get endsTurn(): boolean {
    return this.batches.some(({ endsTurn }) => endsTurn);
  }

  add(batch: Batch): void {
    this.batches.push(batch);
  }

  /** Once full, for good: see {@link write}. */
  refusal(): TurnError | undefined {
    if (this.batches.length >= MAX_EMITS) {
      this.refused ??= new TurnError(
        'TOO_MANY_PENDING',
        `A transaction has room for ${MAX_EMITS} emits: say some of it before or after`,
      );
    }
    return this.refused;
  }

  /**
   * Writes everything into a transaction. Where nothing was said it still makes
   * sure that the turn may write, and that it stays so until the transaction ends.
   *
   * @throws TurnError `TOO_MANY_PENDING` where some of it found no room; `TRANSACTION_CONFLICT`
   */
  async write(transaction: unknown): Promise<void> {
    if (this.refused) {
      throw this.refused;
    }
    const { events, endsTurn } = this;
    this.written = await this.writer.writeWithin(transaction, {
      events,
      endsTurn,
    });
  }

  /** Whether the transaction was committed, however it ended. Nobody can tell of one in which nothing was said. */
  async wasCommitted(): Promise<boolean> {
    return this.written !== undefined && this.writer.wasCommitted(this.written);
  }

  /** Takes in that the transaction was committed, and tells the readers. */
  async confirm(): Promise<void> {
    if (this.written) {
      await this.writer.confirm(this.written);
    }
  }
}
