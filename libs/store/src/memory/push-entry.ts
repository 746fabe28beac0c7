import { type Seq, type StoredEvent } from '../log/task-event.js';
import {
  type NewPushConfig,
  type PushConfig,
  type PushConfigState,
} from '../push/push-config.js';
import { type DeliveryAttempt } from '../push/push-ledger.js';
import { isSelected } from '../push/push-select.js';
import { type Scope } from '../scope.js';
import { type RedeliveryEntry } from './redelivery-entry.js';

/** How many attempts a configuration remembers. */
const MAX_ATTEMPTS = 100;

/** The task of a configuration, as far as its delivery goes. */
export interface PushedTask {
  readonly id: string;
  readonly scope: Scope;
  readonly events: readonly StoredEvent[];
}

/** An attempt, and its place among all attempts of the store. */
export interface LoggedAttempt {
  readonly order: number;
  readonly attempt: DeliveryAttempt;
}

/**
 * One configuration and its delivery.
 *
 * ```
 *         a selected event            claim
 *  idle ───────────────────> due ──────────────> claimed
 *    ^                        ^ <── lease expires ──┤
 *    |                        ├──── fail ───────────┤
 *    |                        └──── more follows ───┤
 *    └───────────────── nothing follows ────────────┘
 * ```
 *
 * - idle: nothing selected lies behind the cursor. Neither `dueAt` nor `leaseUntil` is there.
 * - due: `dueAt` says from when on; after a failure that is in the future.
 * - claimed: `leaseUntil` is there. The fence outlives the lease until somebody else claims.
 * - While it is not active it is not claimed, whatever `dueAt` says; a claim that it has goes on.
 */
export class PushEntry {
  /** Its place among the configurations of its task. */
  readonly order: number;
  readonly attempts: LoggedAttempt[] = [];
  /** What is to be sent once more, in its order. */
  readonly redeliveries: RedeliveryEntry[] = [];
  private config: NewPushConfig;
  private currentState: PushConfigState = 'active';
  private cursor: Seq;
  private previous: Seq = 0;
  private failures = 0;
  private failingSince: number | undefined;
  /** `undefined` while nobody may write. */
  private fenceEpoch: number | undefined;
  private leaseTime: number | undefined;
  private dueTime: number | undefined;

  constructor(
    private readonly task: PushedTask,
    config: NewPushConfig,
    { order, cursor }: { order: number; cursor: Seq },
  ) {
    this.config = copyOf(config);
    this.order = order;
    this.cursor = cursor;
  }

  get id(): string {
    return this.config.id;
  }

  get origin(): string {
    return this.config.origin;
  }

  get scope(): Scope {
    return this.task.scope;
  }

  get isActive(): boolean {
    return this.currentState === 'active';
  }

  /** From when on it may be claimed; `undefined` for never as it is now. */
  get dueAt(): number | undefined {
    return this.isActive && this.leaseTime === undefined
      ? this.dueTime
      : undefined;
  }

  /** Until when whoever claimed it has it alone. */
  get leaseUntil(): number | undefined {
    return this.leaseTime;
  }

  /** Whether something is still to be delivered, now, later, or when the operator goes on with it. */
  get isPending(): boolean {
    if (this.redeliveries.length > 0 && this.currentState !== 'disabled') {
      return true;
    }
    if (this.currentState === 'paused') {
      return this.dueNow(0) !== undefined;
    }
    return (
      this.isActive &&
      (this.dueTime !== undefined || this.leaseTime !== undefined)
    );
  }

  /** The last event that is done. */
  get position(): Seq {
    return this.cursor;
  }

  /** When the event behind the cursor was written, milliseconds. */
  get oldestAt(): number | undefined {
    return this.task.events[this.cursor]?.at;
  }

  /** The configuration as the port shows it. */
  toConfig(): PushConfig {
    return {
      ...copyOf(this.config),
      taskId: this.task.id,
      scope: this.task.scope,
      state: this.currentState,
      cursor: this.cursor,
      previous: this.previous,
      failures: this.failures,
      ...(this.failingSince !== undefined && {
        failingSince: this.failingSince,
      }),
    };
  }

  isHeld(epoch: number): boolean {
    return epoch === this.fenceEpoch;
  }

  /** Whether an event that has just been appended makes it due. */
  isWokenBy(event: StoredEvent): boolean {
    return (
      this.isActive &&
      this.leaseTime === undefined &&
      this.dueTime === undefined &&
      isSelected(this.config.select, event.body)
    );
  }

  /** @param before the last event that was there already: idle, it has none of them to deliver */
  wake(now: number, before: Seq): void {
    this.cursor = before;
    this.dueTime = now;
  }

  claim(epoch: number, leaseUntil: number): void {
    this.fenceEpoch = epoch;
    this.leaseTime = leaseUntil;
    this.dueTime = undefined;
  }

  /** The lease has expired: somebody else may claim. */
  lapse(): void {
    this.dueTime = this.leaseTime;
    this.leaseTime = undefined;
  }

  succeed(upTo: Seq, attempt: LoggedAttempt | undefined): void {
    this.cursor = Math.max(this.cursor, upTo);
    if (attempt) {
      this.log(attempt);
      this.previous = attempt.attempt.seq;
      this.forgetFailures();
    }
  }

  fail(logged: LoggedAttempt, upTo: Seq): void {
    const { attempt } = logged;
    this.log(logged);
    this.cursor = Math.max(this.cursor, upTo);
    this.failures += 1;
    this.failingSince ??= attempt.at;
    if (attempt.outcome === 'dead') {
      this.cursor = Math.max(this.cursor, attempt.seq);
      this.previous = attempt.seq;
      this.failures = 0;
    }
  }

  /** Gives the claim back: due at a time, or idle. */
  giveBack(dueAt: number | undefined): void {
    this.fenceEpoch = undefined;
    this.leaseTime = undefined;
    this.dueTime = dueAt;
  }

  /** Due now where something selected lies behind the cursor, else idle. */
  dueNow(now: number): number | undefined {
    const { events } = this.task;
    for (let index = this.cursor; index < events.length; index += 1) {
      const event = events[index];
      if (event && isSelected(this.config.select, event.body)) {
        return now;
      }
    }
    return undefined;
  }

  setState(state: PushConfigState, now: number): void {
    const isResumed = state === 'active' && !this.isActive;
    this.currentState = state;
    if (isResumed) {
      this.forgetFailures();
    }
    if (isResumed && this.leaseTime === undefined) {
      this.dueTime = this.dueNow(now);
    }
  }

  /** Another receiver takes the place: what happened to the one before says nothing about it. */
  replace(config: NewPushConfig, now: number): void {
    this.config = copyOf(config);
    this.forgetFailures();
    if (this.currentState === 'disabled') {
      this.currentState = 'active';
    }
    this.giveBack(this.dueNow(now));
  }

  private forgetFailures(): void {
    this.failures = 0;
    this.failingSince = undefined;
  }

  /** Remembers an attempt. */
  log(attempt: LoggedAttempt): void {
    this.attempts.push(attempt);
    if (this.attempts.length > MAX_ATTEMPTS) {
      this.attempts.shift();
    }
  }
}

function copyOf(config: NewPushConfig): NewPushConfig {
  const { id, protocolVersion, select, origin, sealed } = config;
  // Not `slice`: of a Buffer that is a view, which changes with the original.
  return {
    id,
    protocolVersion,
    select,
    origin,
    sealed: Uint8Array.from(sealed),
  };
}
