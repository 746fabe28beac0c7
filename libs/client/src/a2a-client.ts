import {
  type AgentCard,
  type AgentInterface,
  isA2AError,
  type JsonObject,
  type ListTaskPushNotificationConfigsResponse,
  parseAgentCard,
  parseListTaskPushNotificationConfigsResponse,
  parseListTasksResponse,
  parseTaskPushNotificationConfig,
  parseSendMessageResponse,
  parseTask,
  type TaskPushNotificationConfig,
} from '@nest-a2a/protocol';
import { type Observable } from 'rxjs';
import { type Capability } from './card/assert-capability.js';
import { type A2AClientOptions, type CallOptions } from './client-options.js';
import {
  type AgentConnection,
  type StreamOptions,
} from './connection/agent-connection.js';
import {
  type ConnectTarget,
  openConnection,
} from './connection/open-connection.js';
import { allPages } from './results/all-pages.js';
import {
  Conversation,
  type ConversationOptions,
} from './conversation/conversation.js';
import { type SendInput } from './messages/message-input.js';
import {
  type PushConfigInput,
  type SendOptions,
  type StreamMessageOptions,
} from './messages/send-options.js';
import {
  toPushConfig,
  toSendRequest,
  wantsPush,
} from './messages/send-request.js';
import { fromStateName } from './results/state-name.js';
import { type StreamEvent } from './results/stream-event.js';
import { TaskResult } from './results/task-result.js';
import { openEvents } from './streams/open-events.js';
import { textOfEvents } from './streams/text-of-events.js';
import { toObservable } from './streams/to-observable.js';
import {
  type GetTaskOptions,
  type ListTasksQuery,
  type PushConfigsQuery,
  type TaskPage,
  type WaitOptions,
} from './task-queries.js';
import { waitForTask } from './waiting/wait-for-task.js';

const DEFAULT_POLL_MS = 500;
const MAX_POLL_MS = 3_600_000;

/**
 * A client of one agent.
 *
 * Every method rejects (an iterable or Observable fails) with an `A2AError` for
 * what the agent says against the call, for a request that is not valid
 * (`INVALID_PARAMS`, nothing is sent) and for an answer that is not valid
 * (`INVALID_AGENT_RESPONSE`); with an `A2AClientError` for what went wrong on
 * the way; and with a `TypeError` for options that make no sense. Tell the
 * errors by their `code`.
 *
 * A stream that is left early closes its connection. `close()` ends the rest.
 */
export class A2AClient {
  private constructor(private readonly connection: AgentConnection) {}

  /**
   * Reads the card of an agent and chooses the interface to call it by.
   *
   * @param target the URL of the agent, of its card, or the card itself; a card of A2A 0.3 is fine too
   * @throws A2AClientError `card-unavailable`, `no-interface`, `not-allowed` ...
   * @throws A2AError `INVALID_AGENT_RESPONSE` for a card that is not valid
   */
  static async connect(
    target: ConnectTarget,
    options: A2AClientOptions = {},
  ): Promise<A2AClient> {
    const client = A2AClient.create(target, options);
    const { signal } = options;
    try {
      await client.ready({ signal });
    } catch (error) {
      await client.close();
      throw error;
    }
    return client;
  }

  /**
   * A client that reads the card when it is needed first: with `ready`, or with
   * the first call. Where that fails, the next call tries again.
   *
   * @throws TypeError for a target or an option that makes no sense
   */
  static create(
    target: ConnectTarget,
    options: A2AClientOptions = {},
  ): A2AClient {
    return new A2AClient(openConnection(target, options));
  }

  /** Reads the card, where that was not done yet. Fails as `connect` does. */
  ready(options: CallOptions = {}): Promise<void> {
    return this.connection.ready(options);
  }

  /** The card of the agent, as it was read last. @throws A2AClientError `not-connected` */
  get agentCard(): AgentCard {
    return this.connection.card;
  }

  /** The name of the agent. */
  get agentName(): string {
    return this.connection.card.name;
  }

  /** The interface of the card that the next call goes to. */
  get agentInterface(): AgentInterface {
    return this.connection.agentInterface;
  }

