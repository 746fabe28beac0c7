import { type TaskPushNotificationConfig } from '../../push/push-notification-config.js';

/** A configuration without its task. */
export function writePushConfig(config: TaskPushNotificationConfig): object {
  const { id, url, token, authentication } = config;
  return {
    ...(id !== undefined && { id }),
    url,
    ...(token !== undefined && { token }),
    ...(authentication && {
      authentication: writeAuthentication(authentication),
    }),
  };
}

function writeAuthentication({
  scheme,
  ...rest
}: NonNullable<TaskPushNotificationConfig['authentication']>): object {
  return { schemes: [scheme], ...rest };
}
