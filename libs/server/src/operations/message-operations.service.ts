import {
  type SendMessageRequest,
  type SendMessageResponse,
  taskNotFound,
  unavailable,
} from '@nest-a2a/protocol';
import {
  type Clock,
  type OpenRuntime,
  type Seq,
  type TaskStore,
} from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { A2A_CLOCK, OPEN_RUNTIME } from '../runtime/runtime.tokens.js';
import {
  type AcceptedMessage,
  MessageAcceptor,
} from '../tasks/message-acceptor.service.js';
import { TurnWaiter } from '../tasks/turn-waiter.service.js';
import { type Call, contextOf } from './call.js';
import { assertAcceptable } from './message-rules.js';
import { SkillRequirements } from './skill-requirements.service.js';
import { type ItemStream } from './stream-item.js';
import { TaskStreams } from './task-streams.service.js';
import { RETRY_AFTER_SECONDS } from '../runtime/retry-after.js';

/** SendMessage and SendStreamingMessage (A2A §3.1.1, §3.1.2). */
@Injectable()
export class MessageOperations {
  private readonly store: TaskStore;

  constructor(
    @Inject(OPEN_RUNTIME) { store }: OpenRuntime,
    @Inject(A2A_CLOCK) private readonly clock: Clock,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(MessageAcceptor) private readonly acceptor: MessageAcceptor,
    @Inject(TurnWaiter) private readonly waiter: TurnWaiter,
    @Inject(TaskStreams) private readonly streams: TaskStreams,
    @Inject(SkillRequirements) private readonly skills: SkillRequirements,
  ) {
    this.store = store;
  }

  /**
   * Sends a message and answers the task, or the message that answers it.
   * Waits for the end of the turn unless the caller does not want that; a
   * caller who has waited as long as we let it gets the task as it is.
   */
  async send(
    request: SendMessageRequest,
    call: Call,
  ): Promise<SendMessageResponse> {
    const accepted = await this.accept(request, call);
    const endedAt = request.configuration?.returnImmediately
      ? undefined
      : await this.awaitEnd(accepted, call.signal);
    return this.answer(accepted, { request, call, endedAt });
  }

  /** Sends a message and answers its stream. */
  async stream(request: SendMessageRequest, call: Call): Promise<ItemStream> {
    // The Task is the first event of a stream, so a stream always waits.
    const configuration = {
      ...request.configuration,
      returnImmediately: false,
    };
    const accepted = await this.accept({ ...request, configuration }, call);
    return this.streams.ofMessage(accepted, {
      context: contextOf(call),
      signal: call.signal,
      historyLength: configuration.historyLength,
    });
  }

  private async accept(
    request: SendMessageRequest,
    call: Call,
  ): Promise<AcceptedMessage> {
    assertAcceptable(request, call.agent);
    await this.skills.assertMet(request.message, call);
    const { scope, protocolVersion, traceparent } = call;
    return this.acceptor.accept({
      scope,
      request,
      protocolVersion,
      extensions: call.extensions,
      ...(traceparent !== undefined && { traceparent }),
    });
  }

  private async awaitEnd(
    accepted: AcceptedMessage,
    signal: AbortSignal,
  ): Promise<Seq | undefined> {
    const { blockingTimeoutMs } = this.options;
    const patience = new AbortController();
    const stop = () => patience.abort();
    const cancelTimer =
      blockingTimeoutMs && this.clock.schedule(blockingTimeoutMs, stop);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      return await this.waiter.untilEnd(accepted, patience.signal);
    } finally {
      signal.removeEventListener('abort', stop);
      if (cancelTimer) cancelTimer();
    }
  }

  /** Answers for the turn of the message, where others have begun since, and for the task as it is otherwise. */
  private async answer(
    { taskId }: AcceptedMessage,
    {
      request,
      call,
      endedAt: asOf,
    }: { request: SendMessageRequest; call: Call; endedAt: Seq | undefined },
  ): Promise<SendMessageResponse> {
    const historyLength = request.configuration?.historyLength;
    const context = contextOf(call);
    const options = { historyLength, ...(asOf !== undefined && { asOf }) };
    let record = await this.store.log.load(taskId, options, context);
    if (record && !record.isAnnounced && !record.reply) {
      if (call.signal.aborted) {
        // Nobody waits for the task, or the process ends: the same send again gets the answer, whatever it is.
        throw unavailable(RETRY_AFTER_SECONDS);
      }
      // Who is told of a task must be able to ask for it.
      await this.acceptor.announce(taskId, context);
      record = await this.store.log.load(taskId, options, context);
    }
    if (!record) {
      throw taskNotFound(taskId);
    }
    return record.reply ? { message: record.reply } : { task: record.task };
  }
}
