import {
  type NewEvent,
  type Seq,
  type StoredEvent,
} from '../log/task-event.js';
import { type TaskRecord, type Turn } from '../log/task-record.js';
import { type CallContext } from '../scope.js';

/**
 * Proof of who runs a turn. Each claim raises the epoch of the task, every
 * write of the turn carries it, and the store refuses an old one: an instance
 * that was frozen while another took over can no longer write.
 */
export interface Fence {
  readonly taskId: string;
  readonly epoch: number;
}

/** Who takes a turn on, and for how long before it must be renewed. */
export interface ClaimOnAccept {
  /** Name of the instance. */
  readonly owner: string;
  readonly leaseMs: number;
}

/** Which turns to take on. */
export interface ClaimTurns extends ClaimOnAccept {
  /** The agents that this instance hosts. */
  readonly agents: readonly string[];
  /** The most turns. A store may give out fewer than there are. */
  readonly max: number;
  /** The most turns of one agent, by its name. @default `max` for each */
  readonly maxOfAgent?: ReadonlyMap<string, number>;
}

/** A turn to run now. */
export interface Claim {
  readonly record: TaskRecord;
  readonly turn: Turn;
  readonly fence: Fence;
  /** 1, and one more each time that the lease of an instance expired. Handing back does not count. */
  readonly attempt: number;
  /** Whether another instance, or an earlier life of this one, has begun the turn. */
  readonly isTakenOver: boolean;
  /** Whether somebody asked to cancel the task: it must not run any more. */
  readonly isCancelRequested: boolean;
}

/** What {@link WorkLedger.renew} says about one lease. */
export interface Renewal {
  readonly taskId: string;
  readonly isHeld: boolean;
  readonly isCancelRequested: boolean;
}

/**
 * Who runs which turn. Due work and an expired lease are the same thing: a time
 * that has passed, on the store's clock.
 */
export interface WorkLedger {
  /**
   * Takes on turns that are due. Agents take it in turns, and so do the tenants of
   * each: nobody waits until all of another's turns have been given out. Each
   * call goes on where the one before it ended. Of one tenant of an agent the
   * longest due comes first. A task that the store cannot read is set aside and
   * told to the operator; the others are given out all the same.
   */
  claim(command: ClaimTurns): Promise<readonly Claim[]>;

  /**
   * Prolongs leases, one answer for each in the order of the call. A lease that is
   * lost stays lost; one that has expired and that nobody took over is held.
   */
  renew(command: {
    readonly fences: readonly Fence[];
    readonly leaseMs: number;
  }): Promise<readonly Renewal[]>;

  /** Hands a turn back: it is due at once and the attempt does not count. Nothing where the lease is lost. */
  release(fence: Fence): Promise<void>;

  /**
   * Marks a task to be cancelled.
   *
   * - `signalled`: somebody runs it and will see the mark.
   * - `unowned`: nobody runs it; the caller appends the end itself.
   * - `finished`: there is nothing to cancel.
   *
   * @throws StoreError `TASK_NOT_FOUND`
   */
  requestCancel(
    taskId: string,
    context: CallContext,
  ): Promise<'signalled' | 'unowned' | 'finished'>;

  /**
   * Takes the task away from whoever runs it and appends events that end it,
   * in one commit and whatever its version.
   *
   * @returns the events, or `undefined` where the task was finished already
   * @throws StoreError `TASK_NOT_FOUND`
   */
  fenceOut(command: {
    readonly taskId: string;
    readonly events: readonly NewEvent[];
  }): Promise<
    | { readonly version: Seq; readonly events: readonly StoredEvent[] }
    | undefined
  >;

  /** When the next turn of these agents is due or the next lease expires, milliseconds; `undefined` for never. */
  nextDueAt(agents: readonly string[]): Promise<number | undefined>;
}
