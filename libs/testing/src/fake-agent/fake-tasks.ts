import {
  type ListTaskPushNotificationConfigsResponse,
  type ListTasksRequest,
  type Message,
  newId,
  type Task,
  type TaskPushNotificationConfig,
  taskNotFound,
  unsupportedOperation,
} from '@nest-a2a/protocol';
import { FakeTask } from './fake-task.js';

/** The tasks of a fake agent and the webhooks that were registered for them. */
export class FakeTasks {
  private readonly tasks = new Map<string, FakeTask>();
  private readonly byMessage = new Map<string, FakeTask>();
  private readonly configs = new Map<string, TaskPushNotificationConfig>();

  constructor(private readonly isIdempotent: boolean) {}

  /** The task that a message was taken for already, where the agent promises to take it once. */
  takenFor({ messageId }: Message): FakeTask | undefined {
    return this.isIdempotent ? this.byMessage.get(messageId) : undefined;
  }

  /** The task that a message continues, or a new one. @throws A2AError `TASK_NOT_FOUND`, `UNSUPPORTED_OPERATION` */
  accept(message: Message): FakeTask {
    const { taskId } = message;
    const task =
      taskId === undefined ? new FakeTask(message) : this.get(taskId);
    if (task.isOver) {
      throw unsupportedOperation('The task is over');
    }
    if (taskId !== undefined) task.take(message);
    this.tasks.set(task.id, task);
    this.byMessage.set(message.messageId, task);
    return task;
  }

  /** @throws A2AError `TASK_NOT_FOUND` */
  get(taskId: string): FakeTask {
    const task = this.tasks.get(taskId);
    if (!task) throw taskNotFound(taskId);
    return task;
  }

  /** The newest first, all on one page. */
  list({ contextId, status, historyLength }: ListTasksRequest) {
    const tasks: Task[] = [...this.tasks.values()]
      .map((task) => task.snapshot(historyLength))
      .filter((task) => [undefined, task.contextId].includes(contextId))
      .filter((task) => [undefined, task.status.state].includes(status))
      .reverse();
    const { length } = tasks;
    return { tasks, nextPageToken: '', pageSize: length, totalSize: length };
  }

  stop(): void {
    this.tasks.forEach((task) => task.stop());
  }

  /** @throws A2AError `TASK_NOT_FOUND` */
  addConfig(
    config: TaskPushNotificationConfig & { taskId: string },
  ): TaskPushNotificationConfig {
    this.get(config.taskId);
    const complete = { ...config, id: config.id ?? newId() };
    this.configs.set(keyOf(config.taskId, complete.id), complete);
    return complete;
  }

  /** @param id of the configuration; in 0.3 none is the first. @throws A2AError `TASK_NOT_FOUND` */
  config(taskId: string, id: string): TaskPushNotificationConfig {
    const config = this.configs.get(keyOf(taskId, id));
    if (!config) throw taskNotFound(taskId);
    return config;
  }

  /** @throws A2AError `TASK_NOT_FOUND` */
  configsOf(taskId: string): ListTaskPushNotificationConfigsResponse {
    this.get(taskId);
    const configs = [...this.configs.values()].filter(
      (config) => config.taskId === taskId,
    );
    return { configs, nextPageToken: '' };
  }

  /** @throws A2AError `TASK_NOT_FOUND` */
  removeConfig(taskId: string, id: string): void {
    this.config(taskId, id);
    this.configs.delete(keyOf(taskId, id));
  }
}

function keyOf(taskId: string, id: string): string {
  return JSON.stringify([taskId, id]);
}
