import { A2AError, type A2AErrorCode } from '@nest-a2a/protocol';
import { type HttpAnswer } from './answer.js';

/** Adds to an error what only the HTTP headers say: when to try again and how to authenticate. */
export function withHttpFacts(
  error: A2AError,
  { headers }: Pick<HttpAnswer, 'headers'>,
  code: A2AErrorCode = error.code,
): A2AError {
  const retryAfterSeconds = parseRetryAfter(headers['retry-after']);
  const challenge = headers['www-authenticate'];
  return new A2AError(code, error.message, {
    violations: error.violations,
    metadata: error.metadata,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(challenge !== undefined && { challenge }),
    ...(error.cause !== undefined && { cause: error.cause }),
  });
}

/**
 * Reads a `Retry-After` header: seconds, or a date (RFC 9110 §10.2.3).
 *
 * @returns whole seconds from now; `undefined` where it is neither
 */
export function parseRetryAfter(
  value: string | undefined,
  nowMs = Date.now(),
): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) {
    return Number(text);
  }
  const atMs = Date.parse(text);
  return Number.isNaN(atMs)
    ? undefined
    : Math.max(0, Math.ceil((atMs - nowMs) / 1_000));
}
