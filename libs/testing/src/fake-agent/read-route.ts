import {
  isJsonObject,
  isOperation,
  methodNotFound,
  type Operation,
  parseJsonRpcRequest,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import { operationOfV03Method } from '@nest-a2a/protocol/v0.3';
import { type FakeBinding } from './received-request.js';

/** A request as it came: what it asks for, and in which words. */
export interface RoutedRequest {
  readonly operation: Operation;
  /** As the version and binding say it. */
  readonly params: unknown;
  readonly version: ProtocolVersion;
  readonly binding: FakeBinding;
}

const ROUTES: readonly (readonly [RegExp, Operation])[] = [
  [/^POST \/message:send$/, 'SendMessage'],
  [/^POST \/message:stream$/, 'SendStreamingMessage'],
  [/^(?:POST|GET) \/tasks\/([^/]+):subscribe$/, 'SubscribeToTask'],
  [/^POST \/tasks\/([^/]+):cancel$/, 'CancelTask'],
  [/^GET \/tasks\/([^/]+)$/, 'GetTask'],
  [/^GET \/tasks$/, 'ListTasks'],
  [
    /^POST \/tasks\/([^/]+)\/pushNotificationConfigs$/,
    'CreateTaskPushNotificationConfig',
  ],
  [
    /^GET \/tasks\/([^/]+)\/pushNotificationConfigs$/,
    'ListTaskPushNotificationConfigs',
  ],
  [
    /^GET \/tasks\/([^/]+)\/pushNotificationConfigs\/([^/]+)$/,
    'GetTaskPushNotificationConfig',
  ],
  [
    /^DELETE \/tasks\/([^/]+)\/pushNotificationConfigs\/([^/]+)$/,
    'DeleteTaskPushNotificationConfig',
  ],
  [/^GET \/(?:extendedAgentCard|card)$/, 'GetExtendedAgentCard'],
];

const V03_PREFIX = '/v1';

/** Reads JSON-RPC, whose methods tell the version. @throws A2AError `INVALID_REQUEST`, `METHOD_NOT_FOUND` */
export function readRpc(body: unknown): RoutedRequest {
  const { method, params } = parseJsonRpcRequest(body);
  const old = operationOfV03Method(method);
  const operation = isOperation(method) ? method : old;
  if (operation === undefined) {
    throw methodNotFound();
  }
  return {
    operation,
    params,
    version: old === undefined ? '1.0' : '0.3',
    binding: 'JSONRPC',
  };
}

/** Reads a route of HTTP+JSON, whose beginning tells the version. @throws A2AError `METHOD_NOT_FOUND` */
export function readRoute(
  method: string,
  url: URL,
  body: unknown,
): RoutedRequest {
  const isOld = url.pathname.startsWith(`${V03_PREFIX}/`);
  const path = isOld ? url.pathname.slice(V03_PREFIX.length) : url.pathname;
  for (const [pattern, operation] of ROUTES) {
    const found = pattern.exec(`${method} ${path}`);
    if (found) {
      const ids = found.slice(1).map(decodeURIComponent);
      const fields = isJsonObject(body) ? body : queryOf(url);
      return {
        operation,
        params: isOld
          ? { ...fields, ...oldNames(operation, ids) }
          : { ...fields, ...idFields(operation, ids) },
        version: isOld ? '0.3' : '1.0',
        binding: 'HTTP+JSON',
      };
    }
  }
  throw methodNotFound();
}

function idFields(operation: Operation, [first, second]: string[]): object {
  if (first === undefined) return {};
  if (!operation.includes('PushNotification')) return { id: first };
  return { taskId: first, ...(second !== undefined && { id: second }) };
}

/** A2A 0.3 names things by their paths. */
function oldNames(operation: Operation, [first, second]: string[]): object {
  if (first === undefined) return {};
  const task = `tasks/${first}`;
  if (second !== undefined) {
    return { name: `${task}/pushNotificationConfigs/${second}` };
  }
  return operation.includes('PushNotification')
    ? { parent: task }
    : { name: task };
}

/** Everything in a query is text; the fields that are not are told by their values. */
function queryOf({ searchParams }: URL): Record<string, unknown> {
  return Object.fromEntries(
    [...searchParams].map(([name, value]) => [
      name,
      value === 'true' ? true : value === 'false' ? false : value,
    ]),
  );
}
