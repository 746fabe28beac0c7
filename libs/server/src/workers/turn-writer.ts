import { isTerminal, type TaskState } from '@nest-a2a/protocol';
import {
  type Accepted,
  type AppendEvents,
  type Claim,
  type Clock,
  type Fence,
  isStoreError,
  type NewEvent,
  type Seq,
  type StoredEvent,
  SYSTEM_CONTEXT,
  type TaskStore,
} from '@nest-a2a/store';
import { type TaskJournal } from '../tasks/task-journal.service.js';
import { withTrace } from '../tasks/with-trace.js';
import { outlastOutage, pauseOfOutage } from '../runtime/outlast-outage.js';
import { TurnError } from './turn.errors.js';

/** What the writes of a turn go through. */
export interface TurnLogPorts {
  readonly journal: TaskJournal;
  readonly store: TaskStore;
  readonly clock: Clock;
}

/** What is written in one commit. */
export interface Batch {
  readonly events: readonly NewEvent[];
  readonly endsTurn: boolean;
}

/** A batch that is written in a transaction which has not ended. */
export interface WrittenBatch {
  readonly command: AppendEvents;
  readonly accepted: Accepted;
}

const EVENTS_PER_READ = 1_000;

/**
 * Commits what a turn writes. Callers of the task may write in between (a
 * further message); that is no conflict for the turn, which its fence protects.
 */
export class TurnWriter {
  private readonly fence: Fence;
  private version: Seq;
  private isAnnounced: boolean;
  private reason: TurnError | undefined;
  private traceparent: string | undefined;

  constructor(
    { record, fence }: Claim,
    private readonly ports: TurnLogPorts,
  ) {
    this.fence = fence;
    this.version = record.version;
    this.isAnnounced = record.isAnnounced;
  }

  /** Why the turn may no longer write. */
  get closed(): TurnError | undefined {
    return this.reason;
  }

  /** From now on what is written says that it belongs to this trace. */
  continueTrace(traceparent: string | undefined): void {
    this.traceparent = traceparent;
  }

  /** Refuses all that is not committed yet. The first reason counts. */
  close(reason: TurnError): TurnError {
    return (this.reason ??= reason);
  }

  /** Resolves when a batch is committed: waits as long as the store is not there. */
  async write(batch: Batch): Promise<void> {
    for (;;) {
      this.assertOpen();
      try {
        const { journal } = this.ports;
        const command = this.commandOf(batch);
        return this.advance(await journal.append(command, SYSTEM_CONTEXT));
      } catch (error) {
        if (await this.isCommittedAfter(error, batch)) return;
      }
      this.assertMayReply(batch);
    }
  }

  /**
   * Resolves when a batch is written in a transaction of the host. Nothing of it
   * counts before {@link confirm}.
   *
   * @throws TurnError `TRANSACTION_CONFLICT`
   */
  async writeWithin(transaction: unknown, batch: Batch): Promise<WrittenBatch> {
    for (;;) {
      this.assertOpen();
      const command = this.commandOf(batch);
      try {
        const { journal } = this.ports;
        const accepted = await journal.appendWithin(transaction, command);
        return { command, accepted };
      } catch (error) {
        if (!isStoreError(error, 'VERSION_CONFLICT')) throw error;
        await this.readOn();
        if (this.version === command.expectedVersion) throw conflict(error);
      }
      this.assertMayReply(batch);
    }
  }

  /** Takes in that a transaction was committed, and tells the readers. */
  async confirm({ command, accepted }: WrittenBatch): Promise<void> {
    this.advance(accepted);
    if (command.events.length > 0) {
      await this.ports.journal.announce(command, accepted);
    }
  }

  /**
   * Whether a transaction was committed that a batch was written in. Waits for
   * its end: as long as it is open, it has locked the task. To be asked once.
   */
  async wasCommitted({ command }: WrittenBatch): Promise<boolean> {
    const { log } = this.ports.store;
    if (await this.isInLog(command)) {
      return true;
    }
    for (;;) {
      this.assertOpen();
      const look = this.commandOf({ events: [], endsTurn: false });
      try {
        await log.append(look, SYSTEM_CONTEXT);
        return false;
      } catch (error) {
        if (await this.isCommittedAfter(error, command)) return true;
      }
    }
  }

  private commandOf({ events, endsTurn }: Batch): AppendEvents {
    const isEnd = events.some(endsTask);
    return {
      taskId: this.fence.taskId,
      events: this.traceparent ? withTrace(events, this.traceparent) : events,
      expectedVersion: this.version,
      fence: this.fence,
      ...(endsTurn && !isEnd && { then: 'endTurn' as const }),
    };
  }

  private advance(accepted: Accepted): void {
    if (accepted.kind === 'accepted') {
      this.version = accepted.version;
    }
  }

  /**
   * What an error of a commit means.
   *
   * @returns whether the events are committed; where they are not, they may be written again
   */
  private async isCommittedAfter(
    error: unknown,
    batch: Pick<Batch, 'events'>,
  ): Promise<boolean> {
    if (isStoreError(error, 'UNAVAILABLE')) {
      await pauseOfOutage(this.ports.clock);
      return false;
    }
    if (!isStoreError(error)) throw error;
    if (await this.isInLog(batch)) return true;
    if (error.code !== 'VERSION_CONFLICT') throw error;
    return false;
  }

  /**
   * Whether our own events are among those that were written meanwhile: the
   * answer to their commit was lost, and they must not be written twice. When
   * they ended the turn, the lease has gone with them, so a refusal for its sake
   * means nothing until the log was read.
   */
  private async isInLog({ events }: Pick<Batch, 'events'>): Promise<boolean> {
    const ownId = events[0]?.id;
    return (await this.readOn()).some((id) => id === ownId);
  }

  /** Reads what others have written. @returns the ids of the events */
  private async readOn(): Promise<readonly string[]> {
    const ids: string[] = [];
    for (;;) {
      const read = await this.readNext();
      ids.push(...read.map(({ id }) => id));
      this.isAnnounced ||= read.some(({ body }) => body.kind === 'announce');
      this.version = read.at(-1)?.seq ?? this.version;
      if (read.length < EVENTS_PER_READ) {
        return ids;
      }
    }
  }

  /** @throws TurnError when the turn may no longer write while the store is not there */
  private readNext(): Promise<readonly StoredEvent[]> {
    const { store, clock } = this.ports;
    const range = { after: this.version, limit: EVENTS_PER_READ };
    return outlastOutage(
      () => store.log.read(this.fence.taskId, range, SYSTEM_CONTEXT),
      { clock, assertOpen: () => this.assertOpen() },
    );
  }

  private assertOpen(): void {
    if (this.reason) {
      throw this.reason;
    }
  }

  /** Its caller may have lost patience and been told of the task. */
  private assertMayReply({ events }: Batch): void {
    const isReply = events.some(({ body }) => body.kind === 'reply');
    if (isReply && this.isAnnounced) {
      throw new TurnError(
        'REPLY_NOT_ALLOWED',
        'The caller did not wait for the answer: the task is known already',
      );
    }
  }
}

/** The state that an event brings, where it does. */
export function stateOf({ body }: NewEvent): TaskState | undefined {
  return body.kind === 'statusUpdate'
    ? body.statusUpdate.status.state
    : undefined;
}

function endsTask(event: NewEvent): boolean {
  const state = stateOf(event);
  return state !== undefined && isTerminal(state);
}

function conflict(cause: unknown): TurnError {
  return new TurnError(
    'TRANSACTION_CONFLICT',
    'The transaction had to give way to another one: begin it again',
    { cause },
  );
}
