import {
  extendedAgentCardNotConfigured,
  type Message,
  newId,
  type Operation,
  type RequestOf,
  type SendMessageRequest,
  type StreamResponse,
  taskNotCancelable,
  unsupportedOperation,
} from '@nest-a2a/protocol';
import { type FakeAnswer, type FakeContent, toParts } from './fake-answer.js';
import { type FakeExchange } from './fake-exchange.js';
import { type FakeTask } from './fake-task.js';
import { type FakeTasks } from './fake-tasks.js';

/** What is answered to a message that no rule is for: it is said again. */
function echo({ parts }: Message): FakeAnswer {
  return { kind: 'task', steps: [{ artifact: { parts } }] };
}

/** Does what a request asks for that nothing goes wrong with. */
export class FakeOperations {
  constructor(private readonly tasks: FakeTasks) {}

  /** @throws A2AError */
  async perform<O extends Operation>(
    operation: O,
    params: RequestOf[O],
    exchange: FakeExchange,
  ): Promise<void> {
    if (operation === 'SubscribeToTask') {
      const { id } = params as RequestOf['SubscribeToTask'];
      const task = this.tasks.get(id);
      if (task.isOver) throw unsupportedOperation('The task is over');
      stream(task, exchange);
      return;
    }
    exchange.result(operation, this.resultOf(operation, params));
  }

  /** Answers a message: with a message, or with a task that takes its steps. @throws A2AError */
  async send(
    operation: Operation,
    { message, configuration = {} }: SendMessageRequest,
    said: { exchange: FakeExchange; answer: FakeAnswer | undefined },
  ): Promise<void> {
    const { exchange, answer = echo(message) } = said;
    const isStream = operation === 'SendStreamingMessage';
    if (answer.kind === 'message') {
      const reply = { message: replyTo(message, answer.content) };
      if (isStream) exchange.event(reply, true);
      else exchange.result(operation, reply);
      return;
    }
    const known = this.tasks.takenFor(message);
    const task = known ?? this.tasks.accept(message);
    const { taskPushNotificationConfig: push } = configuration;
    if (push && !known) this.tasks.addConfig({ ...push, taskId: task.id });
    if (isStream) stream(task, exchange);
    const steps = answer.kind === 'task' ? answer.steps : [];
    // It goes on by itself: whoever waits, waits for its rest.
    if (!known) void task.run(steps);
    if (isStream) return;
    const cut = task.follow((event) => event ?? exchange.cut());
    exchange.onClose(cut);
    if (!configuration.returnImmediately) await task.rest();
    const { historyLength } = configuration;
    exchange.result(operation, { task: task.snapshot(historyLength) });
  }

  private resultOf<O extends Operation>(
    operation: O,
    params: RequestOf[O],
  ): object {
    const { tasks } = this;
    switch (operation) {
      case 'GetTask': {
        const { id, historyLength } = params as RequestOf['GetTask'];
        return tasks.get(id).snapshot(historyLength);
      }
      case 'ListTasks':
        return tasks.list(params);
      case 'CancelTask': {
        const task = tasks.get((params as RequestOf['CancelTask']).id);
        if (!task.cancel())
          throw taskNotCancelable(task.id, task.snapshot().status.state);
        return task.snapshot();
      }
      case 'GetExtendedAgentCard':
        throw extendedAgentCardNotConfigured();
      default:
        return this.pushResultOf(operation, params);
    }
  }

  private pushResultOf(operation: Operation, params: object): object {
    const { tasks } = this;
    const { taskId, id } = params as RequestOf['GetTaskPushNotificationConfig'];
    switch (operation) {
      case 'CreateTaskPushNotificationConfig':
        return tasks.addConfig(
          params as RequestOf['CreateTaskPushNotificationConfig'],
        );
      case 'GetTaskPushNotificationConfig':
        return tasks.config(taskId, id);
      case 'ListTaskPushNotificationConfigs':
        return tasks.configsOf(taskId);
      default:
        tasks.removeConfig(taskId, id);
        return {};
    }
  }
}

/** The task as it is, and what happens to it until it rests. */
function stream(task: FakeTask, exchange: FakeExchange): void {
  exchange.event({ task: task.snapshot() }, task.isOver);
  const stop = task.follow((event: StreamResponse | undefined) => {
    if (!event) {
      exchange.cut();
      return;
    }
    exchange.event(event, task.rests);
    if (task.rests) stop();
  });
  exchange.onClose(stop);
}

function replyTo({ contextId }: Message, content: FakeContent): Message {
  return {
    messageId: newId(),
    role: 'ROLE_AGENT',
    parts: toParts(content),
    contextId: contextId ?? newId(),
  };
}
