import {
  isPublicKind,
  type OpenRuntime,
  SYSTEM_CONTEXT,
  systemClock,
} from '@nest-a2a/store';
import { toRuntime } from '../agent/open-runtime.js';
import { type RuntimeSettings } from '../fleet/instance-messages.js';
import {
  type DumpedConfig,
  type DumpedConversation,
  type DumpedEvent,
  type DumpedTask,
  type StoreDump,
  type Visits,
} from '../history/history.js';
import { readBookings } from './host-tables.js';
import { type TaskRow, readTaskRows } from './task-rows.js';

const PAGE = 1_000;
/** Tasks that are read at the same time. */
const WIDTH = 8;

/** Reads everything that stands in the store, through the store and, for leases, from the tables. */
export async function dumpStore(runtime: RuntimeSettings): Promise<StoreDump> {
  const rows = await readTaskRows(runtime);
  const opened = await toRuntime(runtime).open({ clock: systemClock });
  try {
    const tasks: DumpedTask[] = [];
    for (let from = 0; from < rows.length; from += WIDTH) {
      const some = rows.slice(from, from + WIDTH);
      tasks.push(...(await Promise.all(some.map((row) => dump(opened, row)))));
    }
    const conversations = await readConversations(opened, tasks);
    const bookings = await readBookings(runtime);
    await opened.store.health();
    return { now: opened.store.now(), tasks, bookings, conversations };
  } finally {
    await opened.close();
  }
}

async function dump({ store }: OpenRuntime, row: TaskRow): Promise<DumpedTask> {
  const { taskId } = row;
  const record = await store.log.load(taskId, {}, SYSTEM_CONTEXT);
  if (!record) {
    throw new Error(`Task ${taskId} has a row and cannot be loaded`);
  }
  return {
    ...row,
    task: record.task,
    events: await readEvents({ store }, taskId),
    configs: await readConfigs({ store }, taskId),
  };
}

/** The values of all conversations that have one. */
async function readConversations(
  { store }: StoreOf,
  tasks: readonly DumpedTask[],
): Promise<DumpedConversation[]> {
  const keys = new Set(
    tasks.map(({ tenant, contextId }) => JSON.stringify([tenant, contextId])),
  );
  const conversations: DumpedConversation[] = [];
  for (const key of keys) {
    const [tenant, contextId] = JSON.parse(key) as [string, string];
    const scope = { agent: 'default', tenant, principal: '' };
    const stored = await store.contexts.load(scope, contextId);
    if (stored) {
      const value = stored.value as unknown as Visits;
      conversations.push({ tenant, contextId, value });
    }
  }
  return conversations;
}

type StoreOf = Pick<OpenRuntime, 'store'>;

async function readEvents(
  { store }: StoreOf,
  taskId: string,
): Promise<DumpedEvent[]> {
  const events: DumpedEvent[] = [];
  for (;;) {
    const range = { after: events.at(-1)?.seq ?? 0, limit: PAGE };
    const read = await store.log.read(taskId, range, SYSTEM_CONTEXT);
    for (const { seq, id, body, json, epoch, turn, at } of read) {
      const eventKind = body.kind;
      const isPublic = isPublicKind(eventKind);
      const content: unknown = isPublic ? JSON.parse(json) : body;
      events.push({ seq, id, eventKind, body: content, epoch, turn, at });
    }
    if (read.length < PAGE) return events;
  }
}

async function readConfigs(
  { store }: StoreOf,
  taskId: string,
): Promise<DumpedConfig[]> {
  const page = await store.push.list({ taskId, pageSize: 100 }, SYSTEM_CONTEXT);
  return Promise.all(
    page.items.map(async ({ id, state, cursor }) => {
      const query = { taskId, configId: id, limit: 10_000 };
      const attempts = await store.push.attempts(query, SYSTEM_CONTEXT);
      return {
        configId: id,
        state,
        doneSeq: cursor,
        attempts: attempts.map(({ seq, outcome, at }) => ({
          seq,
          outcome,
          at,
        })),
      };
    }),
  );
}
