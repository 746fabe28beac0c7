import { type Seq } from '../log/task-event.js';
import { type ClaimOnAccept } from '../work/work-ledger.js';

/**
 * The work on one task, as the columns of its row say it. The states are those
 * of the adapter for memory: parked (no `dueAt`), due (no owner), running (an
 * owner, `dueAt` is when the lease expires). The messages that wait are the
 * events behind `turn` that begin a turn.
 */
export interface WorkState {
  readonly turn: Seq;
  readonly owner: string | undefined;
  readonly dueAt: number | undefined;
  readonly epoch: number;
  readonly expirations: number;
  readonly isBegun: boolean;
  readonly isCancelRequested: boolean;
}

/** The work on a task that is new, before its first event. */
export const NO_WORK: WorkState = Object.freeze({
  turn: 0,
  owner: undefined,
  dueAt: undefined,
  epoch: 0,
  expirations: 0,
  isBegun: false,
  isCancelRequested: false,
});

/** A turn becomes due. */
export function begin(work: WorkState, turn: Seq, now: number): WorkState {
  return { ...work, turn, dueAt: now, expirations: 0, isBegun: false };
}

/** A message has arrived. It is the next turn, or waits for those before it. */
export function accept(work: WorkState, turn: Seq, now: number): WorkState {
  return work.dueAt === undefined ? begin(work, turn, now) : work;
}

/** Somebody takes the turn on that is due. */
export function takeOn(
  work: WorkState,
  { owner, leaseMs }: ClaimOnAccept,
  now: number,
): WorkState {
  return {
    ...work,
    owner,
    dueAt: now + leaseMs,
    epoch: work.epoch + 1,
    expirations: work.expirations + (work.owner === undefined ? 0 : 1),
    isBegun: true,
  };
}

/** The turn has ended; `next` is the message that has waited for longest. */
export function endTurn(
  work: WorkState,
  next: Seq | undefined,
  now: number,
): WorkState {
  const idle = { ...work, owner: undefined };
  if (next !== undefined) {
    return begin(idle, next, now);
  }
  // Whoever asked to cancel was told that an instance would see the mark: another one must.
  return { ...idle, dueAt: work.isCancelRequested ? now : undefined };
}

/** The lease of whoever runs the task becomes void. */
export function fenceOut(work: WorkState): WorkState {
  return { ...work, owner: undefined, epoch: work.epoch + 1 };
}

/** The task has ended: nothing runs and nothing waits. */
export function finish(work: WorkState): WorkState {
  return { ...work, owner: undefined, dueAt: undefined };
}

/** Whether the task may be claimed. */
export function isDue({ dueAt }: WorkState, now: number): boolean {
  return dueAt !== undefined && dueAt <= now;
}

/** Whether a lease is still the current one. It may have expired, as long as nobody took over. */
export function isHeld(work: WorkState, epoch: number): boolean {
  return work.owner !== undefined && work.epoch === epoch;
}
