import {
  type FieldNames,
  fieldNamer,
  messageFields,
  pushConfigFields,
} from '../field-namer.js';
import { PROTO_JSON_FORM } from '../form.js';

const SEND: FieldNames = [
  ...messageFields(PROTO_JSON_FORM.messageParts, PROTO_JSON_FORM),
  ...pushConfigFields(
    'configuration.taskPushNotificationConfig',
    `configuration.${PROTO_JSON_FORM.sendPushConfig}`,
  ),
  [/^configuration\.returnImmediately$/, 'configuration.blocking'],
];

const BY_NAME: FieldNames = [[/^(?:id|taskId)$/, 'name']];
const BY_PARENT: FieldNames = [[/^taskId$/, 'parent']];

/** The name of a field in the requests of the protocol buffers. */
export const protoJsonFieldName = fieldNamer({
  SendMessage: SEND,
  SendStreamingMessage: SEND,
  GetTask: BY_NAME,
  CancelTask: BY_NAME,
  SubscribeToTask: BY_NAME,
  CreateTaskPushNotificationConfig: [
    ...BY_PARENT,
    ...pushConfigFields('', 'config.pushNotificationConfig'),
  ],
  GetTaskPushNotificationConfig: BY_NAME,
  ListTaskPushNotificationConfigs: BY_PARENT,
  DeleteTaskPushNotificationConfig: BY_NAME,
});
