import { isA2AClientError } from '../errors/a2a-client-error.js';
import { sleep } from '../waiting/sleep.js';
import { isPassing, retryAfterOf } from './attempt-failure.js';
import { retryDelay, type RetryPolicy } from './retry-options.js';

/** What servers answer that have no time now, or no agent behind them. */
const LATER: readonly number[] = [429, 502, 503, 504];

/** Does what has no effect until it succeeds, or asking again would bring the same. */
export async function repeated<T>(
  work: () => Promise<T>,
  { retry, signal }: { retry: RetryPolicy; signal: AbortSignal },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const delayMs = retryDelay(retry, attempt, retryAfterOf(error));
      const isHopeless = signal.aborted || !isBusy(error);
      if (isHopeless || attempt >= retry.maxAttempts || delayMs === undefined) {
        throw error;
      }
      await sleep(delayMs, signal);
    }
  }
}

function isBusy(error: unknown): boolean {
  const isServerBusy =
    isA2AClientError(error) &&
    error.code === 'card-unavailable' &&
    LATER.includes(error.status ?? 0);
  return isServerBusy || isPassing(error);
}
