import { A2AError, type A2AErrorCode } from '../../errors/a2a-error.js';
import { fromErrorDetails } from '../../errors/error-details.js';
import {
  fromHttpErrorBody,
  HTTP_ERRORS,
  toHttpErrorBody,
} from '../../errors/http-errors.js';
import { fromJsonRpcError } from '../../errors/json-rpc-errors.js';
import { isJsonObject } from '../../validation/json-value.js';
import { toV03JsonRpcError } from './json-rpc-errors.js';

/** The HTTP status of each error on the HTTP+JSON binding of A2A 0.3, which names none itself. */
export const V03_HTTP_STATUS: Readonly<Record<A2AErrorCode, number>> =
  HTTP_ERRORS;

/** The names of errors by which clients of 0.3 tell them. */
const TYPES: Readonly<Record<A2AErrorCode, string>> = {
  TASK_NOT_FOUND: 'TaskNotFoundError',
  TASK_NOT_CANCELABLE: 'TaskNotCancelableError',
  PUSH_NOTIFICATION_NOT_SUPPORTED: 'PushNotificationNotSupportedError',
  UNSUPPORTED_OPERATION: 'UnsupportedOperationError',
  CONTENT_TYPE_NOT_SUPPORTED: 'ContentTypeNotSupportedError',
  INVALID_AGENT_RESPONSE: 'InvalidAgentResponseError',
  EXTENDED_AGENT_CARD_NOT_CONFIGURED:
    'AuthenticatedExtendedCardNotConfiguredError',
  EXTENSION_SUPPORT_REQUIRED: 'UnsupportedOperationError',
  VERSION_NOT_SUPPORTED: 'UnsupportedOperationError',
  PARSE_ERROR: 'JSONParseError',
  INVALID_REQUEST: 'InvalidRequestError',
  METHOD_NOT_FOUND: 'MethodNotFoundError',
  INVALID_PARAMS: 'InvalidParamsError',
  INTERNAL: 'InternalError',
  UNAUTHENTICATED: 'InvalidRequestError',
  FORBIDDEN: 'InvalidRequestError',
  BODY_TOO_LARGE: 'InvalidRequestError',
  RATE_LIMITED: 'InternalError',
  UNAVAILABLE: 'InternalError',
};

/** An error in three forms at once, as A2A 0.3 defines none and each of its clients looks for another. */
export interface V03HttpErrorBody {
  /** That of JSON-RPC. */
  code: number;
  type: string;
  message: string;
  data?: unknown;
  /** The form of A2A 1.0. */
  error: object;
}

/** An error as the body of an HTTP+JSON response. */
export function toV03HttpErrorBody(error: A2AError): V03HttpErrorBody {
  const { error: status } = toHttpErrorBody(error);
  const { code, message, data } = toV03JsonRpcError(error);
  return {
    code,
    type: TYPES[error.code],
    message,
    ...(data && { data }),
    error: status,
  };
}

/**
 * Reads the body of an error, or whatever came in its place: the reason in its
 * details decides, then the code of JSON-RPC, then the name of the error, then
 * the HTTP status.
 */
export function fromV03HttpErrorBody(
  httpStatus: number,
  body: unknown,
): A2AError {
  const outer = isJsonObject(body) ? body : {};
  const byStatus = fromHttpErrorBody(httpStatus, body);
  if (hasReason(outer.error)) {
    return byStatus;
  }
  if (typeof outer.code === 'number' && outer.code < 0) {
    return fromJsonRpcError(outer, httpStatus);
  }
  const code = codeByName(outer.type) ?? codeByName(outer.error);
  return code === undefined
    ? byStatus
    : new A2AError(code, byStatus.message, {
        violations: byStatus.violations,
        metadata: byStatus.metadata,
      });
}

function hasReason(error: unknown): boolean {
  return (
    isJsonObject(error) && fromErrorDetails(error.details).reason !== undefined
  );
}

const NAMES = Object.entries(TYPES) as [A2AErrorCode, string][];

/** Some give the name of a class with its package. */
function codeByName(name: unknown): A2AErrorCode | undefined {
  if (typeof name !== 'string') {
    return undefined;
  }
  const last = name.slice(name.lastIndexOf('.') + 1);
  return NAMES.find(([, known]) => known === last)?.[0];
}
