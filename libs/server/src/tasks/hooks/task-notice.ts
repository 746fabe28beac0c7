import {
  type StreamResponse,
  type Task,
  type TaskState,
} from '@nest-a2a/protocol';
import { type Seq, type StoredEvent } from '@nest-a2a/store';

/** What a state is called in {@link TaskNotice}. */
const NAMES = {
  TASK_STATE_SUBMITTED: 'submitted',
  TASK_STATE_WORKING: 'working',
  TASK_STATE_INPUT_REQUIRED: 'input-required',
  TASK_STATE_AUTH_REQUIRED: 'auth-required',
  TASK_STATE_COMPLETED: 'completed',
  TASK_STATE_FAILED: 'failed',
  TASK_STATE_CANCELED: 'canceled',
  TASK_STATE_REJECTED: 'rejected',
} as const satisfies Record<TaskState, string>;

/** What may happen to a task: it begins (`submitted`), says something (`working`), is in another state, or has a further chunk of an artifact. */
export type TaskEventKind = (typeof NAMES)[TaskState] | 'artifact';

/** All of them, for checks. */
export const TASK_EVENT_KINDS: readonly TaskEventKind[] = [
  ...Object.values(NAMES),
  'artifact',
];

/** What a method with `@OnTaskEvent()` is told. */
export interface TaskNotice {
  readonly kind: TaskEventKind;
  readonly taskId: string;
  readonly contextId: string;
  /** Name of the agent. */
  readonly agent: string;
  readonly tenant: string;
  /** Whose task it is. */
  readonly principal: string;
  /** Place of the event in the log of the task. */
  readonly seq: Seq;
  /** The event, as callers see it. */
  readonly response: StreamResponse;
  /** The task as it is by now, which may be later than the event; `undefined` where it is gone. */
  loadTask(): Promise<Task | undefined>;
}

/** What an event is for methods; `undefined` where it is nothing to them. */
export function kindOf({ body }: StoredEvent): TaskEventKind | undefined {
  switch (body.kind) {
    case 'task':
      return NAMES[body.task.status.state];
    case 'statusUpdate':
      return NAMES[body.statusUpdate.status.state];
    case 'artifactUpdate':
      return 'artifact';
    default:
      return undefined;
  }
}
