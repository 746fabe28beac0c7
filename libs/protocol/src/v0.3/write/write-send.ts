import {
  type SendMessageConfiguration,
  type SendMessageRequest,
} from '../../operations/requests.js';
import { type V03Form } from '../form.js';
import { writeMessage } from './write-message.js';
import { writePushConfig } from './write-push-config.js';

/**
 * A request with a message. Whether the caller waits is always said: agents of
 * 0.3 differ in what they do otherwise.
 */
export function writeSend(request: SendMessageRequest, form: V03Form): object {
  const { message, configuration, ...rest } = request;
  return {
    ...rest,
    message: writeMessage(message, form),
    configuration: writeConfiguration(configuration ?? {}, form),
  };
}

function writeConfiguration(
  configuration: SendMessageConfiguration,
  form: V03Form,
): object {
  const { taskPushNotificationConfig, returnImmediately, ...rest } =
    configuration;
  return {
    ...rest,
    blocking: returnImmediately !== true,
    ...(taskPushNotificationConfig && {
      [form.sendPushConfig]: writePushConfig(taskPushNotificationConfig),
    }),
  };
}
