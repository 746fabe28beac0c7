import { setImmediate } from 'node:timers/promises';
import { type CancelTimer, type Clock } from '@nest-a2a/store';

interface Timer {
  readonly time: number;
  readonly callback: () => void;
}

/** Like a timer of Node.js: without it, two timers of no delay could keep a clock at one moment for ever. */
const MIN_DELAY_MS = 1;

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  /** In the order in which they were scheduled. */
  private readonly timers = new Set<Timer>();
  private isAdvancing = false;

  /**
   * @param time where it begins, milliseconds since 1970 @default 2026-01-01T00:00:00Z
   * @param settle waits until what a timer has begun is done, for stores that are somewhere else @default promises settle
   */
  constructor(
    private time = Date.UTC(2026, 0, 1),
    private readonly settle = settlePromises,
  ) {}

  /** How many timers wait. A test that ends with one has left something running. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  now(): number {
    return this.time;
  }

  /** Calls back when the clock is moved that far, at least one millisecond. */
  schedule(delayMs: number, callback: () => void): CancelTimer {
    const delay = Math.max(MIN_DELAY_MS, delayMs);
    const timer = { time: this.time + delay, callback };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  /**
   * Moves the time on and runs what becomes due, in the order of time. After
   * each timer, promises settle before the next one runs, so what a timer began
   * can schedule timers of its own in between.
   *
   * @throws TypeError for a time that is not ahead, or while the clock moves already; and what a timer throws
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0) || this.isAdvancing) {
      throw new TypeError(`The clock cannot move by ${ms} ms now`);
    }
    this.isAdvancing = true;
    try {
      await this.moveTo(this.time + ms);
    } finally {
      this.isAdvancing = false;
    }
  }

  private async moveTo(end: number): Promise<void> {
    await this.settle();
    let next = this.first();
    while (next && next.time <= end) {
      this.timers.delete(next);
      this.time = next.time;
      next.callback();
      await this.settle();
      next = this.first();
    }
    this.time = end;
    await this.settle();
  }

  private first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (!first || timer.time < first.time) {
        first = timer;
      }
    }
    return first;
  }
}

/** Waits until all promises that can settle without the outside world have done so. */
async function settlePromises(): Promise<void> {
  // Microtasks run to their end before each of these; the second is for work that yields once itself.
  await setImmediate();
  await setImmediate();
}
