import { canTransition, isTerminal, type TaskState } from '@nest-a2a/protocol';
import {
  type Claim,
  type Clock,
  type Fence,
  isStoreError,
  type NewEvent,
  type Seq,
  type StoredEvent,
  type StoreErrorCode,
  SYSTEM_CONTEXT,
  type TaskStore,
} from '@nest-a2a/store';
import { type TaskJournal } from '../tasks/task-journal.service.js';
import { TurnError } from './turn.errors.js';

/** What the writes of a turn go through. */
export interface TurnLogPorts {
  readonly journal: TaskJournal;
  readonly store: TaskStore;
  readonly clock: Clock;
}

/** Events that wait to be committed. */
interface Pending {
  readonly events: readonly NewEvent[];
  readonly endsTurn: boolean;
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
const UNAVAILABLE_DELAY_MS = 250;
const EVENTS_PER_READ = 1_000;

/**
 * The log of a task as the turn that runs it writes it: in order, one commit at
 * a time, whatever has gathered meanwhile in one. Callers of the task may
 * write in between (a further message); that is no conflict for the turn,
 * which its fence protects.
 */
export class TurnLog {
  private readonly queue: Pending[] = [];
  private readonly fence: Fence;
  private version: Seq;
  private committedState: TaskState;
  private currentState: TaskState;
  private isWriting = false;
  private isAnnounced: boolean;
  private lost: TurnError | undefined;
  private refused: TurnError | undefined;

  /** @param onLost called once when the turn may no longer write */
  constructor(
    { record, fence }: Claim,
    private readonly ports: TurnLogPorts,
    private readonly onLost: (error: TurnError) => void,
  ) {
    this.fence = fence;
    this.version = record.version;
    this.isAnnounced = record.isAnnounced;
    this.committedState = record.task.status.state;
    this.currentState = this.committedState;
  }

  /** The state of the task, as soon as what the turn has emitted is committed. */
  get state(): TaskState {
    return this.currentState;
  }

  /** Why the turn may no longer write. */
  get closed(): TurnError | undefined {
    return this.lost;
  }

  /** Why something that was to be emitted is missing in the log, and so is all that came after it. */
  get overflow(): TurnError | undefined {
    return this.refused;
  }

  /**
   * Resolves when the events are committed. The end of a turn always finds room.
   *
   * @throws TurnError `TURN_LOST`, `TOO_MANY_PENDING`, `REPLY_NOT_ALLOWED`
   */
  append(
    events: readonly NewEvent[],
    { endsTurn = false }: { endsTurn?: boolean } = {},
  ): Promise<void> {
    if (this.lost) {
      return Promise.reject(this.lost);
    }
    const refusal = endsTurn ? undefined : this.refusal();
    if (refusal) {
      return Promise.reject(refusal);
    }
    events.forEach((event) => this.enter(event));
    return new Promise((resolve, reject) => {
      this.queue.push({ events, endsTurn, resolve, reject });
      if (!this.isWriting) {
        this.isWriting = true;
        void this.writeAll();
      }
    });
  }

  /** Refuses all that is not committed yet, for example because the turn is handed back. */
  close(reason: TurnError): void {
    this.lost ??= reason;
  }

  /** Once full, for good: what is emitted later must not be stored where something before it is missing. */
  private refusal(): TurnError | undefined {
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
      try {
        await this.write(batch);
        batch.forEach(({ resolve }) => resolve());
      } catch (error) {
        this.currentState = this.committedState;
        const reason = this.reasonOf(error);
        batch.forEach(({ reject }) => reject(reason));
      }
    }
    this.isWriting = false;
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

  private async write(batch: readonly Pending[]): Promise<void> {
    const events = batch.flatMap((pending) => pending.events);
    const endsTurn = batch.some((pending) => pending.endsTurn);
    for (;;) {
      if (this.lost) {
        throw this.lost;
      }
      try {
        await this.commit(events, endsTurn);
        return this.noteStates(events);
      } catch (error) {
        if (isStoreError(error, 'UNAVAILABLE')) await this.pause();
        else if (!isStoreError(error)) throw error;
        else if (await this.isCommitted(events)) return this.noteStates(events);
        else if (error.code !== 'VERSION_CONFLICT') throw error;
        this.assertMayReply(events);
      }
    }
  }

  /** Its caller may have lost patience and been told of the task. */
  private assertMayReply(events: readonly NewEvent[]): void {
    const isReply = events.some(({ body }) => body.kind === 'reply');
    if (isReply && this.isAnnounced) {
      throw new TurnError(
        'REPLY_NOT_ALLOWED',
        'The caller did not wait for the answer: the task is known already',
      );
    }
  }

  private async commit(
    events: readonly NewEvent[],
    endsTurn: boolean,
  ): Promise<void> {
    const accepted = await this.ports.journal.append(
      {
        taskId: this.fence.taskId,
        events,
        expectedVersion: this.version,
        fence: this.fence,
        ...(endsTurn &&
          !isTerminal(this.currentState) && { then: 'endTurn' as const }),
      },
      SYSTEM_CONTEXT,
    );
    if (accepted.kind === 'accepted') {
      this.version = accepted.version;
    }
  }

  /**
   * Reads what others have written. Among it may be our own events: the answer
   * to their commit was lost, and they must not be written twice. When they
   * ended the turn, the lease has gone with them, so a refusal for its sake
   * means nothing until the log was read.
   */
  private async isCommitted(events: readonly NewEvent[]): Promise<boolean> {
    const ownId = events[0]?.id;
    let isFound = false;
    for (;;) {
      const read = await this.readOn();
      isFound ||= read.some(({ id }) => id === ownId);
      this.isAnnounced ||= read.some(({ body }) => body.kind === 'announce');
      this.version = read.at(-1)?.seq ?? this.version;
      if (read.length < EVENTS_PER_READ) {
        return isFound;
      }
    }
  }

  /** @throws TurnError when the turn may no longer write while the store is not there */
  private async readOn(): Promise<readonly StoredEvent[]> {
    const { log } = this.ports.store;
    for (;;) {
      const range = { after: this.version, limit: EVENTS_PER_READ };
      try {
        return await log.read(this.fence.taskId, range, SYSTEM_CONTEXT);
      } catch (error) {
        if (!isStoreError(error, 'UNAVAILABLE')) throw error;
      }
      await this.pause();
      if (this.lost) throw this.lost;
    }
  }

  private noteStates(events: readonly NewEvent[]): void {
    for (const event of events) {
      this.committedState = stateOf(event) ?? this.committedState;
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      this.ports.clock.schedule(UNAVAILABLE_DELAY_MS, resolve);
    });
  }

  private reasonOf(error: unknown): unknown {
    if (!isStoreError(error) || !LOST.includes(error.code)) {
      return error;
    }
    this.lost = new TurnError(
      'TURN_LOST',
      `The turn can no longer write: ${error.code}`,
      { cause: error },
    );
    this.onLost(this.lost);
    return this.lost;
  }
}

function stateOf({ body }: NewEvent): TaskState | undefined {
  return body.kind === 'statusUpdate'
    ? body.statusUpdate.status.state
    : undefined;
}
