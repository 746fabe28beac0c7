import { type ListTasksRequest, type TaskState } from '@nest-a2a/protocol';
import { type CallOptions } from './client-options.js';
import { type TaskStateName } from './results/state-name.js';
import { type TaskResult } from './results/task-result.js';

type Undefinable<T> = { [K in keyof T]: T[K] | undefined };

/** Which tasks `listTasks` answers, and how much of them. */
export type ListTasksQuery = Undefinable<
  Omit<ListTasksRequest, 'tenant' | 'status'>
> & {
  status?: TaskStateName | TaskState | undefined;
};

/** One page of tasks. */
export interface TaskPage {
  tasks: readonly TaskResult[];
  /** Asks for the next page; empty on the last one. */
  nextPageToken: string;
  /** The page size that the agent used. */
  pageSize: number;
  /** How many tasks match, on all pages. */
  totalSize: number;
}

/** Which configurations `listPushConfigs` answers. */
export interface PushConfigsQuery {
  /** 1–100. @default the agent's choice */
  pageSize?: number | undefined;
  pageToken?: string | undefined;
}

/** Options of `getTask`. */
export interface GetTaskOptions extends CallOptions {
  /** At most so many messages of the history; 0 means none. @default the agent's choice */
  historyLength?: number | undefined;
}

/** Options of `waitFor`. */
export interface WaitOptions {
  /** Milliseconds for the whole wait. @default Infinity */
  timeoutMs?: number | undefined;
  /** Ends the wait early: it fails with the code `aborted`. */
  signal?: AbortSignal | undefined;
  /** URIs of extensions that the requests declare. @default [] */
  extensions?: readonly string[] | undefined;
  /**
   * Milliseconds before the second look at a task of an agent that does not
   * stream; each further interval is half as long again, up to the tenfold.
   * @default 500
   */
  pollMs?: number | undefined;
}
