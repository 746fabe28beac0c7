// Writes tasks into a file without an end, and says of each what was confirmed.
// node run-typescript.mjs sqlite-writer.ts <file>
import { randomUUID } from 'node:crypto';
import { sqlite } from '@nest-a2a/sqlite';
import { SYSTEM_CONTEXT, systemClock, type TaskStore } from '@nest-a2a/store';

const SCOPE = { agent: 'reports', tenant: '', principal: 'alice' };

/** Resolves with the id of a task of two events, when both are confirmed. */
async function write({ log }: TaskStore): Promise<string> {
  const [taskId, contextId] = [randomUUID(), randomUUID()];
  const status = { state: 'TASK_STATE_SUBMITTED' } as const;
  const task = { id: taskId, contextId, status };
  const created = {
    id: randomUUID(),
    body: { kind: 'task', task, turn: {} },
  } as const;
  await log.create(
    { scope: SCOPE, taskId, contextId, isAnnounced: true, events: [created] },
    SYSTEM_CONTEXT,
  );
  const step = {
    id: randomUUID(),
    body: { kind: 'step', key: 'k', value: taskId },
  } as const;
  await log.append(
    { taskId, events: [step], expectedVersion: 1 },
    SYSTEM_CONTEXT,
  );
  return taskId;
}

async function main(): Promise<void> {
  const runtime = sqlite({ file: process.argv[2] ?? '' });
  const { store } = await runtime.open({ clock: systemClock });
  for (;;) {
    process.send?.({ confirmed: await write(store) });
    // What was sent leaves the process before the next is written.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

void main();
