import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  foldLog,
  type NewEvent,
  type OpenRuntime,
  SYSTEM_CONTEXT,
  systemClock,
  type TaskEvent,
} from '@nest-a2a/store';
import { libsqlDriver } from './libsql-driver.js';
import { type SqliteConnection } from './sqlite-driver.js';
import { sqlite } from './sqlite.js';

const SCOPE = { agent: 'reports', tenant: '', principal: 'alice' };

describe('sqlite, with snapshots', () => {
  let folder: string;
  let connection: SqliteConnection;
  let runtime: OpenRuntime;
  /** What was written into the file, in order. */
  let written: string[];
  let warnings: string[];
  /** Is called once the writer of snapshots has looked at the task. */
  let onLook: (() => void) | undefined;
  /** Whether the writer has come to its last statement. */
  let hasEnded: boolean;

  const open = async () => {
    const libsql = await libsqlDriver();
    runtime = await sqlite({
      file: join(folder, 'tasks.db'),
      driver: (file) => watched((connection = libsql(file))),
      onWarning: (text) => warnings.push(text),
    }).open({ clock: systemClock });
  };
  const watched = (real: SqliteConnection): SqliteConnection => ({
    get inTransaction() {
      return real.inTransaction;
    },
    exec: (sql) => {
      if (sql === 'commit') written.push(sql);
      real.exec(sql);
    },
    prepare: (sql) => {
      const statement = real.prepare(sql);
      const [what = ''] = /insert into \w+/.exec(sql) ?? [];
      return {
        all: (values) => {
          const rows = statement.all(values);
          if (what !== '') written.push(what);
          if (/left join snapshot/.test(sql)) {
            onLook?.();
          }
          hasEnded ||= what === 'insert into snapshot';
          return rows;
        },
      };
    },
    close: () => real.close(),
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
    written = [];
    warnings = [];
    onLook = undefined;
    hasEnded = false;
    await open();
  });
  afterEach(async () => {
    await runtime.close();
    rmSync(folder, { recursive: true });
  });

  const event = (body: TaskEvent): NewEvent => ({ id: randomUUID(), body });
  const status = (
    taskId: string,
    state: 'TASK_STATE_WORKING' | 'TASK_STATE_COMPLETED',
  ) =>
    event({
      kind: 'statusUpdate',
      statusUpdate: { taskId, contextId: 'c', status: { state } },
    });
  const chunk = (taskId: string, text: string) =>
    event({
      kind: 'artifactUpdate',
      artifactUpdate: {
        taskId,
        contextId: 'c',
        artifact: { artifactId: 'out', parts: [{ text }] },
        append: true,
      },
    });

  const manyChunks = () =>
    Array.from({ length: 300 }, (_, at) => chunk('t', `${at} `));

  async function createTask(...more: readonly NewEvent[]): Promise<void> {
    const task = {
      id: 't',
      contextId: 'c',
      status: { state: 'TASK_STATE_SUBMITTED' },
    } as const;
    await runtime.store.log.create(
      {
        scope: SCOPE,
        taskId: 't',
        contextId: 'c',
        isAnnounced: true,
        claim: { owner: 'me', leaseMs: 60_000 },
        events: [event({ kind: 'task', task, turn: {} }), ...more],
      },
      SYSTEM_CONTEXT,
    );
  }

  const append = (expectedVersion: number, ...events: readonly NewEvent[]) =>
    runtime.store.log.append(
      { taskId: 't', events, expectedVersion },
      SYSTEM_CONTEXT,
    );
  const load = async () =>
    (await runtime.store.log.load('t', {}, SYSTEM_CONTEXT))?.task;
  const snapshots = () =>
    connection.prepare('select version, artifacts from snapshot').all([]);
  const noted = () =>
    connection.prepare('select snapshot_version from task').all([]);
  const untilSnapshot = async (version: number) => {
    while (snapshots()[0]?.version !== version) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const untilWriterEnds = async () => {
    while (!hasEnded) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    onLook = undefined;
    await runtime.store.health();
  };

  async function expectSumOfEvents(): Promise<void> {
    const range = { after: 0, limit: 1_000 };
    const events = await runtime.store.log.read('t', range, SYSTEM_CONTEXT);
    const sum = foldLog({ scope: SCOPE, isAnnounced: true }, events);
    expect(await load()).toEqual(sum.record(0).task);
  }

  it('answers an append before it makes the snapshot', async () => {
    await createTask();
    written.length = 0;
    await append(1, chunk('t', 'a'), status('t', 'TASK_STATE_COMPLETED'));
    expect(written).toEqual([
      'insert into event',
      'insert into event',
      'commit',
    ]);
    await untilSnapshot(3);
  });

  it('reads a task whose snapshot is missing, and makes it then', async () => {
    await createTask(chunk('t', 'a'), status('t', 'TASK_STATE_COMPLETED'));
    await untilSnapshot(3);
    connection.exec(
      'delete from snapshot; update task set snapshot_version = 0, snapshot_bytes = 0, tail_bytes = 999',
    );
    await expectSumOfEvents();
    await untilSnapshot(3);
    await expectSumOfEvents();
    connection.exec(
      'delete from snapshot; update task set snapshot_version = 0, snapshot_bytes = 0, tail_bytes = 999',
    );
    const query = { pageSize: 9, includeArtifacts: false };
    await runtime.store.log.list(query, SYSTEM_CONTEXT);
    await untilSnapshot(3);
  });

  it('reads a task that has a snapshot and events behind it', async () => {
    const chunks = manyChunks();
    await createTask(...chunks);
    await untilSnapshot(301);
    await append(301, chunk('t', 'more'), status('t', 'TASK_STATE_WORKING'));
    await expectSumOfEvents();
    expect(snapshots()).toMatchObject([{ version: 301 }]);
    expect((await load())?.artifacts?.[0]?.parts).toHaveLength(301);
  });

  it('notes in the row of a task where its snapshot ends, unless the task waits to be claimed', async () => {
    await createTask();
    const { work } = runtime.store;
    const chunks = manyChunks();
    onLook = () => void work.release({ taskId: 't', epoch: 1 });
    await append(1, ...chunks);
    await untilWriterEnds();
    expect(snapshots()).toMatchObject([{ version: 301 }]);
    // Whoever claims passes over what somebody else has locked.
    expect(noted()).toEqual([{ snapshot_version: 0 }]);
    const lease = { owner: 'me', leaseMs: 60_000, max: 1 };
    expect(await work.claim({ ...lease, agents: ['reports'] })).toHaveLength(1);
    await append(301, ...chunks);
    await untilSnapshot(601);
    await runtime.store.health();
    expect(noted()).toEqual([{ snapshot_version: 601 }]);
  });

  it.each([
    ['has ended', () => [status('t', 'TASK_STATE_COMPLETED')]],
    ['goes on', () => manyChunks()],
  ])(
    'keeps the newer of two snapshots of a task that %s',
    async (_how, events) => {
      await createTask();
      // Another writer is done between the look of this one and its write.
      onLook = () =>
        connection.exec(
          `insert into snapshot select num, 999, 'of another', null from task;
         update task set snapshot_version = 999`,
        );
      await append(1, ...events());
      await untilWriterEnds();
      expect(snapshots()).toMatchObject([{ version: 999, artifacts: null }]);
      expect(noted()).toEqual([{ snapshot_version: 999 }]);
    },
  );

  it.each([
    ['removed', 0],
    ['hidden, and removed later', 2_100],
  ])('makes no snapshot of a task that is %s meanwhile', async (_how, more) => {
    const steps = Array.from({ length: more }, (_, at) =>
      event({ kind: 'step', key: `${at}`, value: 1 }),
    );
    onLook = () => void runtime.store.log.delete('t', SYSTEM_CONTEXT);
    await createTask(...steps, status('t', 'TASK_STATE_COMPLETED'));
    await untilWriterEnds();
    expect(await load()).toBeUndefined();
    expect(snapshots()).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('writes nothing after it is closed', async () => {
    await createTask(status('t', 'TASK_STATE_COMPLETED'));
    await runtime.close();
    const { length } = written;
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toHaveLength(length);
  });
});
