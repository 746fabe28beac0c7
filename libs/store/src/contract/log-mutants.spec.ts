import { CollectingRunner, FakeClock, withMethods } from '@nest-a2a/testing';
import { type TaskLog } from '../log/task-log.js';
import { memory } from '../memory/memory.js';
import { SYSTEM_CONTEXT } from '../scope.js';
import { isStoreError } from '../store-error.js';
import { type TaskStore } from '../task-store.js';
import { describeTaskStore } from './describe-task-store.js';

type Mutate = (store: TaskStore) => TaskStore;

const inLog =
  (change: (log: TaskLog) => Partial<TaskLog>): Mutate =>
  (store) =>
    withMethods(store, { log: withMethods(store.log, change(store.log)) });

interface Mutant {
  readonly part: string;
  /** A part of the title of a test that must fail. */
  readonly fails: string;
  readonly mutate: Mutate;
}

async function failures(part: string, mutate: Mutate): Promise<string[]> {
  const collecting = new CollectingRunner();
  describeTaskStore(collecting.runner, {
    open: async () => {
      const clock = new FakeClock();
      const { store, ...runtime } = await memory().open({ clock });
      const advance = (ms: number) => clock.advance(ms);
      return { ...runtime, store: mutate(store), advance };
    },
  });
  return collecting.run(`a task store › ${part} › `);
}

