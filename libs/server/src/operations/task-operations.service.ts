import {
  type CancelTaskRequest,
  type GetTaskRequest,
  invalidParam,
  type ListTasksRequest,
  type ListTasksResponse,
  parseTimestamp,
  type SubscribeToTaskRequest,
  type Task,
  taskNotFound,
  unsupportedOperation,
} from '@nest-a2a/protocol';
import {
  isStoreError,
  type ListQuery,
  type LoadOptions,
  type OpenRuntime,
  type TaskRecord,
  type TaskStore,
} from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { DrainState } from '../runtime/drain-state.service.js';
import { OPEN_RUNTIME } from '../runtime/runtime.tokens.js';
import { TaskCanceller } from '../tasks/task-canceller.service.js';
import { type Call, contextOf } from './call.js';
import { type ItemStream } from './stream-item.js';
import { TaskStreams } from './task-streams.service.js';

/** GetTask, ListTasks, CancelTask and SubscribeToTask (A2A §3.1.3–§3.1.6). */
@Injectable()
export class TaskOperations {
  private readonly store: TaskStore;

  constructor(
    @Inject(OPEN_RUNTIME) { store }: OpenRuntime,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(TaskCanceller) private readonly canceller: TaskCanceller,
    @Inject(TaskStreams) private readonly streams: TaskStreams,
    @Inject(DrainState) private readonly drain: DrainState,
  ) {
    this.store = store;
  }

  /** @throws A2AError `TASK_NOT_FOUND` */
  async get({ id, historyLength }: GetTaskRequest, call: Call): Promise<Task> {
    const { task } = await this.load(id, { historyLength }, call);
    return task;
  }

  /** @throws A2AError `INVALID_PARAMS` for a page token that is not ours */
  async list(
    request: ListTasksRequest,
    call: Call,
  ): Promise<ListTasksResponse> {
    const query = this.toQuery(request);
    try {
      const page = await this.store.log.list(query, contextOf(call));
      return {
        tasks: page.items.map(({ task }) => task),
        nextPageToken: page.nextPageToken,
        pageSize: query.pageSize,
        totalSize: page.totalSize,
      };
    } catch (error) {
      throw isStoreError(error, 'INVALID_PAGE_TOKEN')
        ? invalidParam('pageToken', 'Must be the nextPageToken of a page')
        : error;
    }
  }

  /** @throws A2AError `TASK_NOT_FOUND`, `TASK_NOT_CANCELABLE` */
  async cancel({ id }: CancelTaskRequest, call: Call): Promise<Task> {
    const { task } = await this.canceller.cancel(id, contextOf(call));
    return task;
  }

  /**
   * Joins a task. A reader that names the last event it has seen gets the task
   * as of that event and then what follows, also after the task has ended. Where
   * there is no such event it gets the task as it is now, and is told so.
   *
   * @throws A2AError `TASK_NOT_FOUND`, `UNSUPPORTED_OPERATION` for a finished task, `UNAVAILABLE` at shutdown
   */
  async subscribe(
    { id }: SubscribeToTaskRequest,
    call: Call,
  ): Promise<ItemStream> {
    this.drain.assertStreams();
    const { lastEventId, signal } = call;
    const current = await this.load(id, {}, call);
    if (current.isFinished && lastEventId === undefined) {
      throw unsupportedOperation(
        'The task has ended: there is nothing to follow',
        {
          taskId: id,
          state: current.task.status.state,
        },
      );
    }
    const seen = await this.seenBy(current, call);
    return this.streams.ofTask(seen ?? current, {
      context: contextOf(call),
      signal,
      current: current.version,
      isResync: !seen,
    });
  }

  /** The task as of the event that the reader has seen; `undefined` where it can have seen no such event. */
  private async seenBy(
    current: TaskRecord,
    call: Call,
  ): Promise<TaskRecord | undefined> {
    const { lastEventId: asOf = current.version } = call;
    if (asOf === current.version) {
      return current;
    }
    if (asOf === 'unknown' || asOf < 1 || asOf > current.version) {
      return undefined;
    }
    const { id } = current.task;
    const record = await this.store.log.load(id, { asOf }, contextOf(call));
    return record?.isAnnounced ? record : undefined;
  }

  private async load(
    id: string,
    options: LoadOptions,
    call: Call,
  ): Promise<TaskRecord> {
    const record = await this.store.log.load(id, options, contextOf(call));
    if (!record?.isAnnounced) {
      throw taskNotFound(id);
    }
    return record;
  }

  private toQuery(request: ListTasksRequest): ListQuery {
    const { contextId, status, pageToken, statusTimestampAfter } = request;
    const since =
      statusTimestampAfter === undefined
        ? undefined
        : parseTimestamp(statusTimestampAfter);
    return {
      pageSize: request.pageSize ?? this.options.limits.pageSize,
      historyLength: request.historyLength,
      includeArtifacts: request.includeArtifacts ?? false,
      ...(contextId !== undefined && { contextId }),
      ...(status !== undefined && { state: status }),
      ...(pageToken !== undefined && { pageToken }),
      ...(since !== undefined && { statusSince: since }),
    };
  }
}
