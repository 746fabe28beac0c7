import { type BreakerPolicy, type OriginNote } from '@nest-a2a/store';

/** Answers that are about everybody who asks, so that their `Retry-After` is for the whole origin. */
const THROTTLING = [429, 502, 503, 504];

/** What an agent answers where it is called as a receiver: it is well. */
const LOOP_DETECTED = 508;

/**
 * The longest that one answer holds a whole origin back. An event waits for up to
 * a day; of an origin one answer of one of its servers must not say so much.
 */
const MAX_HOLD_MS = 60 * 60 * 1_000;

/** How an attempt ended, as far as the origin goes. */
export interface OriginAnswer {
  /** Missing where nothing answered. */
  readonly status?: number;
  readonly retryAfterMs?: number | undefined;
}

/**
 * What an attempt says about the whole origin. Nothing that answers, 5xx and 429
 * count against it; any other answer, also one that refuses this webhook, says
 * that it is there.
 *
 * @param now the store's time, milliseconds
 */
export function originNote(
  { status, retryAfterMs = 0 }: OriginAnswer,
  breaker: BreakerPolicy | false,
  now: number,
): OriginNote {
  if (status !== undefined && isUp(status)) {
    return { kind: 'up' };
  }
  const isHeld = THROTTLING.includes(status ?? 0) && retryAfterMs > 0;
  return {
    kind: 'down',
    ...(breaker && { breaker }),
    ...(isHeld && { heldUntil: now + Math.min(retryAfterMs, MAX_HOLD_MS) }),
  };
}

function isUp(status: number): boolean {
  return (
    status === LOOP_DETECTED ||
    (status >= 200 && status < 500 && status !== 429)
  );
}
