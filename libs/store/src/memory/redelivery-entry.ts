import { type Seq } from '../log/task-event.js';

/** A part of a log that is to be sent once more. */
export class RedeliveryEntry {
  private cursor: Seq;
  private failed = 0;
  /** `undefined` while nobody may write. */
  private fenceEpoch: number | undefined;
  private leaseTime: number | undefined;
  private dueTime: number;

  constructor(
    readonly number: number,
    private readonly range: { readonly from: Seq; readonly to: Seq },
    now: number,
  ) {
    this.cursor = range.from - 1;
    this.dueTime = now;
  }

  /** The last event that was sent once more, or is not meant. */
  get position(): Seq {
    return this.cursor;
  }

  get to(): Seq {
    return this.range.to;
  }

  get failures(): number {
    return this.failed;
  }

  get isOver(): boolean {
    return this.cursor >= this.range.to;
  }

  /** From when on it may be claimed: that is also when a lease expires. */
  get dueAt(): number {
    return this.leaseTime ?? this.dueTime;
  }

  isHeld(epoch: number): boolean {
    return epoch === this.fenceEpoch;
  }

  isUnderWay(now: number): boolean {
    return this.leaseTime !== undefined && this.leaseTime > now;
  }

  claim(epoch: number, leaseUntil: number): void {
    this.fenceEpoch = epoch;
    this.leaseTime = leaseUntil;
  }

  moveTo(cursor: Seq): void {
    this.cursor = Math.max(this.cursor, cursor);
    this.failed = 0;
  }

  fail(): void {
    this.failed += 1;
  }

  giveBack(dueAt: number): void {
    this.fenceEpoch = undefined;
    this.leaseTime = undefined;
    this.dueTime = dueAt;
  }
}
