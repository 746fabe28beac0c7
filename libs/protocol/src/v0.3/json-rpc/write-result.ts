import { type Operation } from '../../operations/operation.js';
import { type TaskPushNotificationConfig } from '../../push/push-notification-config.js';
import { type StreamResponse } from '../../task/stream-response.js';
import { type Task } from '../../task/task.js';
import { toV03Card } from '../card/to-v03-card.js';
import { JSON_RPC_FORM } from '../form.js';
import { listingNotSupported } from '../read/read-request.js';
import { type ResultWriters } from '../result-of.js';
import { writeEvent } from '../write/write-event.js';
import { writePushConfig } from '../write/write-push-config.js';
import { writeTask } from '../write/write-task.js';

const task = (result: Task): object => writeTask(result, JSON_RPC_FORM);

const event = (result: StreamResponse): object =>
  writeEvent(result, { isLast: false }, JSON_RPC_FORM);

const taskPushConfig = (config: TaskPushNotificationConfig): object => ({
  taskId: config.taskId ?? '',
  pushNotificationConfig: writePushConfig(config),
});

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
  ListTaskPushNotificationConfigs: ({ configs }) => configs.map(taskPushConfig),
  DeleteTaskPushNotificationConfig: () => null,
  GetExtendedAgentCard: (card) => ({ ...card, ...toV03Card(card) }),
};

/** The `result` of a response. */
export function writeJsonRpcResult(
  operation: Operation,
  result: object,
): unknown {
  const write = WRITERS[operation] as (result: object) => unknown;
  return write(result);
}
