import { setTimeout } from 'node:timers/promises';
import { isInterrupted, isTerminal, type TaskState } from '@nest-a2a/protocol';
import { type DumpedTask, type StoreDump } from '../history/history.js';
import { dumpStore } from './dump-store.js';
import { type Laboratory } from './laboratory.js';

const LOOK_EVERY_MS = 1_000;
/** Longer than the lease of a webhook whose sender was killed. */
const WORK_ON_MS = 12_000;

/** Waits until nothing moves any more, and reads the store. What is not quiet by then the checker reports. */
export async function settle(lab: Laboratory): Promise<StoreDump> {
  const { fleet, options } = lab;
  await fleet.untilWell();
  const end = Date.now() + options.settleMs;
  for (;;) {
    const dump = await look(lab);
    if (dump.tasks.every(isQuiet) || Date.now() > end) {
      return dump;
    }
    if (isShared(lab)) await setTimeout(LOOK_EVERY_MS);
    else await workOn(lab);
  }
}

/** A store in a file belongs to one process, so that one rests meanwhile. */
async function look(lab: Laboratory): Promise<StoreDump> {
  if (!isShared(lab)) {
    await lab.fleet.rest();
  }
  return dumpStore(lab.options.runtime);
}

async function workOn({ fleet }: Laboratory): Promise<void> {
  await fleet.start();
  await setTimeout(WORK_ON_MS);
}

function isShared({ options }: Laboratory): boolean {
  return options.runtime.kind === 'postgres';
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
