import { type Operation, OPERATIONS } from '../operations/operation.js';

/** The JSON-RPC method of each operation in A2A 0.3; it has none for ListTasks. */
export const V03_JSON_RPC_METHODS: Readonly<
  Record<Operation, string | undefined>
> = Object.freeze({
  SendMessage: 'message/send',
  SendStreamingMessage: 'message/stream',
  GetTask: 'tasks/get',
  ListTasks: undefined,
  CancelTask: 'tasks/cancel',
  SubscribeToTask: 'tasks/resubscribe',
  CreateTaskPushNotificationConfig: 'tasks/pushNotificationConfig/set',
  GetTaskPushNotificationConfig: 'tasks/pushNotificationConfig/get',
  ListTaskPushNotificationConfigs: 'tasks/pushNotificationConfig/list',
  DeleteTaskPushNotificationConfig: 'tasks/pushNotificationConfig/delete',
  GetExtendedAgentCard: 'agent/getAuthenticatedExtendedCard',
});

/** The operation that a JSON-RPC method of A2A 0.3 calls, `undefined` where there is no such method. */
export function operationOfV03Method(method: string): Operation | undefined {
  return OPERATIONS.find(
    (operation) => V03_JSON_RPC_METHODS[operation] === method,
  );
}
