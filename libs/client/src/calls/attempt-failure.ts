import { isA2AError } from '@nest-a2a/protocol';
import {
  A2AClientError,
  type A2AClientErrorCode,
  isA2AClientError,
} from '../errors/a2a-client-error.js';

/**
 * What to do after an attempt that failed.
 *
 * | verdict | meaning |
 * | --- | --- |
 * | `elsewhere` | nothing was sent: another interface may be reached |
 * | `refused` | this client does not call the interface: another may do, time changes nothing |
 * | `lost` | it was sent, and nobody knows what became of it |
 * | `later` | the agent has no time now, and has done nothing |
 * | `final` | asking again would bring the same |
 */
export type Verdict = 'elsewhere' | 'refused' | 'lost' | 'later' | 'final';

/** What goes wrong between the two sides, after something was sent. */
const LOST: readonly A2AClientErrorCode[] = [
  'connection-failed',
  'gateway-failed',
];

/** What the client itself has against an interface. */
const REFUSED: readonly A2AClientErrorCode[] = [
  'no-credentials',
  'not-allowed',
];

/** Judges why an attempt failed; not for one that its signal has ended. */
export function judge(error: unknown): Verdict {
  if (isA2AError(error)) {
    const { code } = error;
    return code === 'RATE_LIMITED' || code === 'UNAVAILABLE'
      ? 'later'
      : 'final';
  }
  if (!isA2AClientError(error)) {
    return 'final';
  }
  if (REFUSED.includes(error.code)) {
    return 'refused';
  }
  if (error.isUnsent) {
    return 'elsewhere';
  }
  return LOST.includes(error.code) ? 'lost' : 'final';
}

/** Whether the same may go well at another time. */
export function isPassing(error: unknown): boolean {
  return !['final', 'refused'].includes(judge(error));
}

/** When the agent wants to be asked again. */
export function retryAfterOf(error: unknown): number | undefined {
  return isA2AError(error) ? error.retryAfterSeconds : undefined;
}

/** The error of a request that may have had its effect, or not. */
export function outcomeUnknown(
  cause: unknown,
  messageId: string | undefined,
): A2AClientError {
  const what = messageId === undefined ? 'request' : `message ${messageId}`;
  return new A2AClientError(
    'outcome-unknown',
    `The agent may have taken the ${what} or not: it was sent, and no answer came`,
    { cause, messageId },
  );
}
