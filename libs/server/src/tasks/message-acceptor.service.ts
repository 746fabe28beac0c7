import {
  invalidParam,
  isInterrupted,
  newId,
  type ProtocolVersion,
  type SendMessageRequest,
  type Task,
  taskNotFound,
  toTimestamp,
  unsupportedOperation,
} from '@nest-a2a/protocol';
import {
  type Accepted,
  beginsTurn,
  type CallContext,
  isStoreError,
  type NewEvent,
  type OpenRuntime,
  type PushRegistration,
  type Scope,
  type Seq,
  type TaskRecord,
  type TaskStore,
  type TurnRequest,
} from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { PushConfigurations } from '../push/push-configurations.service.js';
import { PushRefusals } from '../push/push-refusals.service.js';
import { DrainState } from '../runtime/drain-state.service.js';
import { OPEN_RUNTIME } from '../runtime/runtime.tokens.js';
import { idempotencyKey } from './idempotency.js';
import { idsOf, newEvent, statusEvent } from './new-events.js';
import { retryOnConflict } from './retry-on-conflict.js';
import { TaskJournal } from './task-journal.service.js';
import {
  TURN_SLOTS,
  type TurnSlot,
  type TurnSlots,
} from './turn-slots.port.js';

/** Where a message has its webhook. */
const WEBHOOK = 'configuration.taskPushNotificationConfig';

/** A message that somebody wants to have worked on. */
export interface MessageSend {
  readonly scope: Scope;
  readonly request: SendMessageRequest;
  readonly protocolVersion: ProtocolVersion;
  /** The extensions that are active. */
  readonly extensions: readonly string[];
  readonly traceparent?: string;
}

/** Where the work on a message can be followed. */
export interface AcceptedMessage {
  readonly taskId: string;
  /** The turn that works on the message. */
  readonly turn: Seq;
}

/** Takes messages in: a new task, or the next turn of one. What was accepted is committed. */
@Injectable()
export class MessageAcceptor {
  private readonly store: TaskStore;

  constructor(
    @Inject(OPEN_RUNTIME) { store }: OpenRuntime,
    @Inject(TaskJournal) private readonly journal: TaskJournal,
    @Inject(TURN_SLOTS) private readonly slots: TurnSlots,
    @Inject(PushConfigurations) private readonly push: PushConfigurations,
    @Inject(PushRefusals) private readonly refusals: PushRefusals,
    @Inject(DrainState) private readonly drain: DrainState,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.store = store;
  }

  /**
   * Commits a message. The same message again is accepted again, with no
   * second effect.
   *
   * @throws A2AError `TASK_NOT_FOUND`, `UNSUPPORTED_OPERATION` for a finished task, `INVALID_PARAMS`,
   *   `UNAVAILABLE` at shutdown
   */
  async accept(send: MessageSend): Promise<AcceptedMessage> {
    this.drain.assertTakesOn();
    const { taskId } = send.request.message;
    try {
      return taskId === undefined
        ? await this.createTask(send)
        : await retryOnConflict(() => this.continueTask(taskId, send));
    } catch (error) {
      const refused = {
        scope: send.scope,
        config: WEBHOOK,
        url: `${WEBHOOK}.url`,
      };
      throw (
        this.refusals.toA2AError(error, refused) ??
        this.translate(error, taskId)
      );
    }
  }

  /**
   * Makes a task known that its worker might still have replied to with a
   * message. Nothing where it is known, where the reply was faster, or where it
   * is gone.
   */
  async announce(taskId: string, context: CallContext): Promise<void> {
    const options = { historyLength: 0, includeArtifacts: false };
    try {
      await retryOnConflict(async () => {
        const record = await this.store.log.load(taskId, options, context);
        if (record && !record.isAnnounced && !record.isFinished) {
          const events = [newEvent({ kind: 'announce' })];
          const { version: expectedVersion } = record;
          await this.journal.append(
            { taskId, events, expectedVersion },
            context,
          );
        }
      });
    } catch (error) {
      if (!isStoreError(error, 'TASK_FINISHED')) throw error;
    }
  }

  private async createTask(send: MessageSend): Promise<AcceptedMessage> {
    const { scope, request } = send;
    const taskId = newId();
    const task = this.newTask(taskId, send);
    const push = this.registration(taskId, send);
    return this.withSlot(scope.agent, (slot) =>
      this.journal.create(
        {
          scope,
          taskId,
          contextId: task.contextId,
          events: [newEvent({ kind: 'task', task, turn: turnRequest(send) })],
          isAnnounced: this.isAnnounced(send),
          ...this.idempotency(request),
          ...(push && { push }),
          ...(slot && { claim: slot.claim }),
        },
        { access: scope },
      ),
    ).then((accepted) => acceptedMessage(taskId, accepted));
  }

