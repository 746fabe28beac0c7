import { messageParser } from '../message/parse-message.js';
import { pushNotificationConfigParser } from '../push/parse-push-notification-config.js';
import { type TaskPushNotificationConfig } from '../push/push-notification-config.js';
import {
  artifactUpdateParser,
  statusUpdateParser,
  taskParser,
} from '../task/parse-task.js';
import {
  type SendMessageResponse,
  type StreamResponse,
} from '../task/stream-response.js';
import { type Task } from '../task/task.js';
import { answerParser } from '../validation/answer-parser.js';
import { list } from '../validation/list.js';
import { object, optional, optionalText } from '../validation/object.js';
import { oneOf } from '../validation/one-of.js';
import { integer, text } from '../validation/scalars.js';
import {
  type ListTaskPushNotificationConfigsResponse,
  type ListTasksResponse,
} from './requests.js';

/** Reads a task. @throws A2AError `INVALID_AGENT_RESPONSE` */
export const parseTask = answerParser<Task>('Task', taskParser);

/** Reads the answer to a message. @throws A2AError `INVALID_AGENT_RESPONSE` */
export const parseSendMessageResponse = answerParser<SendMessageResponse>(
  'SendMessageResponse',
  oneOf({ task: taskParser, message: messageParser }),
);

/** Reads one event of a stream or the body of a webhook. @throws A2AError `INVALID_AGENT_RESPONSE` */
export const parseStreamResponse = answerParser<StreamResponse>(
  'StreamResponse',
  oneOf({
    task: taskParser,
    message: messageParser,
    statusUpdate: statusUpdateParser,
    artifactUpdate: artifactUpdateParser,
  }),
);

/** Reads a push notification configuration. @throws A2AError `INVALID_AGENT_RESPONSE` */
export const parseTaskPushNotificationConfig =
  answerParser<TaskPushNotificationConfig>(
    'TaskPushNotificationConfig',
    pushNotificationConfigParser,
  );

const readTasksPage = answerParser(
  'ListTasksResponse',
  object<Partial<ListTasksResponse>>({
    tasks: optional(list(taskParser)),
    nextPageToken: optionalText(text),
    pageSize: optional(integer(0)),
    totalSize: optional(integer(0)),
  }),
);

/**
 * Reads a page of tasks. A list or token that is missing is empty, a size that
 * is missing is the number of tasks on the page.
 *
 * @throws A2AError `INVALID_AGENT_RESPONSE`
 */
export function parseListTasksResponse(value: unknown): ListTasksResponse {
  const page = readTasksPage(value);
  const tasks = page.tasks ?? [];
  return {
    tasks,
    nextPageToken: page.nextPageToken ?? '',
    pageSize: page.pageSize ?? tasks.length,
    totalSize: page.totalSize ?? tasks.length,
  };
}

const readConfigsPage = answerParser(
  'ListTaskPushNotificationConfigsResponse',
  object<Partial<ListTaskPushNotificationConfigsResponse>>({
    configs: optional(list(pushNotificationConfigParser)),
    nextPageToken: optionalText(text),
  }),
);

/** Reads a page of push notification configurations. @throws A2AError `INVALID_AGENT_RESPONSE` */
export function parseListTaskPushNotificationConfigsResponse(
  value: unknown,
): ListTaskPushNotificationConfigsResponse {
  const page = readConfigsPage(value);
  return {
    configs: page.configs ?? [],
    nextPageToken: page.nextPageToken ?? '',
  };
}
