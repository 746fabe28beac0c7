import {
  type Fields,
  object,
  optional,
  optionalText,
  required,
} from '../validation/object.js';
import { type Parser } from '../validation/parse-context.js';
import { id, nonEmptyText, text } from '../validation/scalars.js';
import {
  type AuthenticationInfo,
  type TaskPushNotificationConfig,
} from './push-notification-config.js';

const FIELDS: Fields<TaskPushNotificationConfig> = {
  tenant: optionalText(id),
  id: optionalText(id),
  taskId: optionalText(id),
  url: required(nonEmptyText),
  token: optionalText(text),
  authentication: optional(
    object<AuthenticationInfo>({
      scheme: required(nonEmptyText),
      credentials: optionalText(text),
    }),
  ),
};

/** A push notification configuration (A2A §4.3.1). Whether the URL may be called is for the egress policy to say. */
export const pushNotificationConfigParser: Parser<TaskPushNotificationConfig> =
  object<TaskPushNotificationConfig>(FIELDS);

/** The same for a task that exists, which it must name (A2A §3.1.7). */
export const createPushNotificationConfigParser = object<
  TaskPushNotificationConfig & { taskId: string }
>({ ...FIELDS, taskId: required(id) });
