import { type AgentCard } from '../agent-card/agent-card.js';
import { type Operation } from '../operations/operation.js';
import {
  type ListTaskPushNotificationConfigsResponse,
  type ListTasksResponse,
} from '../operations/requests.js';
import { type TaskPushNotificationConfig } from '../push/push-notification-config.js';
import {
  type SendMessageResponse,
  type StreamResponse,
} from '../task/stream-response.js';
import { type Task } from '../task/task.js';

/** What each operation is answered with; a stream, with each of its events. */
export interface ResultOf {
  SendMessage: SendMessageResponse;
  SendStreamingMessage: StreamResponse;
  GetTask: Task;
  ListTasks: ListTasksResponse;
  CancelTask: Task;
  SubscribeToTask: StreamResponse;
  CreateTaskPushNotificationConfig: TaskPushNotificationConfig;
  GetTaskPushNotificationConfig: TaskPushNotificationConfig;
  ListTaskPushNotificationConfigs: ListTaskPushNotificationConfigsResponse;
  DeleteTaskPushNotificationConfig: object;
  GetExtendedAgentCard: AgentCard;
}

/** A function for the answer of each operation. */
export type ResultWriters = {
  readonly [O in Operation]: (result: ResultOf[O]) => unknown;
};
