/** How often a call is tried, and how long it waits in between. */
export interface RetryOptions {
  /**
   * How often at most. Interfaces that cannot be reached are passed over within
   * one attempt. 1 to 100.
   * @default 6
   */
  readonly maxAttempts?: number | undefined;

  /**
   * Milliseconds that the first wait takes at most; each further one at most
   * twice as long. How long it is of that, chance decides (full jitter).
   * @default 250
   */
  readonly baseDelayMs?: number | undefined;

  /**
   * Milliseconds of the longest wait. An agent that wants to be left alone for
   * longer (`Retry-After`) is not waited for: the call fails at once.
   * @default 10000
   */
  readonly maxDelayMs?: number | undefined;
}

/** {@link RetryOptions}, complete. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/** The values of omitted options. */
export const DEFAULT_RETRY_OPTIONS: RetryPolicy = Object.freeze({
  maxAttempts: 6,
  baseDelayMs: 250,
  maxDelayMs: 10_000,
});

const MAX_ATTEMPTS = 100;
const MAX_DELAY_MS = 3_600_000;

/**
 * Fills in the defaults; `false` is one attempt.
 *
 * @throws TypeError for a value out of range
 */
export function toRetryPolicy(
  options: RetryOptions | false = {},
  defaults: RetryPolicy = DEFAULT_RETRY_OPTIONS,
): RetryPolicy {
  if (options === false) {
    return { ...defaults, maxAttempts: 1 };
  }
  const {
    maxAttempts = defaults.maxAttempts,
    baseDelayMs = defaults.baseDelayMs,
    maxDelayMs = defaults.maxDelayMs,
  } = options;
  if (!isWithin(maxAttempts, 1, MAX_ATTEMPTS)) {
    throw new TypeError(
      `retry.maxAttempts must be a number from 1 to ${MAX_ATTEMPTS}`,
    );
  }
  for (const [name, value] of Object.entries({ baseDelayMs, maxDelayMs })) {
    if (!isWithin(value, 0, MAX_DELAY_MS)) {
      throw new TypeError(`retry.${name} must be from 0 to ${MAX_DELAY_MS}`);
    }
  }
  return { maxAttempts, baseDelayMs, maxDelayMs };
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}

/**
 * Milliseconds to wait after an attempt that failed.
 *
 * @param attempt the one that failed, from 1
 * @param retryAfterSeconds what the agent asked for; it is waited for in full, and some more
 * @returns `undefined` where the agent wants more than the policy has
 */
export function retryDelay(
  { baseDelayMs, maxDelayMs }: RetryPolicy,
  attempt: number,
  retryAfterSeconds = 0,
): number | undefined {
  const leastMs = retryAfterSeconds * 1_000;
  if (leastMs > maxDelayMs) {
    return undefined;
  }
  const mostMs = Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  return leastMs + Math.random() * mostMs;
}
