import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type NewEvent,
  type OpenRuntime,
  SYSTEM_CONTEXT,
  systemClock,
} from '@nest-a2a/store';
import { libsqlDriver } from './libsql-driver.js';
import { type SqliteConnection } from './sqlite-driver.js';
import { sqlite } from './sqlite.js';

const SCOPE = { agent: 'reports', tenant: '', principal: 'alice' };

describe('sqlite, while a long task is removed', () => {
  let folder: string;
  let connection: SqliteConnection;
  let runtime: OpenRuntime;

  const open = async () => {
    const libsql = await libsqlDriver();
    runtime = await sqlite({
      file: join(folder, 'tasks.db'),
      driver: (file) => (connection = libsql(file)),
    }).open({ clock: systemClock });
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
    await open();
  });
  afterEach(async () => {
    await runtime.close();
    rmSync(folder, { recursive: true });
  });

  const event = (body: NewEvent['body']): NewEvent => ({
    id: randomUUID(),
    body,
  });

  /** A finished task of so many events. */
  async function finish(count: number): Promise<string> {
    const [taskId, contextId] = [randomUUID(), randomUUID()];
    const status = { state: 'TASK_STATE_COMPLETED' } as const;
    const task = {
      id: taskId,
      contextId,
      status: { state: 'TASK_STATE_SUBMITTED' },
    } as const;
    const steps = Array.from({ length: count - 2 }, (_, index) =>
      event({ kind: 'step', key: `k${index}`, value: 1 }),
    );
    const statusUpdate = { taskId, contextId, status };
    await runtime.store.log.create(
      {
        scope: SCOPE,
        taskId,
        contextId,
        isAnnounced: true,
        events: [
          event({ kind: 'task', task, turn: {} }),
          ...steps,
          event({ kind: 'statusUpdate', statusUpdate }),
        ],
      },
      SYSTEM_CONTEXT,
    );
    return taskId;
  }

  const purge = () =>
    runtime.store.log.purge({
      finishedBefore: Infinity,
      keepFinished: 0,
      limit: 500,
      maxEvents: 10,
    });
  const rowsOf = (table: string) =>
    Number(
      connection.prepare(`select count(*) as n from ${table}`).all([])[0]?.n,
    );

  it('deletes no more events at once than it is told to, and leaves nothing', async () => {
    const taskId = await finish(25);
    expect(await purge()).toEqual({ taskIds: [taskId], hasMore: true });
    const counts: number[] = [];
    while ((await purge()).hasMore) {
      counts.push(rowsOf('event'));
    }
    expect(counts).toEqual([15, 5, 0]);
    expect(['task', 'snapshot', 'context'].map(rowsOf)).toEqual([0, 0, 0]);
  });

  it('goes on where the process before it has ended', async () => {
    await finish(25);
    await purge();
    await purge();
    await runtime.close();
    await open();
    const kept = { finishedBefore: 0, keepFinished: Infinity, limit: 1 };
    expect(await runtime.store.log.purge(kept)).toMatchObject({ taskIds: [] });
    expect([rowsOf('event'), rowsOf('task')]).toEqual([0, 0]);
  });

  it('leaves the events of a long task that is deleted to what removes old ones', async () => {
    const taskId = await finish(2_500);
    expect(await runtime.store.log.delete(taskId, SYSTEM_CONTEXT)).toBe(true);
    expect(rowsOf('event')).toBe(2_500);
    await purge();
    expect(rowsOf('event')).toBe(2_490);
  });
});
