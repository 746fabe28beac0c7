import { type Operation } from '@nest-a2a/protocol';
import {
  type AddressedRoute,
  namesNoTenant,
} from '../bindings/http/agent-routes.js';

/** An operation at the path that callers see. */
export interface PlacedOperation {
  readonly operation: Operation;
  readonly method: 'get' | 'post' | 'delete';
  /** In the form of OpenAPI, such as `/tasks/{id}:cancel`. */
  readonly path: string;
  /** Names of what is in braces. */
  readonly inPath: readonly string[];
  /** What is behind the name of the operation where it has several routes. */
  readonly suffix: string;
}

interface Answering {
  readonly operation: Operation;
  /** With its colon; empty for none. @default '' */
  readonly verb?: string;
  readonly suffix?: string;
}

/** The operations that the routes answer, by the names of the routes in both versions. */
const OPERATIONS_OF: Readonly<Record<string, readonly Answering[]>> = {
  message: [
    { operation: 'SendMessage', verb: ':send' },
    { operation: 'SendStreamingMessage', verb: ':stream' },
  ],
  listTasks: [{ operation: 'ListTasks' }],
  getTask: [
    { operation: 'GetTask' },
    { operation: 'SubscribeToTask', verb: ':subscribe', suffix: 'ByGet' },
  ],
  postTask: [
    { operation: 'CancelTask', verb: ':cancel' },
    { operation: 'SubscribeToTask', verb: ':subscribe' },
  ],
  createConfig: [{ operation: 'CreateTaskPushNotificationConfig' }],
  listConfigs: [{ operation: 'ListTaskPushNotificationConfigs' }],
  getConfig: [{ operation: 'GetTaskPushNotificationConfig' }],
  deleteConfig: [{ operation: 'DeleteTaskPushNotificationConfig' }],
  extendedCard: [{ operation: 'GetExtendedAgentCard' }],
  card: [{ operation: 'GetExtendedAgentCard' }],
};

/** What a route answers; the routes of platforms know no verbs, paths of OpenAPI do. */
export function operationsOf(route: AddressedRoute): PlacedOperation[] {
  const { name, method, pattern } = route;
  const isForAll = namesNoTenant(route);
  const answering = OPERATIONS_OF[name.replace(/OfTenant$/, '')] ?? [];
  return answering.map(({ operation, verb = '', suffix = '' }) => {
    const path = pattern
      .replace(':verb', verb)
      .replace(':target', `{id}${verb}`)
      .replace(/\/:(\w+)/g, '/{$1}');
    return {
      operation,
      method: method.toLowerCase() as PlacedOperation['method'],
      path,
      inPath: [...path.matchAll(/\{(\w+)\}/g)].map(([, one = '']) => one),
      suffix: isForAll ? suffix : `${suffix}ForTenant`,
    };
  });
}
