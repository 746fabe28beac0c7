import { type A2AError, type A2AErrorCode } from '../../errors/a2a-error.js';
import {
  fromJsonRpcError,
  type JsonRpcError,
  toJsonRpcError,
} from '../../errors/json-rpc-errors.js';

/** The codes that A2A 0.3 does not know, and what comes closest. */
const UNKNOWN_IN_V03: Readonly<Partial<Record<A2AErrorCode, number>>> = {
  EXTENSION_SUPPORT_REQUIRED: -32004,
  VERSION_NOT_SUPPORTED: -32004,
};

/** An error in the JSON-RPC form of A2A 0.3. The details are those of 1.0: `data` may be anything there. */
export function toV03JsonRpcError(error: A2AError): JsonRpcError {
  const { code, ...rest } = toJsonRpcError(error);
  return { code: UNKNOWN_IN_V03[error.code] ?? code, ...rest };
}

/**
 * Reads the `error` member of a 0.3 answer, or whatever came in its place. The
 * codes mean what they mean in 1.0, and `data` is read where it has its form.
 *
 * @param httpStatus the status of the response that carried it
 */
export function fromV03JsonRpcError(
  value: unknown,
  httpStatus?: number,
): A2AError {
  return fromJsonRpcError(value, httpStatus);
}
