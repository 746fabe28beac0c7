import { type SnapshotOptions, type TaskState } from '@nest-a2a/protocol';
import { type Page } from '../page.js';
import { type PushRegistration } from '../push/push-config.js';
import { type CallContext, type Scope } from '../scope.js';
import {
  type Claim,
  type ClaimOnAccept,
  type Fence,
} from '../work/work-ledger.js';
import { type NewEvent, type Seq, type StoredEvent } from './task-event.js';
import { type TaskRecord } from './task-record.js';

/**
 * Makes a repeated send harmless. The key is (scope, messageId, fingerprint):
 * the same message asked for in the same way is the same send.
 */
export interface IdempotencyKey {
  readonly messageId: string;
  /** Hash of what is asked. The same messageId with another fingerprint is another message. */
  readonly fingerprint: string;
  /** Refuse another message with the same messageId. @default false */
  readonly isStrict?: boolean;
}

/** Brings a task into being. */
export interface CreateTask {
  readonly scope: Scope;
  readonly taskId: string;
  readonly contextId: string;
  /** The first is of kind `task`. */
  readonly events: readonly [NewEvent, ...NewEvent[]];
  /** See {@link TaskRecord.isAnnounced}. */
  readonly isAnnounced: boolean;
  readonly idempotency?: IdempotencyKey;
  readonly push?: PushRegistration;
  /** Take the turn on at once. */
  readonly claim?: ClaimOnAccept;
}

/** What became of {@link CreateTask} or {@link AppendEvents}. */
export type Accepted =
  | {
      readonly kind: 'accepted';
      readonly version: Seq;
      readonly events: readonly StoredEvent[];
      /** Where it was asked for and nobody else runs the task. */
      readonly claim?: Claim;
    }
  /** The same was sent before: nothing was written. */
  | {
      readonly kind: 'replayed';
      readonly taskId: string;
      /** The turn that the first send began. */
      readonly turn: Seq;
    };

/** Continues the log of a task: all of the events or none. */
export interface AppendEvents {
  readonly taskId: string;
  readonly events: readonly NewEvent[];
  /** The version that the decision to write these events was made on. */
  readonly expectedVersion: Seq;
  /** Proof that the writer runs the turn. Without it the writer is a caller or the host. */
  readonly fence?: Fence;
  /**
   * `endTurn`: give the lease back. The next message that waits becomes the
   * next turn, else the task is parked. A terminal event ends the turn anyway.
   */
  readonly then?: 'endTurn';
  readonly idempotency?: IdempotencyKey;
  readonly push?: PushRegistration;
  /** Where the events begin a turn and nobody runs the task: take it on at once. */
  readonly claim?: ClaimOnAccept;
}

/** How much of a task to load. */
export interface LoadOptions extends SnapshotOptions {
  /** The task as it was after this event; as it is now where there is no such event. @default now */
  readonly asOf?: Seq;
}

/** Which events to read. */
export interface ReadRange {
  readonly after: Seq;
  /** The most events. */
  readonly limit: number;
  /** Stop when the events have so many bytes of JSON together; one event is always read. @default no limit */
  readonly maxBytes?: number;
}

/** Which tasks to list. */
export interface ListQuery extends SnapshotOptions {
  readonly contextId?: string;
  readonly state?: TaskState;
  /** Only tasks whose status is from then or later, milliseconds. */
  readonly statusSince?: number;
  readonly pageSize: number;
  /** What the page before said. */
  readonly pageToken?: string;
}

/** Where a task stands, for readers that wait. */
export interface TaskVersion {
  readonly version: Seq;
  readonly isFinished: boolean;
}

/** What may be removed. Tasks with webhooks that still have something to deliver always stay, also where the webhook is paused. */
export interface RetentionPolicy {
  /** Finished tasks that ended before this time, milliseconds. */
  readonly finishedBefore: number;
  /** The newest finished tasks that stay; older ones go whatever their age. */
  readonly keepFinished: number;
  /** The most to remove in this call. */
  readonly limit: number;
  /**
   * Stop when the tasks have so many events together. One task is always removed;
   * the events of a longer one may be left to the next calls, where nobody finds
   * them any more.
   *
   * @default no limit
   */
  readonly maxEvents?: number;
}

/** What {@link TaskLog.purge} has done. */
export interface Purged {
  /** The ids of the removed tasks, the first that ended first. */
  readonly taskIds: readonly string[];
  /** Whether there may be more to remove: call again. */
  readonly hasMore: boolean;
}

/**
 * The event logs of all tasks. Every method is one transaction. Methods that
 * name a task answer as if it did not exist where the caller may not access it.
 */
export interface TaskLog {
  /**
   * Creates a task, its first turn, its push configuration and its idempotency
   * record in one commit. The configuration gets the events of the commit too.
   *
   * @throws StoreError `MESSAGE_ID_REUSED`; `VERSION_CONFLICT` where there is a task with this id
   */
  create(command: CreateTask, context: CallContext): Promise<Accepted>;

  /**
   * Appends under the version and the fence that the writer expects. Nothing may
   * follow an event that ends the task, in the same call either. A push
   * configuration gets the events of the call too. A claim that was asked for may
   * be for a turn that has waited for longer. Without events it writes nothing,
   * and tells whether the version and the fence are still those that are
   * expected, once nobody else is writing to the task.
   *
   * @throws StoreError `TASK_NOT_FOUND`, `TASK_FINISHED`, `FENCE_LOST`, `VERSION_CONFLICT`, in this order of precedence,
   *   then `TOO_MANY_PUSH_CONFIGS`; `MESSAGE_ID_REUSED` before all others. A repeated send is answered with `replayed`
   *   whatever has become of the task.
   */
  append(command: AppendEvents, context: CallContext): Promise<Accepted>;

  /** The task, or `undefined`. Unannounced tasks are found too: what callers may see is decided above. */
  load(
    taskId: string,
    options: LoadOptions,
    context: CallContext,
  ): Promise<TaskRecord | undefined>;

  /** The events after a position, in order. Empty for a task that is not there. */
  read(
    taskId: string,
    range: ReadRange,
    context: CallContext,
  ): Promise<readonly StoredEvent[]>;

  /** Where several tasks stand; those that are gone are missing. One call serves every reader of a process. */
  versions(
    taskIds: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, TaskVersion>>;

  /**
   * Announced tasks, the newest status first, equal times by id.
   *
   * @throws StoreError `INVALID_PAGE_TOKEN`
   */
  list(query: ListQuery, context: CallContext): Promise<Page<TaskRecord>>;

  /**
   * Removes a task with all that belongs to it. The events of a long one may be
   * left to the next {@link purge}, where nobody finds them any more.
   *
   * @returns whether it was there
   */
  delete(taskId: string, context: CallContext): Promise<boolean>;

  /** Removes what is too old, or too many, and forgets the failures of origins for which nothing waits. */
  purge(policy: RetentionPolicy): Promise<Purged>;
}
