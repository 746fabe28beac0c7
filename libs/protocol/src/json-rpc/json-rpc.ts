import { invalidRequest } from '../errors/a2a-errors.js';
import { type JsonRpcError } from '../errors/json-rpc-errors.js';
import { isJsonObject } from '../validation/json-value.js';

/** What a request is told apart by; the response has the same. */
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

function isJsonRpcId(value: unknown): value is JsonRpcId {
  return value === null || typeof value === 'string' || Number.isFinite(value);
}

/** The id of whatever was sent, as far as it has one: an answer to a bad request names it too. */
export function jsonRpcIdOf(body: unknown): JsonRpcId {
  return isJsonObject(body) && isJsonRpcId(body.id) ? body.id : null;
}

/**
 * Reads the envelope of a request. Batches are refused, and so are
 * notifications: a request without an id gets an error instead of silence,
 * and nothing is done (A2A leaves both open).
 *
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
    ...(Object.hasOwn(body, 'id') && isJsonRpcId(body.id)
      ? []
      : [{ field: 'id', description: 'Must be a string, a number or null' }]),
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
