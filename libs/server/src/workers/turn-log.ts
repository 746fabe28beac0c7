import { canTransition, type TaskState } from '@nest-a2a/protocol';
import {
  type Claim,
  isStoreError,
  type NewEvent,
  type StoreErrorCode,
} from '@nest-a2a/store';
import { TurnDraft } from './turn-draft.js';
import {
  type Batch,
  stateOf,
  type TurnLogPorts,
  TurnWriter,
} from './turn-writer.js';
import { TurnError } from './turn.errors.js';

/** Events that wait to be committed. */
interface Pending extends Batch {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A worker that does not await its emits may be so far ahead. */
const MAX_PENDING = 1_000;
/** Events in one commit. */
const MAX_BATCH = 256;
/** What says that the turn may no longer write. */
const LOST: readonly StoreErrorCode[] = [
  'FENCE_LOST',
  'TASK_FINISHED',
  'TASK_NOT_FOUND',
];

/**
 * The log of a task as the turn that runs it writes it: in order, one commit at
 * a time, whatever has gathered meanwhile in one. As long as there is a draft,
 * everything goes into that instead.
 */
export class TurnLog {
  private readonly queue: Pending[] = [];
  private readonly writer: TurnWriter;
  private committedState: TaskState;
  private currentState: TaskState;
  private writing: Promise<void> | undefined;
  private draft: TurnDraft | undefined;
  private refused: TurnError | undefined;

  /** @param onLost called once when the turn may no longer write */
  constructor(
    claim: Claim,
    ports: TurnLogPorts,
    private readonly onLost: (error: TurnError) => void,
  ) {
    this.writer = new TurnWriter(claim, ports);
    this.committedState = claim.record.task.status.state;
    this.currentState = this.committedState;
  }

  /** The state of the task, as soon as what the turn has emitted is committed. */
  get state(): TaskState {
    return this.currentState;
  }

  /** Why the turn may no longer write. */
  get closed(): TurnError | undefined {
    return this.writer.closed;
  }

  /** Why something that was to be emitted is missing in the log, and so is all that came after it. */
  get overflow(): TurnError | undefined {
    return this.refused;
  }

  /** @see TurnWriter.continueTrace */
  continueTrace(traceparent: string | undefined): void {
    this.writer.continueTrace(traceparent);
  }

  /**
   * Resolves when the events are committed, or in the draft. The end of a turn
   * always finds room.
   *
   * @throws TurnError `TURN_LOST`, `TOO_MANY_PENDING`, `REPLY_NOT_ALLOWED`
   */
  append(
    events: readonly NewEvent[],
    { endsTurn = false }: { endsTurn?: boolean } = {},
  ): Promise<void> {
    const refusal = this.closed ?? (endsTurn ? undefined : this.refusal());
    if (refusal) {
      return Promise.reject(refusal);
    }
    events.forEach((event) => this.enter(event));
    if (this.draft) {
      this.draft.add({ events, endsTurn });
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ events, endsTurn, resolve, reject });
      this.writing ??= this.writeAll();
    });
  }

  /** Resolves when nothing waits to be committed. */
  async untilWritten(): Promise<void> {
    await this.writing;
  }

  /** From now on everything goes into a draft. Nothing may wait to be committed. */
  beginDraft(): TurnDraft {
    this.draft = new TurnDraft(this.writer);
    return this.draft;
  }

  /** Ends a draft, unless it has ended. What it holds is forgotten, but for what was committed. */
  endDraft(draft: TurnDraft, { isCommitted }: { isCommitted: boolean }): void {
    if (this.draft === draft) {
      this.draft = undefined;
      if (isCommitted) this.noteStates(draft.events);
      this.currentState = this.committedState;
    }
  }

  /** Refuses all that is not committed yet, for example because the turn is handed back. */
  close(reason: TurnError): void {
    this.writer.close(reason);
  }

  /** @throws TurnError where the turn may no longer write */
  assertOpen(): void {
    if (this.closed) {
      throw this.closed;
    }
  }

  /** What an error of a commit means for the turn. Where it says that the turn is lost, so it is. */
  reasonOf(error: unknown): unknown {
    if (!isStoreError(error) || !LOST.includes(error.code)) {
      return error;
    }
    return this.giveUp(
      new TurnError(
        'TURN_LOST',
        `The turn can no longer write: ${error.code}`,
        { cause: error },
      ),
    );
  }

  /** Writes nothing more, as if the turn were lost. @returns why, the first reason */
  giveUp(reason: TurnError): TurnError {
    const lost = this.writer.close(reason);
    this.onLost(lost);
    return lost;
  }

  /** Once full, for good: what is emitted later must not be stored where something before it is missing. */
  private refusal(): TurnError | undefined {
    if (this.draft) {
      return this.draft.refusal();
    }
    if (this.queue.length >= MAX_PENDING) {
      this.refused ??= new TurnError(
        'TOO_MANY_PENDING',
        `${MAX_PENDING} emits wait to be stored: await them`,
      );
    }
    return this.refused;
  }

  private enter(event: NewEvent): void {
    const state = stateOf(event);
    if (state === undefined) {
      return;
    }
    if (!canTransition(this.currentState, state)) {
      throw new TypeError(
        `A task cannot go from ${this.currentState} to ${state}`,
      );
    }
    this.currentState = state;
  }

  private async writeAll(): Promise<void> {
    for (let batch = this.nextBatch(); batch; batch = this.nextBatch()) {
      const events = batch.flatMap((pending) => pending.events);
      const endsTurn = batch.some((pending) => pending.endsTurn);
      try {
        await this.writer.write({ events, endsTurn });
        this.noteStates(events);
        batch.forEach(({ resolve }) => resolve());
      } catch (error) {
        this.currentState = this.committedState;
        const reason = this.reasonOf(error);
        batch.forEach(({ reject }) => reject(reason));
      }
    }
    this.writing = undefined;
  }

  private nextBatch(): Pending[] | undefined {
    const batch: Pending[] = [];
    for (let size = 0; size < MAX_BATCH && this.queue.length > 0;) {
      const pending = this.queue.shift();
      if (pending) {
        batch.push(pending);
        size += pending.events.length;
      }
    }
    return batch.length > 0 ? batch : undefined;
  }

  private noteStates(events: readonly NewEvent[]): void {
    for (const event of events) {
      this.committedState = stateOf(event) ?? this.committedState;
    }
  }
}
