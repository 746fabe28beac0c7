/** How a webhook wants to be authenticated (A2A `AuthenticationInfo`). */
export interface AuthenticationInfo {
  /** HTTP authentication scheme, such as `Bearer`. */
  scheme: string;
  credentials?: string;
}

/** Where the updates of a task are sent (A2A `TaskPushNotificationConfig`). */
export interface TaskPushNotificationConfig {
  tenant?: string;
  /** Given by the agent when the client sends none; the same id again replaces. */
  id?: string;
  /** Empty in a send request, where the task does not exist yet. */
  taskId?: string;
  url: string;
  /** Comes back with every notification, so that the receiver knows who sends it. */
  token?: string;
  authentication?: AuthenticationInfo;
}
