import { invalidAgentResponse } from '../errors/a2a-errors.js';
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
import { list, object, optional } from '../validation/object.js';
import { oneOf } from '../validation/one-of.js';
import { ParseContext, type Parser } from '../validation/parse-context.js';
import { integer, text } from '../validation/scalars.js';
import {
  type ListTaskPushNotificationConfigsResponse,
  type ListTasksResponse,
} from './requests.js';

/**
 * Reads an answer as leniently as the habits of other implementations ask for.
 *
 * @throws A2AError `INVALID_AGENT_RESPONSE`
 */
function reader<T>(what: string, parse: Parser<T>): (value: unknown) => T {
  return (value) => {
    const context = new ParseContext('response');
    const read = parse(value, '', context);
    if (read === undefined || context.violations.length > 0) {
      const [first] = context.violations;
      const where = first ? `: ${first.field} ${first.description}` : '';
      throw invalidAgentResponse(
        `The agent's answer is not a valid ${what}${where}`,
        context.violations,
      );
    }
    return read;
  };
}

/** Reads a task. @throws A2AError `INVALID_AGENT_RESPONSE` */
export const readTask = reader<Task>('Task', taskParser);

/** Reads the answer to a message. @throws A2AError `INVALID_AGENT_RESPONSE` */
export const readSendMessageResponse = reader<SendMessageResponse>(
  'SendMessageResponse',
  oneOf({ task: taskParser, message: messageParser }),
);

/** Reads one event of a stream or the body of a webhook. @throws A2AError `INVALID_AGENT_RESPONSE` */
export const readStreamResponse = reader<StreamResponse>(
  'StreamResponse',
  oneOf({
    task: taskParser,
    message: messageParser,
    statusUpdate: statusUpdateParser,
    artifactUpdate: artifactUpdateParser,
  }),
);

/** Reads a push notification configuration. @throws A2AError `INVALID_AGENT_RESPONSE` */
export const readPushNotificationConfig = reader<TaskPushNotificationConfig>(
  'TaskPushNotificationConfig',
  pushNotificationConfigParser,
);

const tasksPage = object<Partial<ListTasksResponse>>({
  tasks: optional(list(taskParser)),
  nextPageToken: optional(text),
  pageSize: optional(integer(0)),
  totalSize: optional(integer(0)),
});

/** Reads a page of tasks. Missing members are empty or zero. @throws A2AError `INVALID_AGENT_RESPONSE` */
export function readListTasksResponse(value: unknown): ListTasksResponse {
  const page = readTasksPage(value);
  const tasks = page.tasks ?? [];
  return {
    tasks,
    nextPageToken: page.nextPageToken ?? '',
    pageSize: page.pageSize ?? tasks.length,
    totalSize: page.totalSize ?? tasks.length,
  };
}

const readTasksPage = reader('ListTasksResponse', tasksPage);

const readConfigsPage = reader(
  'ListTaskPushNotificationConfigsResponse',
  object<Partial<ListTaskPushNotificationConfigsResponse>>({
    configs: optional(list(pushNotificationConfigParser)),
    nextPageToken: optional(text),
  }),
);

/** Reads a page of push notification configurations. @throws A2AError `INVALID_AGENT_RESPONSE` */
export function readListPushNotificationConfigsResponse(
  value: unknown,
): ListTaskPushNotificationConfigsResponse {
  const page = readConfigsPage(value);
  return {
    configs: page.configs ?? [],
    nextPageToken: page.nextPageToken ?? '',
  };
}