const MUTANTS: Record<string, Mutant> = {
  'an append that ignores the fence': {
    part: 'appending',
    fails: 'refuses a fence that was never given',
    mutate: inLog((log) => ({
      append: ({ fence: _fence, ...command }, by) => log.append(command, by),
    })),
  },
  'an append that tries again with the version of now': {
    part: 'appending',
    fails: 'lets one of many writers through',
    mutate: inLog((log) => ({
      append: (command, by) =>
        log.append(command, by).catch(async (error: unknown) => {
          if (!isStoreError(error, 'VERSION_CONFLICT')) {
            throw error;
          }
          const record = await log.load(command.taskId, {}, by);
          const expectedVersion = record?.version ?? 0;
          return log.append({ ...command, expectedVersion }, by);
        }),
    })),
  },
  'an append that writes one event after the other': {
    part: 'appending',
    fails: 'writes no event after the end in the same append',
    mutate: inLog((log) => ({
      append: async (command, by) => {
        let { expectedVersion } = command;
        let last = await log.append({ ...command, events: [] }, by);
        for (const event of command.events) {
          const { taskId } = command;
          const one = { taskId, events: [event], expectedVersion };
          last = await log.append(one, by);
          expectedVersion += 1;
        }
        return last;
      },
    })),
  },
  'an append that pretends to continue a finished task': {
    part: 'appending',
    fails: 'writes nothing after each of the terminal states',
    mutate: inLog((log) => ({
      append: (command, by) =>
        log.append(command, by).catch((error: unknown) => {
          if (!isStoreError(error, 'TASK_FINISHED')) {
            throw error;
          }
          return { kind: 'accepted', version: 1, events: [] };
        }),
    })),
  },
  'an idempotency check outside of the commit': {
    part: 'repeated sends',
    fails: 'makes one task of the same send at the same time',
    mutate: inLog((log) => {
      const sent = new Map<string, string>();
      return {
        create: async ({ idempotency, ...command }, by) => {
          const taskId = sent.get(idempotency?.messageId ?? '');
          if (taskId !== undefined) {
            return { kind: 'replayed', taskId, turn: 1 };
          }
          const answer = await log.create(command, by);
          sent.set(idempotency?.messageId ?? '', command.taskId);
          return answer;
        },
      };
    }),
  },
  'an append that looks at the task before it looks for a replay': {
    part: 'repeated sends',
    fails: 'still answers a repeated send when the task has ended',
    mutate: inLog((log) => ({
      append: async ({ idempotency, ...command }, by) => {
        const record = await log.load(command.taskId, {}, by);
        return record?.isFinished
          ? log.append(command, by)
          : log.append({ ...command, ...(idempotency && { idempotency }) }, by);
      },
    })),
  },
  'a snapshot that is newer than its version': {
    part: 'reading',
    fails: 'without a gap or a double',
    mutate: inLog((log) => ({
      load: async (taskId, options, by) => {
        const [before] = [...(await log.versions([taskId], by)).values()];
        await new Promise((resolve) => setTimeout(resolve, 0));
        const record = await log.load(taskId, options, by);
        return record && { ...record, version: before?.version ?? 0 };
      },
    })),
  },
  'a load that knows only now': {
    part: 'creating and loading',
    fails: 'as it was after each of its events',
    mutate: inLog((log) => ({
      load: (taskId, { asOf: _asOf, ...options }, by) =>
        log.load(taskId, options, by),
    })),
  },
  'a load that hands out what it keeps': {
    part: 'creating and loading',
    fails: 'shares nothing with its callers',
    mutate: inLog((log) => {
      const kept = new Map<string, any>();
      return {
        load: async (taskId, options, by) => {
          const record = await log.load(taskId, options, by);
          const copy = JSON.parse(JSON.stringify(record));
          kept.set(taskId, kept.get(taskId) ?? copy);
          return kept.get(taskId);
        },
      };
    }),
  },
  'a list that shows the tasks of everybody': {
    part: 'lists of tasks',
    fails: 'lists the tasks of one scope',
    mutate: inLog((log) => ({
      list: (query) => log.list(query, SYSTEM_CONTEXT),
    })),
  },
  'a list that counts its page only': {
    part: 'pages of tasks',
    fails: 'says on each page how large it is',
    mutate: inLog((log) => ({
      list: async (query, by) => {
        const page = await log.list(query, by);
        return { ...page, totalSize: page.items.length };
      },
    })),
  },
  'pages by offset': {
    part: 'pages of tasks',
    fails: 'exactly once while others do',
    mutate: inLog((log) => ({
      list: async ({ pageSize, pageToken = '0', ...query }, by) => {
        const page = await log.list({ ...query, pageSize: 1_000 }, by);
        const end = Number(pageToken) + pageSize;
        return {
          items: page.items.slice(Number(pageToken), end),
          nextPageToken: end < page.totalSize ? String(end) : '',
          totalSize: page.totalSize,
        };
      },
    })),
  },
  'a load without a look at the scope': {
    part: 'foreign scopes',
    fails: 'as if the task did not exist',
    mutate: inLog((log) => ({
      load: (taskId, options) => log.load(taskId, options, SYSTEM_CONTEXT),
    })),
  },
  'a purge that removes too young tasks': {
    part: 'retention',
    fails: 'ended before a time',
    mutate: inLog((log) => ({
      purge: (policy) => log.purge({ ...policy, finishedBefore: Infinity }),
    })),
  },
  'a purge that does not count events': {
    part: 'retention',
    fails: 'so many events together',
    mutate: inLog((log) => ({
      purge: ({ maxEvents: _maxEvents, ...policy }) => log.purge(policy),
    })),
  },
  'bodies that lose their NUL': {
    part: 'content',
    fails: 'keeps every text as it is',
    mutate: inLog((log) => ({
      create: (command, by) =>
        log.create(
          JSON.parse(JSON.stringify(command).replaceAll('\\u0000', '')),
          by,
        ),
    })),
  },
};

describe('the suite for task stores', () => {
  it.each(Object.entries(MUTANTS))('notices %s', async (_name, mutant) => {
    const { part, fails, mutate } = mutant;
    const failed = await failures(part, mutate);
    expect(failed).toContainEqual(expect.stringContaining(fails));
  });

  it('finds nothing wrong with a store that is only wrapped', async () => {
    const parts = new Set(Object.values(MUTANTS).map(({ part }) => part));
    for (const part of parts) {
      expect(
        await failures(
          part,
          inLog(() => ({})),
        ),
      ).toEqual([]);
    }
  });
});
