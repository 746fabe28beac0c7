import { type Message, type Task } from '@nest-a2a/protocol';
import { type Scope } from '../scope.js';
import { type Seq, type TurnRequest } from './task-event.js';

/** A task with what the runtime knows about it. */
export interface TaskRecord {
  readonly scope: Scope;
  /** The fold of the events up to `version`. */
  readonly task: Task;
  readonly version: Seq;
  /** Whether callers may know of it. A task of a worker that may reply directly is unknown at first. */
  readonly isAnnounced: boolean;
  /** Whether it never changes again: a terminal state, or a direct reply. */
  readonly isFinished: boolean;
  /** The direct reply that was given instead of a task. */
  readonly reply?: Message;
  /** The turn that runs, waits to run, or ran last. */
  readonly turn: Seq;
}

/** One message for the worker to work on, or the host's wish to go on. */
export interface Turn {
  /** The event that began it. */
  readonly seq: Seq;
  /** When that was committed, milliseconds on the store's clock. */
  readonly at: number;
  /** Missing where the host resumed the task without a message. */
  readonly message?: Message;
  readonly request: TurnRequest;
}
