import { object, optional, required } from '../validation/object.js';
import { type Parser } from '../validation/parse-context.js';
import { id, nonEmptyText, text } from '../validation/scalars.js';
import {
  type AuthenticationInfo,
  type TaskPushNotificationConfig,
} from './push-notification-config.js';

/** A push notification configuration (A2A §4.3.1). Whether the URL may be called is for the egress policy to say. */
export const pushNotificationConfigParser: Parser<TaskPushNotificationConfig> =
  object<TaskPushNotificationConfig>({
    tenant: optional(id),
    id: optional(id),
    taskId: optional(id),
    url: required(nonEmptyText),
    token: optional(text),
    authentication: optional(
      object<AuthenticationInfo>({
        scheme: required(nonEmptyText),
        credentials: optional(text),
      }),
    ),
  });
