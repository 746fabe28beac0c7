import { type Artifact, type Message, type Task } from '@nest-a2a/protocol';

/** What an agent answered, read from whatever form a test holds it in. */
export interface TestedTask {
  /** Empty for a message in place of a task. */
  readonly id: string;
  /** In one word, such as `input-required`; `completed` for a message in place of a task. */
  readonly state: string;
  /** Of the status, or in place of a task. */
  readonly message: Message | undefined;
  readonly artifacts: readonly Artifact[];
}

/**
 * Reads a `TaskResult` of the client, a `Task` or a `Message` of the protocol,
 * or an answer that holds one of them.
 *
 * @returns `undefined` for anything else, such as a promise that was not awaited
 */
export function readTask(value: unknown): TestedTask | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  if (isMessage(value)) {
    return fromMessage(value);
  }
  if (isTask(value)) {
    return fromTask(value);
  }
  return readTask(value.raw ?? value.task ?? value.message);
}

function fromTask({ id, status, artifacts = [] }: Task): TestedTask {
  const { state, message } = status;
  return { id, state: toStateName(state), message, artifacts };
}

function fromMessage(message: Message): TestedTask {
  const { taskId: id = '' } = message;
  return { id, state: 'completed', message, artifacts: [] };
}

/** `TASK_STATE_INPUT_REQUIRED` is `input-required`; a name in that form stays. */
export function toStateName(state: string): string {
  return state
    .replace(/^TASK_STATE_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isMessage(value: object): value is Message {
  return 'messageId' in value && 'parts' in value && Array.isArray(value.parts);
}

function isTask(value: object): value is Task {
  return (
    'id' in value &&
    'status' in value &&
    isObject(value.status) &&
    typeof value.status.state === 'string'
  );
}
