const TASKS = 'tasks/';
const CONFIGS = '/pushNotificationConfigs';

/** What the resource name of a push notification configuration names; the list of a task names no single one. */
export interface PushConfigName {
  taskId: string;
  configId?: string;
}

/** The resource name of a task. */
export function taskName(taskId: string): string {
  return TASKS + taskId;
}

/** The resource name of a push notification configuration. */
export function pushConfigName(taskId: string, configId: string): string {
  return `${taskName(taskId)}${CONFIGS}/${configId}`;
}

/** Reads `tasks/{id}`. @returns the id; `undefined` for any other text */
export function parseTaskName(name: string): string | undefined {
  const id = name.startsWith(TASKS) ? name.slice(TASKS.length) : '';
  return id === '' ? undefined : id;
}

/** Reads `tasks/{id}`, with `/pushNotificationConfigs` or that and `/{id}` behind it; `undefined` for any other text. */
export function parsePushConfigName(name: string): PushConfigName | undefined {
  const path = parseTaskName(name) ?? '';
  const end = `${path}/`.indexOf(`${CONFIGS}/`);
  const taskId = end === -1 ? path : path.slice(0, end);
  if (taskId === '') {
    return undefined;
  }
  const configId = path.slice(taskId.length + CONFIGS.length + 1);
  return configId === '' ? { taskId } : { taskId, configId };
}
