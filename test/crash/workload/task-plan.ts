import { type TaskScript } from '../agent/task-script.js';
import { type ClientBinding } from '../history/history.js';
import { type Moods } from './webhook-receivers.js';

/** Everything about one task of the workload, decided before it begins. */
export interface TaskPlan {
  /** Unique in a run: the conversation of the task, and the name of its clients. */
  readonly name: string;
  readonly tenant: string;
  readonly binding: ClientBinding;
  readonly script: TaskScript;
  /** What follows the question of a script that asks. */
  readonly answerScript?: TaskScript;
  /** The conversation, where others are in it too. @default the name */
  readonly contextId?: string;
  /** How often it is asked how far the task is, milliseconds. @default 250 */
  readonly pollMs?: number;
  /** Send by a stream and read that. */
  readonly streams: boolean;
  /** Readers that join. */
  readonly subscribers: readonly {
    readonly binding: ClientBinding;
    readonly resumes: boolean;
  }[];
  /** Two clients send the same message at once. */
  readonly hasTwin: boolean;
  /** Cancel so long after the task is known, milliseconds. */
  readonly cancelAfterMs?: number;
  /** A webhook from the beginning. */
  readonly webhook?: Moods;
  /** A webhook that is added when the task is known, and removed again where it says so. */
  readonly lateWebhook?: { readonly moods: Moods; readonly isRemoved: boolean };
  /** The ends that are right. */
  readonly states: readonly string[];
}

/** A script with the least in it. */
export const PLAIN_SCRIPT: TaskScript = Object.freeze({
  steps: ['prepare'],
  chunks: 4,
  artifactId: 'output',
  chunkDelayMs: 20,
  workMs: 0,
  end: 'complete',
  ignoresCancel: false,
});

/** A task with the least about it. */
export function plainTask(
  name: string,
  differences: Partial<TaskPlan> = {},
): TaskPlan {
  return {
    name,
    tenant: 'acme',
    binding: 'JSONRPC',
    script: PLAIN_SCRIPT,
    streams: false,
    subscribers: [],
    hasTwin: false,
    states: ['TASK_STATE_COMPLETED'],
    ...differences,
  };
}

/** The id of the webhook that a task has from the beginning. */
export function webhookId({ name }: Pick<TaskPlan, 'name'>): string {
  return `${name}-hook`;
}
