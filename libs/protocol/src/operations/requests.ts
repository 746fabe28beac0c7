import { type JsonObject } from '../json.js';
import { type Message } from '../message/message.js';
import { type TaskPushNotificationConfig } from '../push/push-notification-config.js';
import { type TaskState } from '../task/task-state.js';
import { type Task } from '../task/task.js';

/** How the answer to a message should come (A2A `SendMessageConfiguration`). */
export interface SendMessageConfiguration {
  /** Media types that the client understands. */
  acceptedOutputModes?: string[];
  taskPushNotificationConfig?: TaskPushNotificationConfig;
  /** At most so many messages of the history; 0 means none; absent means the agent's choice. */
  historyLength?: number;
  /** Answer right after the task was created. @default false */
  returnImmediately?: boolean;
}

/** Request of SendMessage and SendStreamingMessage (A2A §3.1.1, §3.1.2). */
export interface SendMessageRequest {
  tenant?: string;
  message: Message;
  configuration?: SendMessageConfiguration;
  metadata?: JsonObject;
}

/** Request of GetTask (A2A §3.1.3). */
export interface GetTaskRequest {
  tenant?: string;
  id: string;
  historyLength?: number;
}

/** Request of ListTasks (A2A §3.1.4). */
export interface ListTasksRequest {
  tenant?: string;
  contextId?: string;
  status?: TaskState;
  /** 1–100. @default 50 */
  pageSize?: number;
  pageToken?: string;
  historyLength?: number;
  /** Only tasks whose status is from then or later. */
  statusTimestampAfter?: string;
  /** @default false */
  includeArtifacts?: boolean;
}

/** Answer to ListTasks. */
export interface ListTasksResponse {
  tasks: Task[];
  /** Empty on the last page. */
  nextPageToken: string;
  /** The page size that was used. */
  pageSize: number;
  /** How many tasks match, on all pages. */
  totalSize: number;
}

/** Request of CancelTask (A2A §3.1.5). */
export interface CancelTaskRequest {
  tenant?: string;
  id: string;
  metadata?: JsonObject;
}

/** Request of SubscribeToTask (A2A §3.1.6). */
export interface SubscribeToTaskRequest {
  tenant?: string;
  id: string;
}

/** Names one push notification configuration of a task (Get and Delete, A2A §3.1.8, §3.1.10). */
export interface TaskPushNotificationConfigRequest {
  tenant?: string;
  taskId: string;
  id: string;
}

/** Request of ListTaskPushNotificationConfigs (A2A §3.1.9). */
export interface ListTaskPushNotificationConfigsRequest {
  tenant?: string;
  taskId: string;
  pageSize?: number;
  pageToken?: string;
}

/** Answer to ListTaskPushNotificationConfigs. */
export interface ListTaskPushNotificationConfigsResponse {
  configs: TaskPushNotificationConfig[];
  nextPageToken: string;
}

/** Request of GetExtendedAgentCard (A2A §3.1.11). */
export interface GetExtendedAgentCardRequest {
  tenant?: string;
}
