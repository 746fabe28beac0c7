import { setTimeout } from 'node:timers/promises';
import { isInterrupted, isTerminal, type TaskState } from '@nest-a2a/protocol';
import { type DumpedTask, type StoreDump } from '../history/history.js';
import { dumpStore } from './dump-store.js';
import { type Laboratory } from './laboratory.js';

const LOOK_EVERY_MS = 1_000;

/** Waits until nothing moves any more, at most so long, and reads the store. What is not quiet by then the checker reports. */
export async function settle(
  { options, fleet }: Laboratory,
  timeoutMs: number,
): Promise<StoreDump> {
  await fleet.untilWell();
  const end = Date.now() + timeoutMs;
  for (;;) {
    const dump = await dumpStore(options.runtime);
    if (dump.tasks.every(isQuiet) || Date.now() > end) {
      return dump;
    }
    await setTimeout(LOOK_EVERY_MS);
  }
}

function isQuiet({ task, owner, dueAt, configs, events }: DumpedTask): boolean {
  const state: TaskState = task.status.state;
  const last = events.at(-1)?.seq ?? 0;
  return (
    (isTerminal(state) || isInterrupted(state)) &&
    owner === null &&
    dueAt === null &&
    configs.every(
      (config) => config.state !== 'active' || config.doneSeq >= last,
    )
  );
}
