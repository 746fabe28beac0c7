import {
  type StreamResponse,
  type Task,
  type TaskState,
} from '@nest-a2a/protocol';
import { type Operation, type StreamFrame } from '../history/history.js';
import { groupBy } from './group-by.js';
import { type HistoryView, type StreamView } from './history-view.js';
import { isSameContent } from './same-content.js';

/** What one client saw of a task at one time. */
export interface Sighting {
  readonly taskId: string;
  /** For people. */
  readonly by: string;
  /** When it was asked for, milliseconds. */
  readonly startedAt: number;
  /** When it had arrived, milliseconds. */
  readonly endedAt: number;
  /** The versions that it may show; none for one that never was. */
  readonly versions: readonly number[];
  /** The state that it shows, unless it is about something else. */
  readonly state: TaskState | undefined;
  /** The whole task was seen. */
  readonly isSnapshot: boolean;
  /** It must show the task as it is. Others may show an earlier version: a stream from where it was left, a message that is sent again. */
  readonly isCurrent: boolean;
}

type Tasks = Pick<HistoryView, 'tasks' | 'operations' | 'streams'>;

/** All that clients saw, by task, in the order in which they had seen it. */
export function sightingsOf(view: Tasks): Map<string, Sighting[]> {
  const all = [
    ...view.operations.flatMap((one) => ofOperation(view, one)),
    ...view.streams.flatMap((one) => ofStream(view, one)),
  ].sort((one, other) => one.endedAt - other.endedAt);
  return groupBy(all, ({ taskId }) => taskId);
}

function ofOperation(view: Tasks, operation: Operation): Sighting[] {
  const { task, op, client, startedAt, endedAt } = operation;
  if (operation.outcome !== 'ok' || !task) {
    return [];
  }
  return [
    {
      taskId: task.id,
      by: `${op} of ${client}`,
      startedAt,
      endedAt,
      versions: view.tasks.get(task.id)?.versionsOf(task) ?? [],
      state: task.status.state,
      isSnapshot: true,
      isCurrent: op !== 'send',
    },
  ];
}

function ofStream(view: Tasks, { opened, frames }: StreamView): Sighting[] {
  const { by, lastEventId, at: startedAt } = opened;
  return frames.flatMap((frame, index) => {
    const taskId = taskIdOf(frame.response);
    return taskId === undefined
      ? []
      : [
          {
            taskId,
            by: `stream ${opened.stream}`,
            startedAt,
            endedAt: frame.at,
            versions: versionsOf(view, taskId, frame),
            state: stateOf(frame.response),
            isSnapshot: 'task' in frame.response,
            isCurrent:
              index === 0 && by === 'subscribe' && lastEventId === undefined,
          },
        ];
  });
}

function versionsOf(
  view: Tasks,
  taskId: string,
  { id, response }: StreamFrame,
): readonly number[] {
  const task = view.tasks.get(taskId);
  if (!('task' in response)) {
    return id === undefined ? [] : [id];
  }
  if (id === undefined) {
    return task?.versionsOf(response.task) ?? [];
  }
  return isAt(task?.at(id), response.task) ? [id] : [];
}

function isAt(expected: Task | undefined, seen: Task): boolean {
  return expected !== undefined && isSameContent(expected, seen);
}

/** The task that a response is about. */
export function taskIdOf(response: StreamResponse): string | undefined {
  if ('task' in response) return response.task.id;
  if ('statusUpdate' in response) return response.statusUpdate.taskId;
  if ('artifactUpdate' in response) return response.artifactUpdate.taskId;
  return response.message.taskId;
}

/** The state that a response tells, if any. */
export function stateOf(response: StreamResponse): TaskState | undefined {
  if ('task' in response) return response.task.status.state;
  return 'statusUpdate' in response
    ? response.statusUpdate.status.state
    : undefined;
}
