import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type NewEvent,
  SYSTEM_CONTEXT,
  systemClock,
  type TaskStore,
} from '@nest-a2a/store';
import { describeWithDrivers } from '../test/drivers.js';
import { libsqlDriver } from './libsql-driver.js';
import { type SqliteDriver } from './sqlite-driver.js';
import { type SqliteOptions } from './sqlite-options.js';
import { sqlite } from './sqlite.js';

const CALL = SYSTEM_CONTEXT;
const SCOPE = { agent: 'reports', tenant: '', principal: 'alice' };

/** Holds a file as another process does, until it is told to end. */
const HOLDER = `
  const Database = require('libsql');
  const database = new Database(process.argv[1]);
  database.prepare('pragma locking_mode = exclusive').all([]);
  database.prepare('pragma journal_mode = wal').all([]);
  database.exec('begin immediate; commit');
  console.log('held');
  setInterval(() => {}, 1000);
`;

function event(body: NewEvent['body']): NewEvent {
  return { id: randomUUID(), body };
}

async function createTask({ log }: TaskStore, taskId: string = randomUUID()) {
  const contextId = randomUUID();
  const status = { state: 'TASK_STATE_SUBMITTED' } as const;
  const events = [
    event({ kind: 'task', task: { id: taskId, contextId, status }, turn: {} }),
  ] as const;
  await log.create(
    { scope: SCOPE, taskId, contextId, isAnnounced: true, events },
    CALL,
  );
  return taskId;
}

function append({ log }: TaskStore, taskId: string, expectedVersion = 1) {
  return log.append(
    {
      taskId,
      events: [event({ kind: 'step', key: 'k', value: 1 })],
      expectedVersion,
    },
    CALL,
  );
}

/** The driver, with statements that fail when they are told to. */
function failingLike(
  driver: SqliteDriver,
  onExec: (sql: string) => void,
): SqliteDriver {
  return (file) => {
    const connection = driver(file);
    return {
      get inTransaction() {
        return connection.inTransaction;
      },
      exec: (sql) => {
        onExec(sql);
        connection.exec(sql);
      },
      prepare: (sql) => connection.prepare(sql),
      close: () => connection.close(),
    };
  };
}

