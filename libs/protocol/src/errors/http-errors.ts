import { isJsonObject } from '../validation/json-value.js';
import { A2AError, type A2AErrorCode } from './a2a-error.js';
import {
  type ErrorDetail,
  fromErrorDetails,
  toErrorDetails,
} from './error-details.js';
import { GRPC_ERRORS, type GrpcStatusName } from './grpc-errors.js';

/** The HTTP status of each error on HTTP+JSON (A2A §5.4, §11.6). */
export const HTTP_ERRORS: Readonly<Record<A2AErrorCode, number>> =
  Object.freeze({
    TASK_NOT_FOUND: 404,
    TASK_NOT_CANCELABLE: 400,
    PUSH_NOTIFICATION_NOT_SUPPORTED: 400,
    UNSUPPORTED_OPERATION: 400,
    CONTENT_TYPE_NOT_SUPPORTED: 400,
    INVALID_AGENT_RESPONSE: 500,
    EXTENDED_AGENT_CARD_NOT_CONFIGURED: 400,
    EXTENSION_SUPPORT_REQUIRED: 400,
    VERSION_NOT_SUPPORTED: 400,
    PARSE_ERROR: 400,
    INVALID_REQUEST: 400,
    METHOD_NOT_FOUND: 404,
    INVALID_PARAMS: 400,
    INTERNAL: 500,
    UNAUTHENTICATED: 401,
    FORBIDDEN: 403,
    BODY_TOO_LARGE: 413,
    RATE_LIMITED: 429,
    UNAVAILABLE: 503,
  });

/** The body of an error on HTTP+JSON, the form of `google.rpc.Status` (A2A §11.6). */
export interface HttpErrorBody {
  error: {
    /** Equal to the HTTP status. */
    code: number;
    status: GrpcStatusName;
    message: string;
    details: ErrorDetail[];
  };
}

/** An error in the form of HTTP+JSON. */
export function toHttpErrorBody(error: A2AError): HttpErrorBody {
  return {
    error: {
      code: HTTP_ERRORS[error.code],
      status: GRPC_ERRORS[error.code].status,
      message: error.message,
      details: toErrorDetails(error),
    },
  };
}

/** What an HTTP status means where the body does not say more, the statuses of A2A 1.0.0 included. */
const BY_STATUS: Readonly<Record<number, A2AErrorCode>> = {
  400: 'INVALID_PARAMS',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'TASK_NOT_FOUND',
  409: 'TASK_NOT_CANCELABLE',
  413: 'BODY_TOO_LARGE',
  415: 'CONTENT_TYPE_NOT_SUPPORTED',
  422: 'INVALID_PARAMS',
  429: 'RATE_LIMITED',
  501: 'METHOD_NOT_FOUND',
  502: 'INVALID_AGENT_RESPONSE',
  503: 'UNAVAILABLE',
};

/** Where the name of the gRPC status in the body tells apart what has the same HTTP status. */
const BY_STATUS_NAME: Readonly<Record<string, A2AErrorCode>> = {
  '400 FAILED_PRECONDITION': 'UNSUPPORTED_OPERATION',
  '400 UNIMPLEMENTED': 'UNSUPPORTED_OPERATION',
  '404 UNIMPLEMENTED': 'METHOD_NOT_FOUND',
};

function errorCodeOf(httpStatus: number, name: unknown): A2AErrorCode {
  const byName =
    typeof name === 'string'
      ? BY_STATUS_NAME[`${httpStatus} ${name}`]
      : undefined;
  return byName ?? BY_STATUS[httpStatus] ?? 'INTERNAL';
}

/**
 * Reads the body of an error, or whatever came in its place. The reason in its
 * details decides, then the HTTP status and its name in the body.
 */
export function fromHttpErrorBody(httpStatus: number, body: unknown): A2AError {
  const outer = isJsonObject(body) ? body : {};
  const error = isJsonObject(outer.error) ? outer.error : outer;
  const { reason, ...facts } = fromErrorDetails(error.details);
  const code = reason ?? errorCodeOf(httpStatus, error.status);
  const message =
    typeof error.message === 'string' ? error.message : `HTTP ${httpStatus}`;
  return new A2AError(code, message, facts);
}
