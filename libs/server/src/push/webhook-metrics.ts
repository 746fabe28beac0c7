import { type AttemptOutcome, type OriginBacklog } from '@nest-a2a/store';

/** Whether an origin is left alone: `half-open` while one request at a time tries whether it answers again. */
export type BreakerStatus = 'closed' | 'open' | 'half-open';

/** What waits for an origin, for a tenant of an agent. */
export interface WebhookBacklog {
  readonly agent: string;
  readonly tenant: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Webhooks that have something to deliver. Not those that are paused or disabled. */
  readonly waiting: number;
  /** How long ago the oldest event was stored that is still to be delivered, milliseconds. */
  readonly oldestAgeMs: number;
  readonly breaker: BreakerStatus;
  /** Failures of the origin in a row. */
  readonly failures: number;
  /** Until when the origin is left alone, milliseconds since 1970; missing while the breaker is closed. */
  readonly openUntil?: number;
}

/** What can be measured of webhooks. */
export interface WebhookMetrics {
  /** What became of the attempts that this process has made since it started. */
  readonly attempts: Readonly<Record<AttemptOutcome, number>>;
  /** Of the dead, how many were the end of a task: a receiver that will wait for ever. */
  readonly deadEnds: number;
  /** What waits, whoever will deliver it, the oldest event first. */
  readonly backlog: readonly WebhookBacklog[];
  /** How far the clock of this process is ahead of that of the store, milliseconds; negative where it is behind. */
  readonly clockSkewMs: number;
}

/** Counts attempts by what became of them. */
export class AttemptCounts {
  private readonly counts = { delivered: 0, failed: 0, dead: 0 };

  add(outcome: AttemptOutcome): void {
    this.counts[outcome] += 1;
  }

  /** The counts as they are now. */
  toJson(): Readonly<Record<AttemptOutcome, number>> {
    return { ...this.counts };
  }
}

/** @param now the store's time, milliseconds */
export function toWebhookBacklog(
  { oldestAt, ...rest }: OriginBacklog,
  now: number,
): WebhookBacklog {
  return {
    ...rest,
    oldestAgeMs: Math.max(0, now - oldestAt),
    breaker: breakerStatus(rest, now),
  };
}

function breakerStatus(
  { openUntil }: Pick<OriginBacklog, 'openUntil'>,
  now: number,
): BreakerStatus {
  if (openUntil === undefined) {
    return 'closed';
  }
  return openUntil > now ? 'open' : 'half-open';
}