  /**
   * Sends a message. The answer is the task, or a message where the agent made
   * no task; see `blocking` for when it comes.
   */
  async send(input: SendInput, options: SendOptions = {}): Promise<TaskResult> {
    const request = toSendRequest(input, options);
    // It takes as long as the task takes.
    const timeoutMs = options.blocking === false ? undefined : Infinity;
    const answer = parseSendMessageResponse(
      await this.connection.call('SendMessage', request, {
        ...options,
        timeoutMs: options.timeoutMs ?? timeoutMs,
        needs: wantsPush(options) ? ['pushNotifications'] : [],
      }),
    );
    return new TaskResult('task' in answer ? answer.task : answer.message);
  }

  /**
   * Sends a message and answers the events of its task as they come. The
   * message is sent when the first event is asked for. When the iterable ends
   * without an event that `isFinal`, the task waits for the caller or goes on
   * unseen: `subscribe` or `waitFor` follow it further.
   */
  async *stream(
    input: SendInput,
    options: StreamMessageOptions = {},
  ): AsyncGenerator<StreamEvent> {
    const request = toSendRequest(input, options);
    const operation = 'SendStreamingMessage';
    const needs: Capability[] = wantsPush(options)
      ? ['streaming', 'pushNotifications']
      : ['streaming'];
    yield* openEvents(this.connection, { operation, request, needs }, options);
  }

  /** Sends a message and answers the text of the result in the pieces in which it comes. */
  streamText(
    input: SendInput,
    options: StreamMessageOptions = {},
  ): AsyncGenerator<string> {
    return textOfEvents(this.stream(input, options));
  }

  /**
   * Sends a message for each subscriber and emits the events of its task.
   * Unsubscribing closes the stream; the task itself goes on.
   */
  stream$(
    input: SendInput,
    options: StreamMessageOptions = {},
  ): Observable<StreamEvent> {
    return toObservable(
      (signal) => this.stream(input, { ...options, signal }),
      options.signal,
    );
  }

  /**
   * Follows a task that is not finished. The first event is the task as it is.
   *
   * @param options `lastEventId`: the `id` of the last event that was seen; agents
   * that know the header resume there, others begin with the task as it is. Agents
   * of this library that do not know the event say so in the metadata of that Task
   * (`RESYNC_METADATA`)
   */
  async *subscribe(
    taskId: string,
    options: StreamOptions = {},
  ): AsyncGenerator<StreamEvent> {
    const operation = 'SubscribeToTask';
    const request = { id: taskId };
    const needs: Capability[] = ['streaming'];
    yield* openEvents(this.connection, { operation, request, needs }, options);
  }

  /** The task as it is. */
  async getTask(
    taskId: string,
    { historyLength, ...options }: GetTaskOptions = {},
  ): Promise<TaskResult> {
    const request = { id: taskId, historyLength };
    return new TaskResult(
      parseTask(await this.connection.call('GetTask', request, options)),
    );
  }

  /** A page of the tasks that match. */
  async listTasks(
    { status, ...query }: ListTasksQuery = {},
    options: CallOptions = {},
  ): Promise<TaskPage> {
    const request = { ...query, status: status && fromStateName(status) };
    const page = parseListTasksResponse(
      await this.connection.call('ListTasks', request, options),
    );
    return { ...page, tasks: page.tasks.map((task) => new TaskResult(task)) };
  }

  /**
   * All tasks that match, over all pages; a page is asked for when it is needed.
   *
   * @throws A2AError `INVALID_AGENT_RESPONSE` where an agent gives the same page twice
   */
  async *allTasks(
    query: ListTasksQuery = {},
    options: CallOptions = {},
  ): AsyncGenerator<TaskResult> {
    yield* allPages((pageToken) =>
      this.listTasks({ ...query, pageToken }, options),
    );
  }

  /**
   * Asks the agent to cancel a task. The answer is the task as it is then, also
   * where the first answer was lost and the second says that it is cancelled already.
   */
  async cancel(
    taskId: string,
    {
      metadata,
      ...options
    }: CallOptions & { metadata?: JsonObject | undefined } = {},
  ): Promise<TaskResult> {
    const request = { id: taskId, metadata };
    let isRepeated = false;
    const onRepeat = () => (isRepeated = true);
    try {
      const calling = { ...options, onRepeat };
      const task = await this.connection.call('CancelTask', request, calling);
      return new TaskResult(parseTask(task));
    } catch (error) {
      const isDone =
        isRepeated && isA2AError(error) && error.code === 'TASK_NOT_CANCELABLE';
      const task = isDone ? await this.getTask(taskId, options) : undefined;
      if (task?.canceled) return task;
      throw error;
    }
  }

