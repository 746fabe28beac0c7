import { invalidRequest } from '../errors/a2a-errors.js';
import { type JsonRpcError } from '../errors/json-rpc-errors.js';
import { isJsonObject } from '../validation/json-value.js';

/** Tells requests apart; the response has the id of its request. */
export type JsonRpcId = string | number | null;

/** A JSON-RPC 2.0 request whose form has been checked, but not its method and params. */
export interface JsonRpcRequest {
  id: JsonRpcId;
  method: string;
  params: unknown;
}

/** A JSON-RPC 2.0 response: a result or an error. */
export type JsonRpcResponse =
  | { jsonrpc: '2.0'; id: JsonRpcId; result: unknown }
  | { jsonrpc: '2.0'; id: JsonRpcId; error: JsonRpcError };

/** A stream has the id in each of its events: a short request must not make long answers. */
const MAX_ID_LENGTH = 16_384;
const ID_RULE = `Must be a number, null or a string of at most ${MAX_ID_LENGTH} characters`;

function isJsonRpcId(value: unknown): value is JsonRpcId {
  return typeof value === 'string'
    ? value.length <= MAX_ID_LENGTH
    : value === null || Number.isFinite(value);
}

/** The id of whatever was sent, `null` where it has none: an answer to a bad request names it too. */
export function jsonRpcIdOf(body: unknown): JsonRpcId {
  return isJsonObject(body) && isJsonRpcId(body.id) ? body.id : null;
}

/**
 * Reads the envelope of a request. Batches are refused, and so are
 * notifications: a request without an id gets an error instead of silence,
 * and nothing is done (A2A leaves both open).
 *
 * @param body what `JSON.parse` made
 * @throws A2AError `INVALID_REQUEST`
 */
export function parseJsonRpcRequest(body: unknown): JsonRpcRequest {
  if (Array.isArray(body)) {
    throw invalidRequest('Batch requests are not supported');
  }
  if (!isJsonObject(body)) {
    throw invalidRequest();
  }
  const violations = [
    ...(body.jsonrpc === '2.0'
      ? []
      : [{ field: 'jsonrpc', description: 'Must be "2.0"' }]),
    ...(isJsonRpcId(body.id) ? [] : [{ field: 'id', description: ID_RULE }]),
    ...(typeof body.method === 'string'
      ? []
      : [{ field: 'method', description: 'Must be a string' }]),
  ];
  if (violations.length > 0) {
    throw invalidRequest(undefined, violations);
  }
  return {
    id: body.id as JsonRpcId,
    method: body.method as string,
    params: body.params,
  };
}
