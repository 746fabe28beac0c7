import { type StreamResponse, type TaskState } from '@nest-a2a/protocol';

/** The task that a response is about; empty for a message. */
export function taskIdOf(response: StreamResponse): string {
  if ('task' in response) return response.task.id;
  if ('statusUpdate' in response) return response.statusUpdate.taskId;
  return 'artifactUpdate' in response ? response.artifactUpdate.taskId : '';
}

/** The state that a response says, if any. */
export function stateOf(response: StreamResponse): TaskState | undefined {
  if ('task' in response) return response.task.status.state;
  return 'statusUpdate' in response
    ? response.statusUpdate.status.state
    : undefined;
}
