import { setTimeout } from 'node:timers/promises';
import { isStoreError, type StoredEvent, type TaskLog } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { type Mutant } from './mutant.js';

/** More events than a task of the mix has. */
const ALL = 10_000;
const FEW = 5;

const withLog = (
  change: (log: TaskLog) => Partial<TaskLog>,
): Pick<Mutant, 'store'> => ({
  store: (store) =>
    withMethods(store, { log: withMethods(store.log, change(store.log)) }),
});

/** What goes wrong in the log. */
export const LOG_MUTANTS: readonly Mutant[] = [
  {
    name: 'append-without-fence',
    text: 'An instance that has lost its lease can still write.',
    cells: 'turn.before_emit-PAUSE',
    ...withLog((log) => ({
      append: async (command, context) => {
        try {
          return await log.append(command, context);
        } catch (error) {
          if (!isStoreError(error, 'FENCE_LOST')) throw error;
          const { fence: _fence, then: _then, ...unguarded } = command;
          return log.append(unguarded, context);
        }
      },
    })),
  },
  {
    name: 'cursor-by-timestamp',
    text: 'Readers go on after the time of the last event and not after its number.',
    ...withLog((log) => ({
      read: async (taskId, range, context) => {
        const { after, limit } = range;
        const all = await log.read(taskId, { after: 0, limit: ALL }, context);
        const seen = all.find(({ seq }) => seq === after)?.at ?? 0;
        return all
          .filter(
            ({ seq, at }) =>
              seq > after && Math.floor(at / 20) > Math.floor(seen / 20),
          )
          .slice(0, limit);
      },
    })),
  },
  {
    name: 'snapshot-before-position',
    text: 'The snapshot of a stream and its position are read one after the other.',
    cells: 'sse.after_snapshot-ERROR',
    ...withLog((log) => ({
      load: async (taskId, options, context) => {
        const record = await log.load(taskId, options, context);
        if (!record || options.asOf !== undefined) return record;
        await setTimeout(200);
        const versions = await log.versions([taskId], context);
        const version = versions.get(taskId)?.version ?? record.version;
        return { ...record, version };
      },
    })),
  },
  {
    name: 'idempotency-outside-the-transaction',
    text: 'Whether a message came before is remembered after the commit, by the process that took it.',
    cells: 'create.after_commit',
    ...withLog((log) => {
      const known = new Map<string, string>();
      return {
        create: async (command, context) => {
          const { idempotency, ...unguarded } = command;
          const messageId = idempotency?.messageId ?? '';
          const taskId = known.get(messageId);
          if (taskId !== undefined) {
            return { kind: 'replayed', taskId, turn: 1 };
          }
          const accepted = await log.create(unguarded, context);
          known.set(messageId, command.taskId);
          return accepted;
        },
      };
    }),
  },
  {
    name: 'replay-capped',
    text: 'A reader gets the last few events, however long it was away.',
    cells: 'sse',
    ...withLog((log) => ({
      read: async (taskId, range, context) => {
        const events = await log.read(taskId, range, context);
        const versions = await log.versions([taskId], context);
        const version = versions.get(taskId)?.version ?? 0;
        return events.filter(({ seq }) => seq > version - FEW);
      },
    })),
  },
  {
    name: 'drop-on-slow-reader',
    text: 'What a reader has not taken in time is dropped.',
    ...withLog((log) => ({
      read: async (taskId, range, context) => {
        const events = await log.read(taskId, range, context);
        return newest(events);
      },
    })),
  },
];

function newest(events: readonly StoredEvent[]): readonly StoredEvent[] {
  return events.length > FEW ? events.slice(-FEW) : events;
}
