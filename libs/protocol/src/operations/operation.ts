/**
 * The operations of A2A 1.0. The name is the JSON-RPC method and the gRPC
 * procedure (A2A §9.1).
 */
export const OPERATIONS = Object.freeze([
  'SendMessage',
  'SendStreamingMessage',
  'GetTask',
  'ListTasks',
  'CancelTask',
  'SubscribeToTask',
  'CreateTaskPushNotificationConfig',
  'GetTaskPushNotificationConfig',
  'ListTaskPushNotificationConfigs',
  'DeleteTaskPushNotificationConfig',
  'GetExtendedAgentCard',
] as const);

/** The name of an operation. */
export type Operation = (typeof OPERATIONS)[number];

/** Whether a value names an operation. */
export function isOperation(value: unknown): value is Operation {
  return (OPERATIONS as readonly unknown[]).includes(value);
}
