import { setTimeout } from 'node:timers/promises';
import {
  SYSTEM_CONTEXT,
  type TaskStore,
  type WorkLedger,
} from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { type InstanceSettings } from '../fleet/instance-messages.js';
import { type Mutant } from './mutant.js';
import { writeRaw } from './write-raw.js';

const HOUR_MS = 3_600_000;

const withWork = (
  change: (store: TaskStore, settings: InstanceSettings) => Partial<WorkLedger>,
): Pick<Mutant, 'store'> => ({
  store: (store, settings) =>
    withMethods(store, {
      work: withMethods(store.work, change(store, settings)),
    }),
});

/** What goes wrong with leases and wake-ups. */
export const WORK_MUTANTS: readonly Mutant[] = [
  {
    name: 'heartbeat-without-epoch',
    text: 'A heartbeat prolongs the lease of the task, whoever has it.',
    cells: 'zombie-heartbeat',
    ...withWork(({ work }, settings) => ({
      renew: async (command) => {
        const renewals = await work.renew(command);
        const lost = renewals.filter(({ isHeld }) => !isHeld);
        for (const { taskId } of lost) {
          await prolong(settings, taskId);
        }
        return renewals.map((renewal) => ({ ...renewal, isHeld: true }));
      },
    })),
  },
  {
    name: 'end-checked-before-the-write',
    text: 'Whether a task has ended is looked at before the write and not in it.',
    cells: 'late-completion',
    ...withWork(({ work, log }, settings) => ({
      fenceOut: async (command) => {
        const { taskId, events } = command;
        const record = await log.load(taskId, {}, SYSTEM_CONTEXT);
        if (!record || record.isFinished) return undefined;
        await setTimeout(1_500);
        const written = await work.fenceOut(command);
        if (written) return written;
        const [event] = events.slice(-1);
        if (event) await writeRegardless(settings, { taskId, event });
        return { version: record.version + 1, events: [] };
      },
    })),
  },
  {
    name: 'lease-by-host-clock',
    text: 'Leases go by the clock of the process, and that is an hour ahead.',
    cells: 'turn.after_emit-KILL',
    ...withWork(({ work }) => ({
      claim: (command) => work.claim(anHourAhead(command)),
      renew: (command) => work.renew(anHourAhead(command)),
    })),
  },
  {
    name: 'wake-up-without-poll',
    text: 'Who waits for a wake-up never looks by itself.',
    cells: 'create.after_commit-ERROR',
    wake: (wake) => ({
      ring: (topics) => wake.ring(topics),
      on: (topic, callback) => wake.on(topic, callback),
      pollMs: 1_000 * HOUR_MS,
    }),
  },
];

function anHourAhead<T extends { readonly leaseMs: number }>(command: T): T {
  return { ...command, leaseMs: command.leaseMs + HOUR_MS };
}

async function prolong(
  settings: InstanceSettings,
  taskId: string,
): Promise<void> {
  await writeRaw(settings, (table) => ({
    text: `update ${table('task')}
           set due_at = due_at + 2000 where id = $1 and owner is not null`,
    values: [taskId],
  }));
}

/** As an update without the condition would. */
async function writeRegardless(
  settings: InstanceSettings,
  { taskId, event }: { taskId: string; event: { id: string; body: object } },
): Promise<void> {
  await writeRaw(settings, (table) => ({
    text: `with advanced as (
             update ${table('task')} set version = version + 1,
               state = 'TASK_STATE_CANCELED'
             where id = $1 returning num, version, turn
           )
           insert into ${table('event')}
             (task, seq, id, kind, body, bytes, written_at, turn, epoch)
           select num, version, $2, 'statusUpdate', $3, length($3), 0, turn, 0
           from advanced`,
    values: [
      taskId,
      event.id,
      JSON.stringify({
        statusUpdate: (event.body as { statusUpdate: unknown }).statusUpdate,
      }),
    ],
  }));
}
