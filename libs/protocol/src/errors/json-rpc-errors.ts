import { isJsonObject } from '../validation/json-value.js';
import { A2AError, type A2AErrorCode } from './a2a-error.js';
import {
  type ErrorDetail,
  fromErrorDetails,
  toErrorDetails,
} from './error-details.js';

/** A row of {@link JSON_RPC_ERRORS}. */
export interface JsonRpcErrorRow {
  readonly code: number;
  readonly httpStatus: number;
}

/**
 * How each error looks on JSON-RPC: its code, and the HTTP status of the
 * response where that is not 200 (A2A §5.4, §9.5).
 */
export const JSON_RPC_ERRORS: Readonly<Record<A2AErrorCode, JsonRpcErrorRow>> =
  Object.freeze({
    TASK_NOT_FOUND: { code: -32001, httpStatus: 200 },
    TASK_NOT_CANCELABLE: { code: -32002, httpStatus: 200 },
    PUSH_NOTIFICATION_NOT_SUPPORTED: { code: -32003, httpStatus: 200 },
    UNSUPPORTED_OPERATION: { code: -32004, httpStatus: 200 },
    CONTENT_TYPE_NOT_SUPPORTED: { code: -32005, httpStatus: 200 },
    INVALID_AGENT_RESPONSE: { code: -32006, httpStatus: 200 },
    EXTENDED_AGENT_CARD_NOT_CONFIGURED: { code: -32007, httpStatus: 200 },
    EXTENSION_SUPPORT_REQUIRED: { code: -32008, httpStatus: 200 },
    VERSION_NOT_SUPPORTED: { code: -32009, httpStatus: 200 },
    PARSE_ERROR: { code: -32700, httpStatus: 200 },
    INVALID_REQUEST: { code: -32600, httpStatus: 200 },
    METHOD_NOT_FOUND: { code: -32601, httpStatus: 200 },
    INVALID_PARAMS: { code: -32602, httpStatus: 200 },
    INTERNAL: { code: -32603, httpStatus: 200 },
    UNAUTHENTICATED: { code: -32600, httpStatus: 401 },
    FORBIDDEN: { code: -32600, httpStatus: 403 },
    BODY_TOO_LARGE: { code: -32600, httpStatus: 413 },
    RATE_LIMITED: { code: -32603, httpStatus: 429 },
    UNAVAILABLE: { code: -32603, httpStatus: 503 },
  });

/** The `error` member of a JSON-RPC response. */
export interface JsonRpcError {
  code: number;
  message: string;
  data?: ErrorDetail[];
}

/** An error in the form of JSON-RPC. */
export function toJsonRpcError(error: A2AError): JsonRpcError {
  const data = toErrorDetails(error);
  return {
    code: JSON_RPC_ERRORS[error.code].code,
    message: error.message,
    ...(data.length > 0 && { data }),
  };
}

const ROWS = Object.entries(JSON_RPC_ERRORS) as readonly [
  A2AErrorCode,
  JsonRpcErrorRow,
][];

/** Several errors share a code; the HTTP status tells them apart. Where the code is unknown, it decides alone. */
function errorCodeOf(code: unknown, httpStatus: number): A2AErrorCode {
  const sameCode = ROWS.filter(([, row]) => row.code === code);
  const sameStatus = ROWS.find(
    ([, row]) => row.httpStatus === httpStatus && httpStatus !== 200,
  );
  const byCode =
    sameCode.find(([, row]) => row.httpStatus === httpStatus) ??
    sameCode.find(([, row]) => row.httpStatus === 200);
  const isVague = sameCode.length > 1;
  const found = isVague ? (sameStatus ?? byCode) : (byCode ?? sameStatus);
  return found?.[0] ?? 'INTERNAL';
}

/**
 * Reads an `error` member, or whatever came in its place. The reason in its
 * details decides, then its code, then the HTTP status: implementations agree
 * less on these (A2A §5.4).
 *
 * @param httpStatus the status of the response that carried it
 */
export function fromJsonRpcError(value: unknown, httpStatus = 200): A2AError {
  const error = isJsonObject(value) ? value : {};
  const { reason, ...facts } = fromErrorDetails(error.data);
  const code = reason ?? errorCodeOf(error.code, httpStatus);
  const message = typeof error.message === 'string' ? error.message : code;
  return new A2AError(code, message, facts);
}
