import { isInterrupted, isTerminal, type TaskState } from '@nest-a2a/protocol';
import { type Claim, type NewEvent } from '@nest-a2a/store';
import { Logger } from '@nestjs/common';
import {
  agentMessage,
  idsOf,
  type MessageBody,
  newEvent,
  statusEvent,
  type TaskIds,
} from '../tasks/new-events.js';
import { ArtifactTracker, type Chunk } from './artifact-tracker.js';
import { type TurnLog } from './turn-log.js';
import { TurnError } from './turn.errors.js';

/** What the emitter needs besides the log. */
export interface EmitterOptions {
  readonly maxArtifactBytes: number;
  /** Whether `reply` is allowed at all. */
  readonly directReplies: boolean;
  /** Milliseconds on the store's clock. */
  now(): number;
}

/**
 * Puts what a turn says into the log.
 *
 * States: `silent` (the task is unannounced and nothing was said) →
 * `speaking` → `ended`. Leaving `silent` announces the task in the same commit,
 * or ends the turn with a direct reply. Nothing leaves `ended` except an end
 * that is refused: the turn must have another one.
 */
export class TurnEmitter {
  private readonly logger = new Logger('A2AWorker');
  private readonly ids: TaskIds;
  private phase: 'silent' | 'speaking' | 'ended';
  readonly artifacts: ArtifactTracker;

  constructor(
    { record }: Claim,
    private readonly log: TurnLog,
    private readonly options: EmitterOptions,
  ) {
    this.ids = idsOf(record.task);
    this.phase = record.isAnnounced ? 'speaking' : 'silent';
    this.artifacts = new ArtifactTracker(options.maxArtifactBytes);
    record.task.artifacts?.forEach((known) => this.artifacts.addKnown(known));
  }

  /** Whether an ending call was made. */
  get hasEnded(): boolean {
    return this.phase === 'ended';
  }

  /** How the turn has ended, where an ending call was made. */
  get ending(): TaskState | 'REPLIED' | undefined {
    if (!this.hasEnded) {
      return undefined;
    }
    const { state } = this.log;
    return isTerminal(state) || isInterrupted(state) ? state : 'REPLIED';
  }

  /** Why some of what the worker has said is not in the log. */
  get overflow(): TurnError | undefined {
    return this.log.overflow;
  }

  /** Makes the task WORKING, unless nobody may know yet that there is one. */
  async begin(): Promise<void> {
    const events = this.phase === 'speaking' ? this.working() : [];
    if (events.length > 0) {
      await this.log.append(events);
    }
  }

  /** Progress. */
  status(said: MessageBody): Promise<void> {
    return this.emit([this.statusEvent('TASK_STATE_WORKING', said)]);
  }

  /** An artifact, or a chunk of one. */
  artifact(chunk: Chunk): Promise<void> {
    return this.emit([this.chunkEvent(chunk)]);
  }

  /** Ends the turn with a state; where there are artifacts, they come first. */
  end(
    state: TaskState,
    { said, chunks = [] }: { said?: MessageBody; chunks?: Chunk[] } = {},
  ): Promise<void> {
    this.assertNotEnded();
    const made = chunks.map((chunk) => this.chunkEvent(chunk));
    return this.close([
      ...this.announcement(),
      ...made,
      ...this.artifacts.closeAll(),
      this.statusEvent(state, said),
    ]);
  }

  /** Ends the turn with a message in place of the task. */
  reply(said: MessageBody): Promise<void> {
    this.assertNotEnded();
    if (!this.options.directReplies || this.phase !== 'silent') {
      throw new TurnError(
        'REPLY_NOT_ALLOWED',
        this.options.directReplies
          ? 'reply() must be the first call, and the caller must wait for the answer: the task is known already'
          : 'reply() needs @A2AWorker({ directReplies: true })',
      );
    }
    // There is no task for the caller, so the message names none (A2A Message.task_id).
    const { taskId, ...message } = agentMessage(this.ids, said);
    return this.close([newEvent({ kind: 'reply', message })]);
  }

  /** An event of the runtime's own: the caller need not know of the task for it. */
  async internal(event: NewEvent): Promise<void> {
    this.assertNotEnded();
    await this.log.append([event]);
  }

  private emit(events: NewEvent[]): Promise<void> {
    this.assertNotEnded();
    const announcement = this.announcement();
    this.phase = 'speaking';
    return this.log.append([...announcement, ...events]);
  }

  private async close(events: NewEvent[]): Promise<void> {
    this.phase = 'ended';
    try {
      await this.log.append(events, { endsTurn: true });
    } catch (error) {
      if (!isOver(error)) this.phase = 'speaking';
      throw error;
    }
  }

  /** @returns what takes back everything that is said from now on */
  save(): () => void {
    const { phase } = this;
    const restoreArtifacts = this.artifacts.save();
    return () => {
      this.phase = phase;
      restoreArtifacts();
    };
  }

  /** @throws TurnError where nothing that is done now could be noted any more */
  assertOpen(): void {
    this.assertNotEnded();
    this.log.assertOpen();
  }

  /** @throws TurnError `TURN_ENDED` */
  assertNotEnded(): void {
    if (this.phase === 'ended') {
      throw new TurnError(
        'TURN_ENDED',
        'The turn has ended: nothing can be said after complete(), fail() or another ending call',
      );
    }
  }

  private announcement(): NewEvent[] {
    return this.phase === 'silent'
      ? [newEvent({ kind: 'announce' }), ...this.working()]
      : [];
  }

  private working(): NewEvent[] {
    return this.log.state === 'TASK_STATE_WORKING'
      ? []
      : [this.statusEvent('TASK_STATE_WORKING')];
  }

  private statusEvent(state: TaskState, said?: MessageBody): NewEvent {
    const at = this.options.now();
    return statusEvent(this.ids, { state, at, ...(said && { said }) });
  }

  private chunkEvent(chunk: Chunk): NewEvent {
    const { artifact, append, lastChunk } = chunk;
    if (append && !this.artifacts.has(artifact.artifactId)) {
      this.logger.warn(
        `Task ${this.ids.taskId}: a chunk was appended to artifact ${artifact.artifactId}, which was not there; it is now`,
      );
    }
    this.artifacts.add(chunk);
    return newEvent({
      kind: 'artifactUpdate',
      artifactUpdate: {
        ...this.ids,
        artifact,
        ...(append && { append }),
        ...(lastChunk && { lastChunk }),
      },
    });
  }
}

/** Whether others decide about the task, so that it needs no other end. */
function isOver(error: unknown): boolean {
  return error instanceof TurnError && error.code !== 'REPLY_NOT_ALLOWED';
}
