import { type Clock } from '@nest-a2a/store';
import { FakeClock } from '@nest-a2a/testing';
import { StoreActivity } from './store-activity.js';

/** A clock of a test that every store goes by, also one that is somewhere else. */
export interface TestClock extends Clock {
  /** What the clock waits for before it moves on. */
  readonly activity: StoreActivity;
}

/** Whether a test moves this clock. */
export function isTestClock(clock: Clock): clock is TestClock {
  return 'activity' in clock;
}

/** {@link FakeClock} that also waits for the store. */
export class StoreClock extends FakeClock implements TestClock {
  readonly activity: StoreActivity;

  constructor(time?: number) {
    const activity = new StoreActivity();
    super(time, () => activity.settled());
    this.activity = activity;
  }

  /** How many timers wait once nobody does anything. */
  async restingTimers(): Promise<number> {
    await this.activity.settled();
    return this.pendingTimers;
  }
}
