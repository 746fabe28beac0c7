import { type TaskContext } from '@nest-a2a/server';
import { SYSTEM_CONTEXT, type TaskStore } from '@nest-a2a/store';
import { httpJson, sendParams } from './a2a-http.js';
import { Gate } from './gate.js';
import { type TestAgent } from './test-agent.js';

/** Sends a message, and resolves with the id of its task when the worker has it. */
export async function begin(
  { url, worker }: TestAgent,
  behaviour: (context: TaskContext) => Promise<void>,
): Promise<string> {
  const gate = new Gate();
  worker.on('run', (context) => {
    void gate.pass();
    return behaviour(context);
  });
  const configuration = { returnImmediately: true };
  const params = sendParams('run', { configuration });
  const { body } = await httpJson.call(url, 'SendMessage', params);
  await gate.reached;
  return body.task.id as string;
}

/** Resolves when a worker should stop. */
export function aborted({ signal }: TaskContext): Promise<void> {
  return new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve()),
  );
}

/** The states in the log of a task that end it. */
export async function endings(
  store: TaskStore,
  taskId: string,
): Promise<string[]> {
  const range = { after: 0, limit: 100_000 };
  const events = await store.log.read(taskId, range, SYSTEM_CONTEXT);
  return events
    .map(({ body }) =>
      body.kind === 'statusUpdate' ? body.statusUpdate.status.state : '',
    )
    .filter((state) => /COMPLETED|FAILED|CANCELED|REJECTED/.test(state));
}
