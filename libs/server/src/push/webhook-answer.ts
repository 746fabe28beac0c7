import { type EgressErrorCode } from '@nest-a2a/egress';

/**
 * What the answer of a webhook means for the event.
 *
 * - `delivered`: done
 * - `retry`: again, on the schedule
 * - `retry-slowly`: again, but the receiver said that the request is wrong: it is not hammered
 * - `gone`: the receiver wants nothing more, ever
 */
export type Verdict = 'delivered' | 'retry' | 'retry-slowly' | 'gone';

/** Gone, and Loop Detected: an agent says so where it is called as a receiver. */
const GONE = [410, 508];

/** Client errors that mean "later" and not "wrong". */
const TEMPORARY = [408, 425, 429];

/** A date of RFC 9110 §5.6.7, of the two forms that name their time zone. `Date.parse` alone makes dates of nearly anything. */
const HTTP_DATE = /^[a-z]{3,9}, [\da-z: -]+ GMT$/i;

/** Judges an HTTP status. Only 2xx is a success; a redirect is a failure and never followed. */
export function judgeStatus(status: number): Verdict {
  if (status >= 200 && status < 300) {
    return 'delivered';
  }
  if (GONE.includes(status)) {
    return 'gone';
  }
  const isClientError = status >= 400 && status < 500;
  return isClientError && !TEMPORARY.includes(status)
    ? 'retry-slowly'
    : 'retry';
}

/** Judges a request that got no answer. A forbidden address may be a passing answer of a resolver, so it is tried again too. */
export function judgeError(code: EgressErrorCode): Verdict {
  return code === 'address-not-allowed' ? 'retry-slowly' : 'retry';
}

/**
 * Reads `Retry-After`: seconds, or a date.
 *
 * @param nowMs what the date is compared with
 * @returns milliseconds from now, `undefined` where there is nothing to honour
 */
export function retryAfterMs(
  value: string | string[] | undefined,
  nowMs: number,
): number | undefined {
  const text = [value ?? []].flat()[0]?.trim() ?? '';
  if (/^\d+$/.test(text)) {
    return Number(text) * 1_000;
  }
  const delay = HTTP_DATE.test(text) ? Date.parse(text) - nowMs : NaN;
  return delay > 0 ? delay : undefined;
}
