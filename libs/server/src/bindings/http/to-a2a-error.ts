import { isNativeError } from 'node:util/types';
import {
  A2AError,
  type A2AErrorCode,
  internalError,
  isA2AError,
  unavailable,
} from '@nest-a2a/protocol';
import { isStoreError } from '@nest-a2a/store';
import { RETRY_AFTER_SECONDS } from '../../runtime/retry-after.js';

/** What the statuses mean that guards, interceptors and the HTTP platform throw. */
const BY_STATUS: Readonly<Record<number, A2AErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'METHOD_NOT_FOUND',
  413: 'BODY_TOO_LARGE',
  415: 'CONTENT_TYPE_NOT_SUPPORTED',
  429: 'RATE_LIMITED',
  503: 'UNAVAILABLE',
};

const RETRIABLE: readonly A2AErrorCode[] = ['RATE_LIMITED', 'UNAVAILABLE'];

const TEXTS: Partial<Record<A2AErrorCode, string>> = {
  BODY_TOO_LARGE: 'Request body is too large',
  CONTENT_TYPE_NOT_SUPPORTED: 'Content type is not supported',
};

/**
 * The protocol error for whatever was thrown. What we do not know becomes
 * `INTERNAL` and says nothing about itself to the caller.
 */
export function toA2AError(thrown: unknown): A2AError {
  if (isA2AError(thrown)) {
    return thrown;
  }
  if (isStoreError(thrown, 'UNAVAILABLE')) {
    return unavailable(RETRY_AFTER_SECONDS, thrown);
  }
  const status = statusOf(thrown);
  if (!isError(thrown) || status === undefined || status < 400) {
    return internalError(thrown);
  }
  const code =
    BY_STATUS[status] ?? (status < 500 ? 'INVALID_REQUEST' : undefined);
  return code === undefined
    ? internalError(thrown)
    : new A2AError(code, messageOf(thrown, code), {
        cause: thrown,
        ...(RETRIABLE.includes(code) && {
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        }),
      });
}

/** Also an error of another realm, such as those of Node.js in a sandbox. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || isNativeError(thrown);
}

/** The status of an exception of Nest, or of an error of Express or Fastify. */
function statusOf(thrown: unknown): number | undefined {
  const { getStatus, statusCode, status } = (thrown ?? {}) as {
    getStatus?: () => unknown;
    statusCode?: unknown;
    status?: unknown;
  };
  const found =
    typeof getStatus === 'function'
      ? getStatus.call(thrown)
      : (statusCode ?? status);
  return typeof found === 'number' ? found : undefined;
}

/** An exception of the application speaks for itself; the texts of HTTP platforms are not for callers. */
function messageOf(thrown: Error, code: A2AErrorCode): string {
  const isNestException = 'getStatus' in thrown;
  return isNestException && thrown.message !== ''
    ? thrown.message
    : (TEXTS[code] ?? 'The request cannot be read');
}
