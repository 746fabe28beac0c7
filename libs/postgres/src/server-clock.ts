/** How far two clocks may drift apart, milliseconds for each millisecond. */
const DRIFT = 0.000_2;

interface Sample {
  readonly offset: number;
  /** How wrong it may have been when it was taken, milliseconds. */
  readonly errorMs: number;
  readonly takenAt: number;
}

/**
 * The clock of a server, estimated from what it says in its answers. An answer
 * that came quickly says more than one that took long, and loses its worth
 * as the clocks drift apart.
 */
export class ServerClock {
  private best: Sample | undefined;

  /** @param monotonic a clock that is never set back, milliseconds */
  constructor(private readonly monotonic = () => performance.now()) {}

  /** The time as far as this process can tell it, of no meaning elsewhere. */
  get mark(): number {
    return this.monotonic();
  }

  /** The server's time, milliseconds since 1970. */
  now(): number {
    return this.best === undefined
      ? Date.now()
      : Math.round(this.monotonic() + this.best.offset);
  }

  /** Takes in what the server said between `sentAt` and now. */
  observe(serverTime: number, sentAt: number): void {
    const takenAt = this.monotonic();
    const errorMs = (takenAt - sentAt) / 2;
    const offset = serverTime - (sentAt + errorMs);
    if (errorMs <= this.errorNow(takenAt)) {
      this.best = { offset, errorMs, takenAt };
    }
  }

  private errorNow(now: number): number {
    return this.best === undefined
      ? Infinity
      : this.best.errorMs + (now - this.best.takenAt) * DRIFT;
  }
}
