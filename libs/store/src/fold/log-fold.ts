import {
  isTerminal,
  type Message,
  type SnapshotOptions,
  type Task,
  TaskFold,
  type TaskStatus,
} from '@nest-a2a/protocol';
import { type Seq, type StoredEvent } from '../log/task-event.js';
import { type TaskRecord } from '../log/task-record.js';
import { type Scope } from '../scope.js';

/** What an adapter knows of a task besides its events. */
export interface FoldSeed {
  readonly scope: Scope;
  /** Whether the task was announced when it was created. */
  readonly isAnnounced: boolean;
}

/** What the events of a log up to `version` add up to. */
export interface FoldedLog {
  readonly version: Seq;
  readonly task: Task;
  readonly isAnnounced: boolean;
  readonly reply?: Message;
}

/** A task as the sum of the events of its log, taken in one by one. Each costs its own size. */
export class LogFold {
  private fold: TaskFold | undefined;
  private lastStatus: TaskStatus | undefined;
  private lastReply: Message | undefined;
  private announced: boolean;
  private lastSeq: Seq = 0;

  constructor(private readonly seed: FoldSeed) {
    this.announced = seed.isAnnounced;
  }

  /** A fold that goes on where another ended. */
  static resume(scope: Scope, folded: FoldedLog): LogFold {
    const fold = new LogFold({ scope, isAnnounced: folded.isAnnounced });
    fold.fold = new TaskFold(folded.task);
    fold.lastStatus = folded.task.status;
    fold.lastReply = folded.reply;
    fold.lastSeq = folded.version;
    return fold;
  }

  /** The task after the last event that was taken in. */
  get version(): Seq {
    return this.lastSeq;
  }

  get isAnnounced(): boolean {
    return this.announced;
  }

  /** Whether no event may follow. */
  get isFinished(): boolean {
    return this.lastReply !== undefined || isTerminal(this.status.state);
  }

  /** The current status. */
  get status(): TaskStatus {
    return assertBegun(this.lastStatus);
  }

  /** Takes in the next event. */
  apply(event: Pick<StoredEvent, 'seq' | 'body'>): void {
    this.skip(event.seq);
    this.applyBody(event.body);
  }

  /** Passes over the next event, of which nothing is wanted: a chunk, for a snapshot without artifacts. */
  skip(seq: Seq): void {
    if (seq !== this.lastSeq + 1) {
      throw new TypeError(`Event ${seq} cannot follow event ${this.lastSeq}`);
    }
    this.lastSeq = seq;
  }

  private applyBody(body: StoredEvent['body']): void {
    switch (body.kind) {
      case 'task':
        this.fold = new TaskFold(body.task);
        this.lastStatus = body.task.status;
        return;
      case 'statusUpdate':
        this.task.applyStatus(body.statusUpdate);
        this.lastStatus = body.statusUpdate.status;
        return;
      case 'artifactUpdate':
        return this.task.applyArtifact(body.artifactUpdate);
      case 'message':
        return this.task.addMessage(body.message);
      case 'announce':
        this.announced = true;
        return;
      case 'reply':
        this.lastReply = body.message;
        return;
      case 'resume':
      case 'artifactEnd':
      case 'step':
        return;
      default:
        body satisfies never;
    }
  }

  /** The task as callers see it. Costs the size of the answer. */
  snapshot(options?: SnapshotOptions): Task {
    return this.task.snapshot(options);
  }

  /** Whether the task has an artifact with this id. */
  hasArtifact(artifactId: string): boolean {
    return this.task.hasArtifact(artifactId);
  }

  /** The record of the task. `turn` is the adapter's to know. */
  record(turn: Seq, options?: SnapshotOptions): TaskRecord {
    return {
      scope: this.seed.scope,
      task: this.snapshot(options),
      version: this.version,
      isAnnounced: this.isAnnounced,
      isFinished: this.isFinished,
      turn,
      ...(this.lastReply && { reply: this.lastReply }),
    };
  }

  private get task(): TaskFold {
    return assertBegun(this.fold);
  }
}

/** Folds the events of a log from its beginning: the task as it was after the last of them. */
export function foldLog(
  seed: FoldSeed,
  events: Iterable<StoredEvent>,
): LogFold {
  const fold = new LogFold(seed);
  for (const event of events) {
    fold.apply(event);
  }
  return fold;
}

function assertBegun<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new TypeError('A log begins with an event of kind "task"');
  }
  return value;
}
