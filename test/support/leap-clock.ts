import { type CancelTimer } from '@nest-a2a/store';
import { StoreActivity } from './store-activity.js';
import { type TestClock } from './store-clock.js';

interface Timer {
  readonly time: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still and then leaps, as that of a machine that slept:
 * each timer that is due fires once, late. Days cost nothing.
 */
export class LeapClock implements TestClock {
  readonly activity = new StoreActivity();
  private time = Date.UTC(2026, 0, 1);
  private timers: Timer[] = [];

  /** How many timers wait. A test that ends with one has left something running. */
  get pendingTimers(): number {
    return this.timers.length;
  }

  now(): number {
    return this.time;
  }

  schedule(delayMs: number, callback: () => void): CancelTimer {
    const timer = { time: this.time + Math.max(1, delayMs), callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }

  /** Moves to a time, unless it is later already, and fires what is due there. */
  async leapTo(time: number): Promise<void> {
    // Whoever works now may still want to set a timer.
    await this.activity.settled();
    this.time = Math.max(this.time, time);
    const due = this.timers.filter((timer) => timer.time <= this.time);
    this.timers = this.timers.filter((timer) => timer.time > this.time);
    due.forEach(({ callback }) => callback());
    await this.activity.settled();
  }
}
