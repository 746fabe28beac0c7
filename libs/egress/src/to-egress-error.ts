import { isAxiosError, isCancel } from 'axios';
import {
  EgressError,
  isEgressError,
  type EgressErrorCode,
} from './egress-error.js';

const MAX_CAUSES = 8;

/** Node's own TLS errors, and the verification results of OpenSSL. */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_CERT_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/;

/**
 * Translates whatever a request rejected with. An {@link EgressError} anywhere
 * in the chain of causes is returned as it is; of an axios error only the cause
 * is kept, because axios errors carry the URL and the headers of the request.
 */
export function toEgressError(error: unknown): EgressError {
  const known = causesOf(error).find(isEgressError);
  return (
    known ?? new EgressError(codeFor(error), { cause: withoutAxios(error) })
  );
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  let current = error;
  while (current instanceof Error && causes.length < MAX_CAUSES) {
    causes.push(current);
    current = current.cause;
  }
  return causes;
}

function codeFor(error: unknown): EgressErrorCode {
  const code = errorCodeOf(error);
  if (isCancel(error)) {
    return 'aborted';
  }
  if (code === 'ECONNABORTED' && isAxiosError(error)) {
    return 'deadline-exceeded';
  }
  if (code === 'ERR_INVALID_URL') {
    return 'invalid-url';
  }
  if (code.startsWith('HPE_')) {
    return 'invalid-response';
  }
  return TLS_CODE.test(code) ? 'tls-failed' : 'connection-failed';
}

function errorCodeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

function withoutAxios(error: unknown): unknown {
  if (!isAxiosError(error)) {
    return error;
  }
  return error.cause ?? new Error(error.message);
}