  /** Waits until a task is finished or waits for the caller. */
  async waitFor(
    taskId: string,
    {
      timeoutMs,
      signal,
      extensions,
      pollMs = DEFAULT_POLL_MS,
    }: WaitOptions = {},
  ): Promise<TaskResult> {
    if (!(pollMs >= 1 && pollMs <= MAX_POLL_MS)) {
      throw new TypeError(`pollMs must be between 1 and ${MAX_POLL_MS}`);
    }
    return this.connection.calls.run({ timeoutMs, signal }, async (ended) => {
      await this.ready({ signal: ended });
      const target = {
        getTask: (signal: AbortSignal) =>
          this.getTask(taskId, { extensions, signal }),
        subscribe: this.agentCard.capabilities.streaming
          ? (signal: AbortSignal) =>
              // What is lost shows at the next look.
              this.subscribe(taskId, { extensions, signal, streamResumeMs: 0 })
          : undefined,
      };
      return waitForTask(target, pollMs, ended);
    });
  }

  /** Messages that belong together: a context, and the task that is open in it. */
  conversation(options: ConversationOptions = {}): Conversation {
    return new Conversation(this, options);
  }

  /** Registers a webhook for the updates of a task. The answer has the id that the agent gave it. */
  async createPushConfig(
    taskId: string,
    config: PushConfigInput,
    options: CallOptions = {},
  ): Promise<TaskPushNotificationConfig> {
    const request = { ...toPushConfig(config), taskId };
    return parseTaskPushNotificationConfig(
      await this.callPush('CreateTaskPushNotificationConfig', request, options),
    );
  }

  /** One push configuration of a task. */
  async getPushConfig(
    taskId: string,
    configId: string,
    options: CallOptions = {},
  ): Promise<TaskPushNotificationConfig> {
    const request = { taskId, id: configId };
    return parseTaskPushNotificationConfig(
      await this.callPush('GetTaskPushNotificationConfig', request, options),
    );
  }

  /** A page of the push configurations of a task. */
  async listPushConfigs(
    taskId: string,
    query: PushConfigsQuery = {},
    options: CallOptions = {},
  ): Promise<ListTaskPushNotificationConfigsResponse> {
    const request = { ...query, taskId };
    return parseListTaskPushNotificationConfigsResponse(
      await this.callPush('ListTaskPushNotificationConfigs', request, options),
    );
  }

  /** Removes a push configuration; it is fine where the first answer was lost and the second says that there is none. */
  async deletePushConfig(
    taskId: string,
    configId: string,
    options: CallOptions = {},
  ): Promise<void> {
    const request = { taskId, id: configId };
    let isRepeated = false;
    const onRepeat = () => (isRepeated = true);
    try {
      const calling = { ...options, onRepeat };
      await this.callPush('DeleteTaskPushNotificationConfig', request, calling);
    } catch (error) {
      const isGone =
        isRepeated && isA2AError(error) && error.code === 'TASK_NOT_FOUND';
      if (!isGone) throw error;
    }
  }

  /** The card for callers that the agent knows. Its signatures are not checked: `verifyCard` is about the public card. */
  async getExtendedCard(options: CallOptions = {}): Promise<AgentCard> {
    const needs: Capability[] = ['extendedAgentCard'];
    const calling = { ...options, needs };
    return parseAgentCard(
      await this.connection.call('GetExtendedAgentCard', {}, calling),
    );
  }

  /**
   * Ends open calls and streams, which fail with the code `closed`, and closes
   * the sockets. Later calls fail with the same code. Idempotent.
   */
  close(): Promise<void> {
    return this.connection.close();
  }

  private callPush(
    operation: PushOperation,
    request: object,
    options: CallOptions,
  ): Promise<unknown> {
    const needs: Capability[] = ['pushNotifications'];
    return this.connection.call(operation, request, { ...options, needs });
  }
}

type PushOperation =
  | 'CreateTaskPushNotificationConfig'
  | 'GetTaskPushNotificationConfig'
  | 'ListTaskPushNotificationConfigs'
  | 'DeleteTaskPushNotificationConfig';
