import {
  type FieldNames,
  fieldNamer,
  messageFields,
  pushConfigFields,
} from '../field-namer.js';
import { JSON_RPC_FORM } from '../form.js';

const SEND: FieldNames = [
  ...messageFields(JSON_RPC_FORM.messageParts, JSON_RPC_FORM),
  ...pushConfigFields(
    'configuration.taskPushNotificationConfig',
    `configuration.${JSON_RPC_FORM.sendPushConfig}`,
  ),
  [/^configuration\.returnImmediately$/, 'configuration.blocking'],
];

const ONE_PUSH_CONFIG: FieldNames = [
  [/^id$/, 'pushNotificationConfigId'],
  [/^taskId$/, 'id'],
];

/** The name of a field in the `params` of JSON-RPC. */
export const jsonRpcFieldName = fieldNamer({
  SendMessage: SEND,
  SendStreamingMessage: SEND,
  CreateTaskPushNotificationConfig: pushConfigFields(
    '',
    'pushNotificationConfig',
  ),
  GetTaskPushNotificationConfig: ONE_PUSH_CONFIG,
  ListTaskPushNotificationConfigs: [[/^taskId$/, 'id']],
  DeleteTaskPushNotificationConfig: ONE_PUSH_CONFIG,
});
