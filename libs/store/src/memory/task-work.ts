import { type Seq } from '../log/task-event.js';
import { type Claim, type ClaimOnAccept } from '../work/work-ledger.js';

/** What a claim says besides the task and the turn themselves. */
export type Taken = Pick<
  Claim,
  'attempt' | 'isTakenOver' | 'isCancelRequested'
> & { readonly epoch: number };

/**
 * The work on one task.
 *
 * ```
 *           a message              claim
 *  parked ────────────> due ────────────────> running
 *     ^                  ^ <─────────────────  |  |
 *     |                  |   hand back         |  |
 *     |                  └─────────────────────┘  |
 *     |        end of the turn, a message waits   |
 *     └───────────────────────────────────────────┘
 *              end of the turn, none waits
 * ```
 *
 * - parked: no owner, no `dueAt`, nothing waits
 * - due: no owner, `dueAt` says since when
 * - running: an owner, `dueAt` says when its lease expires; from then on it is due as well
 * - a task that has ended looks parked, and accepts nothing any more
 */
export class TaskWork {
  private currentTurn: Seq = 0;
  private readonly waiting: Seq[] = [];
  private owner: string | undefined;
  private dueTime: number | undefined;
  private epoch = 0;
  private expirations = 0;
  private isBegun = false;
  private cancelRequested = false;

  /** The turn that runs, waits to run, or ran last. */
  get turn(): Seq {
    return this.currentTurn;
  }

  /** When the task may be claimed; `undefined` while it is parked or over. */
  get dueAt(): number | undefined {
    return this.dueTime;
  }

  get isCancelRequested(): boolean {
    return this.cancelRequested;
  }

  isDue(now: number): boolean {
    return this.dueTime !== undefined && this.dueTime <= now;
  }

  /** Whether an instance runs the task whose lease has not expired. */
  isRunning(now: number): boolean {
    return this.owner !== undefined && !this.isDue(now);
  }

  /** Whether a lease is still the current one. It may have expired, as long as nobody took over. */
  isHeld(epoch: number): boolean {
    return this.owner !== undefined && this.epoch === epoch;
  }

  /** A message has arrived. It is the next turn, or waits for those before it. */
  accept(seq: Seq, now: number): void {
    if (this.dueTime === undefined) {
      this.begin(seq, now);
    } else {
      this.waiting.push(seq);
    }
  }

  /** Takes on a task that is due. */
  claim({ owner, leaseMs }: ClaimOnAccept, now: number): Taken {
    if (this.owner !== undefined) {
      this.expirations += 1;
    }
    const isTakenOver = this.isBegun;
    this.owner = owner;
    this.dueTime = now + leaseMs;
    this.epoch += 1;
    this.isBegun = true;
    return {
      epoch: this.epoch,
      attempt: this.expirations + 1,
      isTakenOver,
      isCancelRequested: this.cancelRequested,
    };
  }

  renew(leaseUntil: number): void {
    this.dueTime = leaseUntil;
  }

  /** Gives the lease back before the turn has ended. */
  handBack(now: number): void {
    this.owner = undefined;
    this.dueTime = now;
  }

  endTurn(now: number): void {
    this.owner = undefined;
    const next = this.waiting.shift();
    if (next !== undefined) {
      this.begin(next, now);
    } else {
      // Whoever asked to cancel was told that an instance would see the mark: another one must.
      this.dueTime = this.cancelRequested ? now : undefined;
    }
  }

  requestCancel(): void {
    this.cancelRequested = true;
  }

  /** Voids the lease of whoever runs the task. */
  fenceOut(): void {
    this.owner = undefined;
    this.epoch += 1;
  }

  /** The task has ended: nothing runs and nothing waits. */
  finish(): void {
    this.owner = undefined;
    this.dueTime = undefined;
    this.waiting.length = 0;
  }

  private begin(seq: Seq, now: number): void {
    this.currentTurn = seq;
    this.dueTime = now;
    this.expirations = 0;
    this.isBegun = false;
  }
}