  private newTask(
    taskId: string,
    { request }: MessageSend,
  ): Task & { contextId: string } {
    const contextId = request.message.contextId ?? newId();
    return {
      id: taskId,
      contextId,
      status: {
        state: 'TASK_STATE_SUBMITTED',
        timestamp: toTimestamp(this.store.now()),
      },
      history: [{ ...request.message, taskId, contextId }],
    };
  }

  /** A task that may turn out to be a direct reply stays unknown, unless the caller wants its id now. */
  private isAnnounced({ scope, request }: MessageSend): boolean {
    return (
      request.configuration?.returnImmediately === true ||
      !this.slots.acceptsDirectReplies(scope.agent)
    );
  }

  private async continueTask(
    taskId: string,
    send: MessageSend,
  ): Promise<AcceptedMessage> {
    const { scope, request } = send;
    const context: CallContext = { access: scope };
    const record = await this.loadForMessage(taskId, send);
    const push = this.registration(taskId, send);
    const accepted = await this.withSlot(scope.agent, (slot) =>
      this.journal.append(
        {
          taskId,
          events: this.messageEvents(record, send),
          expectedVersion: record.version,
          ...this.idempotency(request),
          ...(push && { push }),
          ...(slot && { claim: slot.claim }),
        },
        context,
      ),
    );
    return acceptedMessage(taskId, accepted);
  }

  private async loadForMessage(
    taskId: string,
    { scope, request }: MessageSend,
  ): Promise<TaskRecord> {
    const options = { historyLength: 0, includeArtifacts: false };
    const context: CallContext = { access: scope };
    const record = await this.store.log.load(taskId, options, context);
    if (!record?.isAnnounced) {
      throw taskNotFound(taskId);
    }
    const { contextId } = request.message;
    if (contextId !== undefined && contextId !== record.task.contextId) {
      throw invalidParam(
        'message.contextId',
        'Must be the contextId of the task, or be left out',
      );
    }
    return record;
  }

  /** The message, and the task on the move again where it was waiting for one. */
  private messageEvents({ task }: TaskRecord, send: MessageSend): NewEvent[] {
    const ids = idsOf(task);
    const message = { ...send.request.message, ...ids };
    const event = newEvent({
      kind: 'message',
      message,
      turn: turnRequest(send),
    });
    if (!isInterrupted(task.status.state)) {
      return [event];
    }
    const at = this.store.now();
    // The status first: with it the question that was asked becomes history, before the answer to it.
    return [statusEvent(ids, { state: 'TASK_STATE_SUBMITTED', at }), event];
  }

  private registration(
    taskId: string,
    { request, protocolVersion, extensions, scope }: MessageSend,
  ): PushRegistration | undefined {
    const config = request.configuration?.taskPushNotificationConfig;
    const at = `${WEBHOOK}.`;
    const { tenant } = scope;
    const origin = { taskId, tenant, protocolVersion, at, extensions };
    return config && this.push.prepare(config, origin);
  }

  private idempotency(request: SendMessageRequest) {
    const idempotency = idempotencyKey(request, this.options.idempotency);
    return idempotency && { idempotency };
  }

  /** Lets this process run the turn right away where it has room. */
  private async withSlot(
    agent: string,
    write: (slot: TurnSlot | undefined) => Promise<Accepted>,
  ): Promise<Accepted> {
    const slot = this.slots.reserve(agent);
    try {
      const accepted = await write(slot);
      if (accepted.kind === 'accepted' && accepted.claim) {
        slot?.use(accepted.claim);
      }
      return accepted;
    } finally {
      slot?.free();
    }
  }

  private translate(error: unknown, taskId = ''): unknown {
    if (isStoreError(error, 'TASK_NOT_FOUND')) {
      return taskNotFound(taskId);
    }
    if (isStoreError(error, 'TASK_FINISHED')) {
      return unsupportedOperation(
        'The task has ended and takes no more messages; send one without taskId in the same context',
      );
    }
    if (isStoreError(error, 'MESSAGE_ID_REUSED')) {
      return invalidParam(
        'message.messageId',
        'Another message with this id was sent before',
      );
    }
    return error;
  }
}

function acceptedMessage(taskId: string, accepted: Accepted): AcceptedMessage {
  if (accepted.kind === 'replayed') {
    return { taskId: accepted.taskId, turn: accepted.turn };
  }
  const begun = accepted.events.find(({ body }) => beginsTurn(body.kind));
  return { taskId, turn: begun?.seq ?? accepted.version };
}

function turnRequest({
  request,
  extensions,
  traceparent,
}: MessageSend): TurnRequest {
  const { acceptedOutputModes } = request.configuration ?? {};
  return {
    ...(acceptedOutputModes && { acceptedOutputModes }),
    ...(extensions.length > 0 && { extensions: [...extensions] }),
    ...(request.metadata && { metadata: request.metadata }),
    ...(traceparent !== undefined && { traceparent }),
  };
}
