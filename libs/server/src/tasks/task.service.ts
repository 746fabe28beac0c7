import {
  type A2AError,
  isInterrupted,
  type JsonObject,
  type Message,
  newId,
  type Part,
  type SnapshotOptions,
  type Task,
  taskNotFound,
  type TaskState,
  unsupportedOperation,
} from '@nest-a2a/protocol';
import {
  type CallContext,
  isStoreError,
  type OpenRuntime,
  type Scope,
  type Seq,
  SYSTEM_CONTEXT,
  type TaskRecord,
  type TaskStore,
} from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import { filter, map, type Observable } from 'rxjs';
import { AgentRegistry } from '../agents/agent-registry.service.js';
import { DEFAULT_OPTIONS } from '../options/default-options.js';
import { OPEN_RUNTIME } from '../runtime/runtime.tokens.js';
import { MessageAcceptor } from './message-acceptor.service.js';
import { idsOf, newEvent, statusEvent } from './new-events.js';
import { type PublicEvent, toPublicEvent } from './public-event.js';
import { retryOnConflict } from './retry-on-conflict.js';
import { TaskCanceller } from './task-canceller.service.js';
import { TaskFollower } from './task-follower.service.js';
import { TaskJournal } from './task-journal.service.js';

/** A message that the application itself gives to one of its agents. */
export interface TaskSubmission {
  /** @default the only or default agent */
  readonly agent?: string;
  /** Text, or parts. */
  readonly message: string | readonly Part[];
  /** Continues a task. @default a new task */
  readonly taskId?: string;
  /** @default a new context */
  readonly contextId?: string;
  readonly metadata?: JsonObject;
  /** Who owns the task. @default nobody in particular */
  readonly tenant?: string;
  readonly principal?: string;
}

/** Which tasks to list, on behalf of the application. */
export interface TaskQuery extends SnapshotOptions {
  /** @default everybody's */
  readonly scope?: Scope;
  readonly contextId?: string;
  readonly state?: TaskState;
  /** @default 50 */
  readonly pageSize?: number;
  readonly pageToken?: string;
}

/** One page of tasks. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
  readonly totalSize: number;
}

/**
 * The tasks of all agents, for the application. It may see and change
 * everybody's: what callers may see is decided where they come in.
 */
@Injectable()
export class TaskService {
  private readonly store: TaskStore;

  constructor(
    @Inject(OPEN_RUNTIME) { store }: OpenRuntime,
    @Inject(TaskJournal) private readonly journal: TaskJournal,
    @Inject(TaskFollower) private readonly follower: TaskFollower,
    @Inject(TaskCanceller) private readonly canceller: TaskCanceller,
    @Inject(MessageAcceptor) private readonly acceptor: MessageAcceptor,
    @Inject(AgentRegistry) private readonly agents: AgentRegistry,
  ) {
    this.store = store;
  }

  /** The public events that this process has committed, of all its agents. */
  get events$(): Observable<PublicEvent> {
    return this.journal.events$.pipe(
      map(({ taskId, event }) => toPublicEvent(taskId, event)),
      filter((event) => event !== undefined),
    );
  }

  /** The task, or `undefined`. */
  async get(
    taskId: string,
    options: SnapshotOptions = {},
  ): Promise<Task | undefined> {
    const record = await this.store.log.load(taskId, options, SYSTEM_CONTEXT);
    return record?.isAnnounced ? record.task : undefined;
  }

  /** One page of tasks, the newest status first. @throws StoreError `INVALID_PAGE_TOKEN` */
  async list({ scope, ...query }: TaskQuery = {}): Promise<TaskPage> {
    const context: CallContext = { access: scope ?? 'system' };
    const { pageSize = DEFAULT_OPTIONS.limits.pageSize } = query;
    const page = await this.store.log.list({ ...query, pageSize }, context);
    const { nextPageToken, totalSize } = page;
    const tasks = page.items.map(({ task }) => task);
    return { tasks, nextPageToken, totalSize };
  }

