import { type Clock } from '@nest-a2a/store';
import { type Logger } from '@nestjs/common';

/** More than this between two clocks is no inaccuracy. */
const LARGE_MS = 60_000;

const QUIET_MS = 10 * 60_000;

/**
 * How far the clock of this process is from that of the store, by which leases
 * and schedules go. Where it is far, one of the two is wrong, and whoever
 * compares times of logs, traces or cards with those of tasks is misled.
 */
export class ClockSkew {
  private warnedAt = -Infinity;

  constructor(
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly own: Pick<Clock, 'now'>,
    private readonly store: Pick<Clock, 'now'>,
  ) {}

  /** Milliseconds; negative where this process is behind the store. */
  get ms(): number {
    return this.own.now() - this.store.now();
  }

  /** Warns where the clocks are a minute apart: one line in ten minutes, as long as it lasts. */
  check(): void {
    const { ms } = this;
    const now = this.store.now();
    if (Math.abs(ms) <= LARGE_MS || now - this.warnedAt < QUIET_MS) {
      return;
    }
    this.warnedAt = now;
    const seconds = Math.round(Math.abs(ms) / 1_000);
    const direction = ms > 0 ? 'ahead of' : 'behind';
    this.logger.warn(
      `The clock of this process is ${seconds} s ${direction} that of the store, by which webhooks are scheduled and signed. One of them is wrong.`,
    );
  }
}
