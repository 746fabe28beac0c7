/** Ends what {@link Clock.schedule} began. Harmless afterwards. */
export type CancelTimer = () => void;

/** The time, and being called later. Tests put a clock of their own in its place. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Calls once, after at least `delayMs`. Does not keep the process alive, so
   * whoever schedules must also wait for what it has begun when it stops.
   */
  schedule(delayMs: number, callback: () => void): CancelTimer;
}

/** The longest delay that a Node.js timer can have. */
const MAX_DELAY_MS = 2_147_483_647;

/** The clock of the machine. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  schedule: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
});