  /** Removes a task with its events and webhooks, whatever its state. @returns whether it was there */
  async delete(taskId: string): Promise<boolean> {
    return this.store.log.delete(taskId, SYSTEM_CONTEXT);
  }

  /**
   * Cancels a task; resolves when it has ended.
   *
   * @throws A2AError `TASK_NOT_FOUND`, `TASK_NOT_CANCELABLE`
   */
  async cancel(taskId: string): Promise<Task> {
    const { task } = await this.canceller.cancel(taskId, SYSTEM_CONTEXT);
    return task;
  }

  /**
   * Gives an agent something to do.
   *
   * @throws UnknownAgentError, A2AError as for a message of a client
   */
  async submit(submission: TaskSubmission): Promise<{ taskId: string }> {
    const { agent, tenant = '', principal = '' } = submission;
    const { name } = this.agents.get(agent ?? DEFAULT_OPTIONS.agent);
    const { taskId } = await this.acceptor.accept({
      scope: { agent: name, tenant, principal },
      request: {
        message: messageOf(submission),
        configuration: { returnImmediately: true },
        ...(submission.metadata && { metadata: submission.metadata }),
      },
      protocolVersion: '1.0',
      extensions: [],
    });
    return { taskId };
  }

  /**
   * Lets a task that waits for its caller go on, for example when the
   * authorization it asked for has arrived out of band (A2A §7.6.1).
   *
   * @param message given to the worker as a message of the caller
   * @throws A2AError `TASK_NOT_FOUND`, `UNSUPPORTED_OPERATION` where it does not wait
   */
  async resume(
    taskId: string,
    message?: string | readonly Part[],
  ): Promise<void> {
    await retryOnConflict(async () => {
      const record = await this.loadInterrupted(taskId);
      if (message === undefined) {
        await this.appendResume(record);
      } else {
        const { agent, tenant, principal } = record.scope;
        await this.submit({ agent, tenant, principal, taskId, message });
      }
    });
  }

  /**
   * Follows a task: its public events after a position, then each new one.
   * Ends with the task or when the signal aborts.
   */
  async *follow(
    taskId: string,
    {
      after = 0,
      signal = new AbortController().signal,
    }: { after?: Seq; signal?: AbortSignal } = {},
  ): AsyncGenerator<PublicEvent, void, undefined> {
    const events = this.follower.follow(taskId, { after, signal });
    for await (const event of events) {
      const publicEvent = toPublicEvent(taskId, event);
      if (publicEvent) {
        yield publicEvent;
      }
    }
  }

  private async loadInterrupted(taskId: string): Promise<TaskRecord> {
    const options = { historyLength: 0, includeArtifacts: false };
    const record = await this.store.log.load(taskId, options, SYSTEM_CONTEXT);
    if (!record?.isAnnounced) {
      throw taskNotFound(taskId);
    }
    const { state } = record.task.status;
    if (!isInterrupted(state)) {
      throw doesNotWait(taskId, state);
    }
    return record;
  }

  private async appendResume({ task, version }: TaskRecord): Promise<void> {
    const at = this.store.now();
    const command = {
      taskId: task.id,
      events: [
        statusEvent(idsOf(task), { state: 'TASK_STATE_SUBMITTED', at }),
        newEvent({ kind: 'resume', turn: {} }),
      ],
      expectedVersion: version,
    };
    try {
      await this.journal.append(command, SYSTEM_CONTEXT);
    } catch (error) {
      throw isStoreError(error, 'TASK_FINISHED') ? doesNotWait(task.id) : error;
    }
  }
}

function messageOf(submission: TaskSubmission): Message {
  const { message, taskId, contextId } = submission;
  return {
    messageId: newId(),
    role: 'ROLE_USER',
    parts: typeof message === 'string' ? [{ text: message }] : [...message],
    ...(taskId !== undefined && { taskId }),
    ...(contextId !== undefined && { contextId }),
  };
}

function doesNotWait(taskId: string, state?: TaskState): A2AError {
  return unsupportedOperation('The task does not wait to be resumed', {
    taskId,
    ...(state && { state }),
  });
}
