import { randomUUID } from 'node:crypto';

/** An error that the agent has against a call. */
export class Refusal extends Error {
  constructor(readonly code: keyof typeof REFUSALS) {
    super(`It is a ${code}`);
  }
}

/** The codes of JSON-RPC, the HTTP statuses of 1.0.0 and 1.0, the names of gRPC. */
export const REFUSALS = {
  TaskNotFoundError: [-32001, 404, 'NOT_FOUND', 'TASK_NOT_FOUND'],
  TaskNotCancelableError: [
    -32002,
    409,
    'FAILED_PRECONDITION',
    'TASK_NOT_CANCELABLE',
  ],
  UnsupportedOperationError: [
    -32004,
    400,
    'FAILED_PRECONDITION',
    'UNSUPPORTED_OPERATION',
  ],
  ContentTypeNotSupportedError: [
    -32005,
    415,
    'INVALID_ARGUMENT',
    'CONTENT_TYPE_NOT_SUPPORTED',
  ],
  InvalidParamsError: [-32602, 422, 'INVALID_ARGUMENT', 'INVALID_PARAMS'],
} as const;

/**
 * An agent that does what the text of a message says, in the words of 1.0:
 *
 * | text | does |
 * | --- | --- |
 * | `report` | working "Gathering", artifact "Report: ", "Q1 ", the task as it is, "is fine.", completed |
 * | `mirror` | an artifact of the same parts, completed |
 * | `ask` | input required "Which quarter?" |
 * | `say` | a message "Hello" and no task |
 * | `wait` | working until it is cancelled, or somebody subscribes |
 * | `odd` | a state that nobody knows |
 * | `break` | working, and an error |
 */
export class DialectAgent {
  private readonly pushes: any[] = [];
  private readonly tasks = new Map<string, any>();

  /** What comes of a message, event by event. The tasks change as they are read. */
  *take({ message, configuration = {} }: any): Generator<any> {
    const text: string = message.parts[0]?.text ?? '';
    if (text === 'say') {
      const parts = [{ text: 'Hello' }];
      yield { message: { messageId: randomUUID(), role: 'ROLE_AGENT', parts } };
      return;
    }
    const { taskId } = message;
    const task = taskId ? this.get(taskId) : this.create(message);
    task.history.push(message);
    const { taskPushNotificationConfig: push } = configuration;
    if (push) this.addPush({ ...push, taskId: task.id });
    yield { task: structuredClone(task) };
    yield* this.work(task, text, message.parts);
  }

  /** The same for who does not stream. It is done at once, also where nobody waits. */
  send(request: any): any {
    const events = [...this.take(request)];
    const { message, task } = events[0];
    if (message) return { message };
    const isBlocking = !request.configuration?.returnImmediately;
    return { task: isBlocking ? this.get(task.id) : task };
  }

  get(id: string, historyLength = Infinity): any {
    const task = this.tasks.get(id);
    if (!task) throw new Refusal('TaskNotFoundError');
    if (historyLength === Infinity) return task;
    return { ...task, history: task.history.slice(-historyLength) };
  }

  list({ contextId, pageSize = 50, pageToken = '0' }: any): any {
    const all = [...this.tasks.values()].filter(
      (task) => !contextId || task.contextId === contextId,
    );
    const start = Number(pageToken);
    const end = start + Number(pageSize);
    return {
      tasks: all.slice(start, end).map(({ artifacts: _, ...task }) => task),
      nextPageToken: end < all.length ? String(end) : '',
      pageSize: Number(pageSize),
      totalSize: all.length,
    };
  }

  cancel(id: string): any {
    const task = this.get(id);
    if (isOver(task)) throw new Refusal('TaskNotCancelableError');
    this.status(task, 'TASK_STATE_CANCELED');
    return task;
  }

  /** What a subscriber is told: who waits is done by that. */
  *follow(id: string, isTaskFirst: boolean): Generator<any> {
    const task = this.get(id);
    if (isOver(task)) throw new Refusal('UnsupportedOperationError');
    if (isTaskFirst) yield { task: structuredClone(task) };
    yield this.chunk(task, [{ text: 'It is done.' }]);
    yield this.status(task, 'TASK_STATE_COMPLETED');
  }

  addPush({ taskId, id = randomUUID(), ...rest }: any): any {
    this.get(taskId);
    const push = { taskId, id, ...rest };
    this.pushes.push(push);
    return push;
  }

  getPush(taskId: string, id: string): any {
    const found = this.pushesOf(taskId).find((one) => one.id === id);
    if (!found) throw new Refusal('TaskNotFoundError');
    return found;
  }

  pushesOf(taskId: string): any[] {
    return this.pushes.filter((one) => one.taskId === taskId);
  }

  deletePush(taskId: string, id: string): void {
    this.pushes.splice(this.pushes.indexOf(this.getPush(taskId, id)), 1);
  }

  private create({ contextId = randomUUID() }: any): any {
    const task: any = {
      id: randomUUID(),
      contextId,
      artifacts: [],
      history: [],
    };
    this.status(task, 'TASK_STATE_SUBMITTED');
    this.tasks.set(task.id, task);
    return task;
  }

  private *work(task: any, text: string, parts: any[]): Generator<any> {
    if (text === 'odd') yield this.status(task, 'TASK_STATE_ON_HOLD');
    else if (text === 'break') {
      yield this.status(task, 'TASK_STATE_WORKING');
      throw new Refusal('ContentTypeNotSupportedError');
    } else if (text === 'ask') {
      yield this.status(task, 'TASK_STATE_INPUT_REQUIRED', 'Which quarter?');
    } else if (text === 'wait') yield this.status(task, 'TASK_STATE_WORKING');
    else if (text === 'report') yield* this.report(task);
    else {
      yield this.chunk(task, parts);
      yield this.status(task, 'TASK_STATE_COMPLETED');
    }
  }

  private *report(task: any): Generator<any> {
    yield this.status(task, 'TASK_STATE_WORKING', 'Gathering');
    yield this.chunk(task, [{ text: 'Report: ' }]);
    yield this.chunk(task, [{ text: 'Q1 ' }], { append: true });
    yield { task: structuredClone(task) };
    const last = { append: true, lastChunk: true };
    yield this.chunk(task, [{ text: 'is fine.' }], last);
    yield this.status(task, 'TASK_STATE_COMPLETED');
  }

  private status(task: any, state: string, text?: string): any {
    const { id: taskId, contextId } = task;
    const timestamp = '2026-01-02T03:04:05.678Z';
    const role = 'ROLE_AGENT';
    const message = { messageId: randomUUID(), role, parts: [{ text }] };
    const status = { state, timestamp, ...(text && { message }) };
    task.status = status;
    return { statusUpdate: { taskId, contextId, status } };
  }

  private chunk(task: any, parts: any[], how: { append?: boolean } = {}): any {
    const { id: taskId, contextId, artifacts } = task;
    const artifact = { artifactId: 'a', parts };
    if (how.append) artifacts[0].parts.push(...parts);
    else artifacts.push(structuredClone(artifact));
    return { artifactUpdate: { taskId, contextId, artifact, ...how } };
  }
}

function isOver({ status }: any): boolean {
  return /COMPLETED|CANCELED/.test(status.state);
}
