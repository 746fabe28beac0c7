import {
  type Operation,
  parseRequest,
  pushNotificationNotSupported,
  type RequestOf,
  unsupportedOperation,
} from '@nest-a2a/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { ExtendedCards } from '../agent-card/extended-card.service.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { type Call } from './call.js';
import { MessageOperations } from './message-operations.service.js';
import { PushConfigOperations } from './push-config-operations.service.js';
import { type ItemStream } from './stream-item.js';
import { TaskOperations } from './task-operations.service.js';

/** The operations that answer a stream. */
export type StreamingOperation = 'SendStreamingMessage' | 'SubscribeToTask';

/** The operations that answer once. */
export type UnaryOperation = Exclude<Operation, StreamingOperation>;

/** Whether an operation answers a stream. */
export function isStreaming(
  operation: Operation,
): operation is StreamingOperation {
  return (
    operation === 'SendStreamingMessage' || operation === 'SubscribeToTask'
  );
}

/** How an operation is carried out. */
type Handlers<O extends Operation, Answer> = {
  readonly [K in O]: (request: RequestOf[K], call: Call) => Promise<Answer>;
};

/**
 * The eleven operations of A2A, for every agent and whatever the binding: what
 * comes in has passed the application's guards, and is checked here before
 * anything happens.
 */
@Injectable()
export class A2AOperations {
  private readonly unary: Handlers<UnaryOperation, object>;
  private readonly streaming: Handlers<StreamingOperation, ItemStream>;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(MessageOperations) messages: MessageOperations,
    @Inject(TaskOperations) tasks: TaskOperations,
    @Inject(PushConfigOperations) push: PushConfigOperations,
    @Inject(ExtendedCards) extendedCards: ExtendedCards,
  ) {
    this.unary = {
      SendMessage: (request, call) => messages.send(request, call),
      GetTask: (request, call) => tasks.get(request, call),
      ListTasks: (request, call) => tasks.list(request, call),
      CancelTask: (request, call) => tasks.cancel(request, call),
      CreateTaskPushNotificationConfig: (request, call) =>
        push.create(request, call),
      GetTaskPushNotificationConfig: (request, call) => push.get(request, call),
      ListTaskPushNotificationConfigs: (request, call) =>
        push.list(request, call),
      DeleteTaskPushNotificationConfig: (request, call) =>
        push.delete(request, call),
      GetExtendedAgentCard: (_request, { agent, scope, request }) =>
        extendedCards.of({ ...scope, agent, request }),
    };
    this.streaming = {
      SendStreamingMessage: (request, call) => messages.stream(request, call),
      SubscribeToTask: (request, call) => tasks.subscribe(request, call),
    };
  }

  /**
   * Carries out an operation that answers once.
   *
   * @param params the request as it came
   * @returns the answer, in the JSON form of A2A 1.0
   * @throws A2AError
   */
  call<O extends UnaryOperation>(
    operation: O,
    params: unknown,
    call: Call,
  ): Promise<object> {
    const request = this.parse(operation, params, call);
    return this.unary[operation](request, call);
  }

  /**
   * Carries out an operation that answers a stream. What is wrong with the
   * request is thrown before there is a stream.
   *
   * @throws A2AError
   */
  stream<O extends StreamingOperation>(
    operation: O,
    params: unknown,
    call: Call,
  ): Promise<ItemStream> {
    const request = this.parse(operation, params, call);
    return this.streaming[operation](request, call);
  }

  /** What the agent cannot do at all is said before the request is looked at. */
  private parse<O extends Operation>(
    operation: O,
    params: unknown,
    { agent }: Call,
  ): RequestOf[O] {
    if (isStreaming(operation) && !agent.streaming) {
      throw unsupportedOperation('The agent does not stream');
    }
    if (operation.includes('PushNotification') && !agent.pushNotifications) {
      throw pushNotificationNotSupported();
    }
    return parseRequest(operation, params, this.options.limits);
  }
}
