import {
  type A2AError,
  isOperation,
  type JsonRpcError,
  methodNotFound,
  type Operation,
  toJsonRpcError,
  versionNotSupported,
} from '@nest-a2a/protocol';
import {
  operationOfV03Method,
  toV03JsonRpcError,
  V03_JSON_RPC,
} from '@nest-a2a/protocol/v0.3';
import { type AgentDefinition } from '../../agents/agent-definition.js';
import {
  CONTENT_1_0,
  type ContentFormat,
  contentV03,
} from '../formats/content-format.js';
import { servedVersion } from '../served-version.js';

/** How one version of the protocol looks on JSON-RPC. */
export interface JsonRpcFormat extends ContentFormat {
  operationOf(method: string): Operation | undefined;
  error(error: A2AError): JsonRpcError;
}

/** A2A 1.0 (§9). */
export const JSON_RPC_1_0: JsonRpcFormat = Object.freeze({
  ...CONTENT_1_0,
  operationOf: (method: string) => (isOperation(method) ? method : undefined),
  error: toJsonRpcError,
});

/** A2A 0.3. */
export const JSON_RPC_0_3: JsonRpcFormat = Object.freeze({
  ...contentV03(V03_JSON_RPC),
  operationOf: operationOfV03Method,
  error: toV03JsonRpcError,
});

/**
 * The form in which a request is answered: that of 0.3 for who speaks it, which
 * nobody does who calls a method of 1.0.
 *
 * @param requested Major.Minor
 */
export function formatOf(method: string, requested: string): JsonRpcFormat {
  return requested === '0.3' && !isOperation(method)
    ? JSON_RPC_0_3
    : JSON_RPC_1_0;
}

/**
 * The operation that a method means in the version of the request.
 *
 * @param requested Major.Minor
 * @throws A2AError `VERSION_NOT_SUPPORTED`, also for a method of 1.0 where nobody says that 1.0 is meant; `METHOD_NOT_FOUND`
 */
export function operationOf(
  method: string,
  requested: string,
  agent: AgentDefinition,
): Operation {
  const version = servedVersion(requested, agent);
  const format = version === '1.0' ? JSON_RPC_1_0 : JSON_RPC_0_3;
  const operation = format.operationOf(method);
  if (operation !== undefined) {
    return operation;
  }
  const others = agent.versions.filter((other) => other !== version);
  if (version === '0.3' && isOperation(method) && others.length > 0) {
    throw versionNotSupported(version, others);
  }
  throw methodNotFound();
}
