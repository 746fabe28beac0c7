import { type Verdict } from './webhook-answer.js';

/** Each wait is longer or shorter by up to this share, so that receivers do not see waves. */
const JITTER = 0.2;

/** The first waits of the schedule are for passing trouble, not for a receiver that says "wrong". */
const SLOW_FROM = 2;

const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1_000;

/** What is known about a failed attempt. */
export interface Failure {
  readonly verdict: Exclude<Verdict, 'delivered'>;
  /** Attempts of this event that have failed, this one included. */
  readonly attempts: number;
  /** What the receiver asked for, milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The wait before the next attempt.
 *
 * @param scheduleMs the wait before each attempt: the second entry follows the first failure
 * @param random from 0 to 1
 * @returns milliseconds, `undefined` where there is no further attempt
 */
export function nextDelayMs(
  scheduleMs: readonly number[],
  { verdict, attempts, retryAfterMs }: Failure,
  random: number = Math.random(),
): number | undefined {
  if (attempts >= scheduleMs.length) {
    return undefined;
  }
  const isSlow = verdict === 'retry-slowly';
  const step = isSlow ? Math.max(attempts, SLOW_FROM) : attempts;
  const waitMs = scheduleMs[Math.min(step, scheduleMs.length - 1)] ?? 0;
  const jittered = waitMs * (1 - JITTER + 2 * JITTER * random);
  const asked = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  return Math.round(Math.max(jittered, asked));
}
