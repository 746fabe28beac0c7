import { type EgressErrorCode, toEgressError } from '@nest-a2a/egress';
import {
  A2AClientError,
  type A2AClientErrorCode,
} from '../errors/a2a-client-error.js';

const CODES: Readonly<Record<EgressErrorCode, A2AClientErrorCode>> = {
  'invalid-url': 'not-allowed',
  'url-too-long': 'not-allowed',
  'scheme-not-allowed': 'not-allowed',
  'user-info-not-allowed': 'not-allowed',
  'port-not-allowed': 'not-allowed',
  'address-not-allowed': 'not-allowed',
  'header-not-allowed': 'not-allowed',
  'host-not-found': 'connection-failed',
  'connection-failed': 'connection-failed',
  'tls-failed': 'connection-failed',
  'proxy-failed': 'connection-failed',
  'deadline-exceeded': 'timeout',
  'invalid-response': 'invalid-response',
  aborted: 'aborted',
};

const HINTS: Partial<Record<EgressErrorCode, string>> = {
  'scheme-not-allowed': 'the option allowHttp opens it, for development',
  'address-not-allowed':
    'the option allowPrivateNetworks opens private networks, allow single hosts',
  'port-not-allowed': 'the option ports opens further ports',
};

/**
 * Why a destination was refused, or the way to it failed.
 *
 * @param isUnsent nothing of the request can have left
 */
export function fromEgressFailure(
  error: unknown,
  isUnsent = false,
): A2AClientError {
  const cause = toEgressError(error);
  const hint = HINTS[cause.code];
  return new A2AClientError(
    CODES[cause.code],
    `The agent cannot be called: ${cause.message}` + (hint ? ` (${hint})` : ''),
    { cause, isUnsent },
  );
}
