import { invalidParams } from '../errors/a2a-errors.js';
import { messageParser, textsParser } from '../message/parse-message.js';
import {
  createPushNotificationConfigParser,
  pushNotificationConfigParser,
} from '../push/parse-push-notification-config.js';
import { type TaskPushNotificationConfig } from '../push/push-notification-config.js';
import { TASK_STATES, type TaskState } from '../task/task-state.js';
import { metadata } from '../validation/json-value.js';
import {
  object,
  optional,
  optionalText,
  required,
} from '../validation/object.js';
import {
  ParseContext,
  type Parser,
  type ValidationLimits,
} from '../validation/parse-context.js';
import {
  boolean,
  enumeration,
  id,
  integer,
  text,
  timestamp,
} from '../validation/scalars.js';
import { type Operation } from './operation.js';
import {
  type CancelTaskRequest,
  type GetExtendedAgentCardRequest,
  type GetTaskRequest,
  type ListTaskPushNotificationConfigsRequest,
  type ListTasksRequest,
  type SendMessageConfiguration,
  type SendMessageRequest,
  type SubscribeToTaskRequest,
  type TaskPushNotificationConfigRequest,
} from './requests.js';

const historyLength = optional(integer(0));
const tenant = optionalText(id);

const sendMessage = object<SendMessageRequest>({
  tenant,
  message: required(messageParser),
  configuration: optional(
    object<SendMessageConfiguration>({
      acceptedOutputModes: optional(textsParser),
      taskPushNotificationConfig: optional(pushNotificationConfigParser),
      historyLength,
      returnImmediately: optional(boolean),
    }),
  ),
  metadata: optional(metadata),
});

const anyState = enumeration(TASK_STATES);

/** As a filter, state 0 (unspecified) means any state. */
const stateFilter: Parser<TaskState> = (value, at, context) =>
  value === 0 || value === 'TASK_STATE_UNSPECIFIED'
    ? undefined
    : anyState(value, at, context);

const anySize = integer(0);

/** Unlike that of ListTasks it has no presence in the protocol buffers: 0 means that it is not set. */
const configsPageSize: Parser<number> = (value, at, context) =>
  anySize(value, at, context) || undefined;

const onePushConfig = object<TaskPushNotificationConfigRequest>({
  tenant,
  taskId: required(id),
  id: required(id),
});

/** What each operation is asked with. */
export interface RequestOf {
  SendMessage: SendMessageRequest;
  SendStreamingMessage: SendMessageRequest;
  GetTask: GetTaskRequest;
  ListTasks: ListTasksRequest;
  CancelTask: CancelTaskRequest;
  SubscribeToTask: SubscribeToTaskRequest;
  CreateTaskPushNotificationConfig: TaskPushNotificationConfig & {
    taskId: string;
  };
  GetTaskPushNotificationConfig: TaskPushNotificationConfigRequest;
  ListTaskPushNotificationConfigs: ListTaskPushNotificationConfigsRequest;
  DeleteTaskPushNotificationConfig: TaskPushNotificationConfigRequest;
  GetExtendedAgentCard: GetExtendedAgentCardRequest;
}

const PARSERS: { readonly [O in Operation]: Parser<RequestOf[O]> } = {
  SendMessage: sendMessage,
  SendStreamingMessage: sendMessage,
  GetTask: object<GetTaskRequest>({ tenant, id: required(id), historyLength }),
  ListTasks: object<ListTasksRequest>({
    tenant,
    contextId: optionalText(id),
    status: optional(stateFilter),
    pageSize: optional(integer(1, 100)),
    pageToken: optionalText(text),
    historyLength,
    statusTimestampAfter: optional(timestamp),
    includeArtifacts: optional(boolean),
  }),
  CancelTask: object<CancelTaskRequest>({
    tenant,
    id: required(id),
    metadata: optional(metadata),
  }),
  SubscribeToTask: object<SubscribeToTaskRequest>({ tenant, id: required(id) }),
  CreateTaskPushNotificationConfig: createPushNotificationConfigParser,
  GetTaskPushNotificationConfig: onePushConfig,
  ListTaskPushNotificationConfigs:
    object<ListTaskPushNotificationConfigsRequest>({
      tenant,
      taskId: required(id),
      pageSize: optional(configsPageSize),
      pageToken: optionalText(text),
    }),
  DeleteTaskPushNotificationConfig: onePushConfig,
  GetExtendedAgentCard: object<GetExtendedAgentCardRequest>({ tenant }),
};

/**
 * Reads the request of an operation. What is not part of it is ignored; names
 * may be camelCase or snake_case (ProtoJSON).
 *
 * @param value what `JSON.parse` made; nothing at all is an empty request
 * @throws A2AError `INVALID_PARAMS` with the path of each wrong field
 */
export function parseRequest<O extends Operation>(
  operation: O,
  value: unknown,
  limits?: ValidationLimits,
): RequestOf[O] {
  const context = new ParseContext('request', limits);
  const request = PARSERS[operation](value ?? {}, '', context);
  if (request === undefined || context.violations.length > 0) {
    throw invalidParams(context.violations);
  }
  return request;
}
