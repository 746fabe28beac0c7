import { type AgentCard } from '../../agent-card/agent-card.js';
import { type Operation } from '../../operations/operation.js';
import { type TaskPushNotificationConfig } from '../../push/push-notification-config.js';
import { type StreamResponse } from '../../task/stream-response.js';
import { type Task } from '../../task/task.js';
import { toV03Card, toV03ProtoCard } from '../card/to-v03-card.js';
import { PROTO_JSON_FORM } from '../form.js';
import { listingNotSupported } from '../read/read-request.js';
import { pushConfigName } from '../resource-names.js';
import { type ResultWriters } from '../result-of.js';
import { writeEvent } from '../write/write-event.js';
import { writePushConfig } from '../write/write-push-config.js';
import { writeTask } from '../write/write-task.js';

const task = (result: Task): object => writeTask(result, PROTO_JSON_FORM);

const event = (result: StreamResponse): object =>
  writeEvent(result, { isLast: false }, PROTO_JSON_FORM);

const taskPushConfig = (config: TaskPushNotificationConfig): object => ({
  name: pushConfigName(config.taskId ?? '', config.id ?? ''),
  pushNotificationConfig: writePushConfig(config),
});

/** Some clients look for the security schemes in the form of JSON-RPC here too; they are in both. */
const extendedCard = (card: AgentCard): object => {
  const { securitySchemes } = toV03Card(card) as { securitySchemes?: object };
  return {
    ...toV03ProtoCard(card),
    ...(securitySchemes && { securitySchemes }),
  };
};

const WRITERS: ResultWriters = {
  SendMessage: event,
  SendStreamingMessage: event,
  GetTask: task,
  ListTasks: () => {
    throw listingNotSupported();
  },
  CancelTask: task,
  SubscribeToTask: event,
  CreateTaskPushNotificationConfig: taskPushConfig,
  GetTaskPushNotificationConfig: taskPushConfig,
  ListTaskPushNotificationConfigs: ({ configs, nextPageToken }) => ({
    configs: configs.map(taskPushConfig),
    nextPageToken,
  }),
  DeleteTaskPushNotificationConfig: () => ({}),
  GetExtendedAgentCard: extendedCard,
};

/** The response message of an operation. */
export function writeProtoJsonResult(
  operation: Operation,
  result: object,
): unknown {
  const write = WRITERS[operation] as (result: object) => unknown;
  return write(result);
}
