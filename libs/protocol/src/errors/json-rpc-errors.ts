import { isJsonObject } from '../validation/json-value.js';
import { A2AError, type A2AErrorCode } from './a2a-error.js';
import {
  type ErrorDetail,
  fromErrorDetails,
  toErrorDetails,
} from './error-details.js';

/**
 * How each error looks on JSON-RPC: its code, and the HTTP status of the
 * response where that is not 200 (A2A §5.4, §9.5).
 */
export const JSON_RPC_ERRORS: Readonly<
  Record<A2AErrorCode, { code: number; httpStatus: number }>
> = {
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
};

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

/** The codes that mean one error, whatever the HTTP status. */
const BY_CODE = new Map(
  Object.entries(JSON_RPC_ERRORS)
    .filter(([, { httpStatus }]) => httpStatus === 200)
    .map(([code, row]) => [row.code, code as A2AErrorCode]),
);

/**
 * Reads an `error` member. The reason in its details decides, then its code:
 * implementations agree less on the latter (A2A §5.4).
 */
export function fromJsonRpcError(value: unknown): A2AError {
  const error = isJsonObject(value) ? value : {};
  const { reason, ...facts } = fromErrorDetails(error.data);
  const code = reason ?? BY_CODE.get(Number(error.code)) ?? 'INTERNAL';
  const message = typeof error.message === 'string' ? error.message : code;
  return new A2AError(code, message, facts);
}