describeWithDrivers('sqlite, on a file, with', (load) => {
  let folder: string;
  let file: string;
  const opened: { close(): Promise<void> }[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
    file = join(folder, 'tasks.db');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((runtime) => runtime.close()));
    rmSync(folder, { recursive: true });
  });

  const open = async (options: Partial<SqliteOptions> = {}) => {
    const driver = await load();
    const settings = { file, openTimeoutMs: 0, driver, ...options };
    const runtime = await sqlite(settings).open({ clock: systemClock });
    opened.push(runtime);
    return runtime;
  };
  const failing = async (onExec: (sql: string) => void) =>
    failingLike(await load(), onExec);

  it('finds again what it has confirmed, when it is opened again', async () => {
    const first = await open();
    const taskId = await createTask(first.store);
    await append(first.store, taskId);
    await first.close();
    const second = await open();
    expect(await second.store.log.load(taskId, {}, CALL)).toMatchObject({
      version: 2,
    });
  });

  it('goes on with a file of another driver, and leaves one to it', async () => {
    const driver = await libsqlDriver();
    const first = await open({ driver });
    const taskId = await createTask(first.store);
    await first.close();
    const second = await open();
    await append(second.store, taskId);
    await second.close();
    const { store } = await open({ driver });
    expect(await store.log.load(taskId, {}, CALL)).toMatchObject({
      version: 2,
    });
  });

  it('makes a file that only its user can read', async () => {
    const { store } = await open();
    await createTask(store);
    for (const name of [file, `${file}-wal`]) {
      expect(statSync(name).mode & 0o777).toBe(0o600);
    }
  });

  it('refuses a file that another process has, and takes it once that is killed', async () => {
    await (await open()).close();
    const holder = spawn(process.execPath, ['-e', HOLDER, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    opened.push({ close: async () => void holder.kill('SIGKILL') });
    await once(holder.stdout, 'data');
    await expect(open()).rejects.toMatchObject({ code: 'FILE_IN_USE' });
    const waiting = open({ openTimeoutMs: 20_000 });
    holder.kill('SIGKILL');
    const { store } = await waiting;
    expect(await store.health()).toEqual({ isUp: true });
  });

  it('lets no other process write while it has the file', async () => {
    const { store } = await open();
    await createTask(store);
    const script = `new (require('libsql'))(process.argv[1]).exec('delete from task')`;
    const intruder = promisify(execFile)(process.execPath, [
      '-e',
      script,
      file,
    ]);
    await expect(intruder).rejects.toThrow('SQLITE_BUSY');
  });

  it('refuses options that it does not know', () => {
    const misspelt = { file, openTimeout: 5 };
    expect(() => sqlite(misspelt)).toThrow(
      'sqlite() knows no "openTimeout": its options are file, openTimeoutMs',
    );
    expect(() => sqlite({} as SqliteOptions)).toThrow('"file" of sqlite()');
  });

  it('refuses a second runtime of the same process', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'FILE_IN_USE' });
  });

  it('commits together what is written at the same time', async () => {
    let commits = 0;
    const driver = await failing(
      (sql) => (commits += Number(sql === 'commit')),
    );
    const { store } = await open({ driver });
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => createTask(store)),
    );
    commits = 0;
    await Promise.all(ids.map((taskId) => append(store, taskId)));
    expect(commits).toBeLessThan(25);
    const versions = await store.log.versions(ids, CALL);
    expect([...versions.values()].every(({ version }) => version === 2)).toBe(
      true,
    );
  });

  it('undoes what is refused and nothing that shares its transaction', async () => {
    const { store } = await open();
    const [one, two] = [await createTask(store), await createTask(store)];
    const outcomes = await Promise.allSettled([
      append(store, one),
      append(store, one),
      append(store, two),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await store.log.load(one, {}, CALL)).toMatchObject({ version: 2 });
    expect(await store.log.load(two, {}, CALL)).toMatchObject({ version: 2 });
  });

  it('confirms and shows nothing that it could not commit, and goes on', async () => {
    let isFull = false;
    const driver = await failing((sql) => {
      if (isFull && sql === 'commit') {
        throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
      }
    });
    const { store } = await open({ driver });
    const taskId = await createTask(store);
    isFull = true;
    const calls = [append(store, taskId), store.log.load(taskId, {}, CALL)];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'UNAVAILABLE' },
      });
    }
    expect(await store.health()).toMatchObject({ isUp: false });
    isFull = false;
    expect(await store.log.load(taskId, {}, CALL)).toMatchObject({
      version: 1,
    });
    await append(store, taskId);
  });

  it('answers everybody where no transaction can be begun', async () => {
    let isBroken = false;
    const driver = await failing((sql) => {
      if (isBroken && sql === 'begin immediate') {
        throw Object.assign(new Error('broken'), { code: 'SQLITE_IOERR' });
      }
    });
    const { store } = await open({ driver });
    const taskId = await createTask(store);
    isBroken = true;
    for (const outcome of await Promise.allSettled([
      append(store, taskId),
      append(store, taskId),
    ])) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'UNAVAILABLE' },
      });
    }
  });

  it('ends what is under way when it is closed, and refuses what comes later', async () => {
    const runtime = await open();
    const taskId = await createTask(runtime.store);
    const last = runtime.store.log.delete(taskId, CALL);
    await runtime.close();
    expect(await last).toBe(true);
    await expect(append(runtime.store, taskId)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it('takes part in no transaction of the host', async () => {
    const { store } = await open();
    const taskId = await createTask(store);
    const command = {
      taskId,
      events: [event({ kind: 'announce' })],
      expectedVersion: 1,
    };
    const call = store.log.append(command, { ...CALL, transaction: {} });
    await expect(call).rejects.toThrow(TypeError);
  });

  it.each([
    { file: '' },
    { file: ':memory:' },
    { file: 'a\u0000b' },
    { file: 'a', openTimeoutMs: NaN },
  ])('refuses options that make no sense', (options) => {
    expect(() => sqlite(options)).toThrow(TypeError);
  });
});
