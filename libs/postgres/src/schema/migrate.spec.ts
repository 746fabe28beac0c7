import { type OpenRuntime, SYSTEM_CONTEXT } from '@nest-a2a/store';
import {
  chunk,
  createTask,
  PostgresFixture,
  pushConfig,
  SCOPE,
  status,
  until,
} from '../../test/postgres-fixture.js';
import { describeWithPostgres } from '../../test/postgres-server.js';
import { applyMigrations } from './migrate.js';
import { type Migration, MIGRATIONS } from './migrations.js';

/** What a newer version may do to the tables: it only adds. */
const NEWER: Migration = {
  version: 9_999,
  name: 'from the future',
  sql: `
alter table @schema.task add column priority integer not null default 0;
alter table @schema.event add column origin text;
alter table @schema.push add column label text default 'none';
create index task_priority on @schema.task (priority, num) where due_at is not null;
create table @schema.report (task bigint primary key references @schema.task on delete cascade);
`,
};
const withNewer = [...MIGRATIONS, NEWER];

/** The life of a task, with everything that is stored for it. */
async function useAll({ store }: OpenRuntime): Promise<void> {
  const { log, work, push, contexts, secrets } = store;
  const task = await createTask(store, { owner: 'a', messageId: 'm' });
  const { taskId, contextId } = task;
  const fence = task.claim!.fence;
  const config = { config: pushConfig(), maxPerTask: 1 };
  const said = { taskId, events: [chunk(task, 'x')], expectedVersion: 1 };
  await log.append({ ...said, fence, push: config }, SYSTEM_CONTEXT);
  await contexts.put(SCOPE, { contextId, value: 1, expectedVersion: 0 });
  expect(await work.renew({ fences: [fence], leaseMs: 9 })).toMatchObject([
    { isHeld: true },
  ]);
  const events = [status(task, 'COMPLETED')];
  await log.append(
    { taskId, events, expectedVersion: 2, fence },
    SYSTEM_CONTEXT,
  );
  const claim = { owner: 'a', max: 9, perOrigin: 9, leaseMs: 9 };
  expect((await push.claimDue(claim)).length).toBeGreaterThan(0);
  await log.load(taskId, {}, SYSTEM_CONTEXT);
  await log.list({ pageSize: 9 }, { access: SCOPE });
  const secret = { purpose: 'p', id: taskId, sealed: Uint8Array.of(1) };
  expect(await secrets.add(secret)).toBe(true);
  expect(await secrets.reseal(secret)).toBe(true);
  expect(await secrets.list('p')).toHaveLength(1);
  expect(await secrets.remove(secret)).toBe(true);
  const policy = { finishedBefore: 0, keepFinished: 9, limit: 9 };
  await log.purge(policy);
  expect(await log.delete(taskId, SYSTEM_CONTEXT)).toBe(true);
}

describeWithPostgres('migrations', () => {
  const fixture = new PostgresFixture();

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());
  beforeEach(() => {
    fixture.newSchema();
  });
  afterEach(() => fixture.closeAll());

  const open = (migrations: 'apply' | 'verify') =>
    fixture.open({ url: fixture.url, migrations });

  it('are applied once by many instances that open at the same time', async () => {
    await Promise.all(Array.from({ length: 5 }, () => open('apply')));
    const applied = await fixture.query(
      'select version from $schema.migration order by version',
    );
    expect(applied.map(({ version }) => version)).toEqual(
      MIGRATIONS.map(({ version }) => version),
    );
  });

  it('are verified without changing anything', async () => {
    await expect(open('verify')).rejects.toMatchObject({
      code: 'SCHEMA_OUTDATED',
    });
    expect(
      await fixture.query('select to_regnamespace($1) as found', [
        fixture.schema,
      ]),
    ).toEqual([{ found: null }]);
    await open('apply');
    await open('verify');
  });

  /** The schema as a version of this library left it. */
  const migrateTo = (version: number) =>
    applyMigrations(fixture.pool(), fixture.schema, {
      steps: MIGRATIONS.slice(0, version),
    });

  /** A task whose turn is due, as the first version wrote it. */
  async function insertAsBefore(id: string): Promise<void> {
    await fixture.query(
      `insert into $schema.task (id, agent, tenant, principal, scope_key, context_id, context_key, was_announced,
         version, state, list_rank, is_announced, turn, due_at, epoch, expirations, is_begun, push_mask,
         last_updates, last_status, last_terminal, last_all, tail_bytes)
       values ($1, $2, $3, $4, 's', 'c', 'c', true, 1, 'TASK_STATE_SUBMITTED', 0, true, 1, 1, 0, 0, false, 0, 0, 0, 0, 0, 2)`,
      [id, SCOPE.agent, SCOPE.tenant, SCOPE.principal],
    );
    const task = {
      id,
      contextId: 'c',
      status: { state: 'TASK_STATE_SUBMITTED' },
    };
    await fixture.query(
      `insert into $schema.event (task, seq, id, kind, body, turn_body, bytes, written_at, turn, epoch)
       select num, 1, id, 'task', $2, '{}', 2, 1, 1, 0 from $schema.task where id = $1`,
      [id, JSON.stringify({ task })],
    );
  }

  it('say which of them are missing', async () => {
    await open('apply');
    await fixture.query('delete from $schema.migration');
    await expect(open('verify')).rejects.toThrow('1 (tasks)');
  });

  it('let an instance go on working, and start again, while a newer version takes its steps', async () => {
    const running = await open('apply');
    await useAll(running);
    let isMigrated = false;
    let rounds = 0;
    const working = (async () => {
      for (let last = false; !last; rounds++) {
        last = isMigrated;
        await useAll(running);
      }
    })();
    const pool = fixture.pool();
    const steps = withNewer;
    expect(await applyMigrations(pool, fixture.schema, { steps })).toEqual([
      NEWER,
    ]);
    isMigrated = true;
    await working;
    expect(rounds).toBeGreaterThan(0);
    await useAll(await open('verify'));
    await useAll(await open('apply'));
  });

  /** A transaction that has read a table and is not ended. */
  async function holdTable(table: string) {
    const client = await fixture.pool().connect();
    await client.query('begin');
    const read = (name: string) =>
      client.query(`select 1 from "${fixture.schema}".${name} limit 1`);
    await read(table);
    const end = async () => {
      await client.query('rollback');
      client.release();
    };
    return { read, end };
  }

  const untilOneWaitsFor = (table: string) =>
    until(async () => {
      const waiting = await fixture.query(
        `select 1 from pg_locks where not granted and relation = '$schema.${table}'::regclass`,
      );
      return waiting.length > 0;
    });

  it('give way to a transaction that holds what they want, and wants what they hold', async () => {
    const { store } = await open('apply');
    const other = await holdTable('event');
    const pool = fixture.pool();
    const steps = withNewer;
    const migrated = applyMigrations(pool, fixture.schema, { steps });
    await untilOneWaitsFor('event');
    await other.read('task');
    await createTask(store);
    await other.end();
    expect(await migrated).toEqual([NEWER]);
  });

  it('say that a transaction stays open, and leave everything as it was', async () => {
    const { store } = await open('apply');
    const other = await holdTable('push');
    const migrated = applyMigrations(fixture.pool(), fixture.schema, {
      steps: withNewer,
      attempts: 2,
    });
    await expect(migrated).rejects.toMatchObject({ code: 'TABLES_IN_USE' });
    await createTask(store);
    await other.end();
    await open('verify');
    expect(
      await fixture.query(
        'select 1 from $schema.migration where version = 9999',
      ),
    ).toEqual([]);
  });

  it('are taken once by many that migrate at the same time', async () => {
    const pool = fixture.pool({ max: 5 });
    const taken = await Promise.all(
      Array.from({ length: 5 }, () => applyMigrations(pool, fixture.schema)),
    );
    expect(taken.filter((steps) => steps.length > 0)).toEqual([MIGRATIONS]);
  });

  it('leave all steps out where one of them fails', async () => {
    const broken = { version: 9_999, name: 'broken', sql: 'select 1 / 0' };
    const steps = [...MIGRATIONS, broken];
    await expect(
      applyMigrations(fixture.pool(), fixture.schema, { steps }),
    ).rejects.toThrow('division by zero');
    expect(
      await fixture.query('select to_regnamespace($1) as found', [
        fixture.schema,
      ]),
    ).toEqual([{ found: null }]);
    await open('apply');
  });

  it('give out turns that an instance of the version before has written, and still writes', async () => {
    await migrateTo(1);
    await insertAsBefore('before');
    const { store } = await open('apply');
    await insertAsBefore('meanwhile');
    await createTask(store, { taskId: 'after' });
    const agents = [SCOPE.agent];
    const claim = { owner: 'o', leaseMs: 60_000, max: 9, agents };
    const claims = await store.work.claim(claim);
    expect(claims.map(({ fence }) => fence.taskId).sort()).toEqual([
      'after',
      'before',
      'meanwhile',
    ]);
  });

  it('put webhooks that the version before has registered under the breaker of their tenant by their first attempt', async () => {
    await migrateTo(2);
    await insertAsBefore('before');
    await fixture.query(
      `insert into $schema.push (task, config_id, protocol_version, selects, origin, sealed, state, done_seq, previous_seq, failures, is_held, epoch, due_at)
       select num, 'c' || n, '1.0', 'all', 'https://a.example', '', 'active', 0, 0, 0, false, 0, n
       from $schema.task, generate_series(1, 2) as n`,
    );
    const { push } = (await open('apply')).store;
    const claim = { owner: 'o', max: 9, perOrigin: 9, leaseMs: 60_000 };
    const claimed = await push.claimDue(claim);
    expect(claimed.map(({ config }) => config.id)).toEqual(['c1', 'c2']);
    const breaker = { failures: 1, openMs: 60_000, maxOpenMs: 60_000 };
    const [{ fence }] = claimed as [(typeof claimed)[0]];
    const attempt = {
      ...fence,
      ...{ seq: 1, attempt: 1, at: 1, durationMs: 1, nextAt: 1 },
      outcome: 'failed' as const,
    };
    const failed = { attempt, disable: false };
    const origin = { kind: 'down' as const, breaker };
    await push.fail(fence, { ...failed, origin });
    expect(await push.claimDue(claim)).toEqual([]);
    expect(await push.origins({ limit: 9 })).toMatchObject([
      { agent: SCOPE.agent, tenant: SCOPE.tenant, failures: 1 },
    ]);
  });

  it('are for the owner of the schema: the application needs no right to change tables, nor after the next step', async () => {
    const owner = `${fixture.schema}_owner`;
    const app = `${fixture.schema}_app`;
    const as = (role: string) => {
      const url = new URL(fixture.url);
      url.username = role;
      return url.href;
    };
    await fixture.query(`create role ${owner} login`);
    await fixture.query(`create role ${app} login`);
    fixture.closeLater({
      close: async () => {
        await fixture.query('drop schema $schema cascade');
        await fixture.query(`drop role ${owner}, ${app}`);
      },
    });
    await fixture.query(`create schema $schema authorization ${owner}`);
    await fixture.query(`grant usage on schema $schema to ${app}`);
    for (const grant of [
      `grant select, insert, update, delete on tables to ${app}`,
      `grant usage on sequences to ${app}`,
    ]) {
      await fixture.query(
        `alter default privileges for role ${owner} in schema $schema ${grant}`,
      );
    }
    const pool = fixture.pool({ connectionString: as(owner) });
    await applyMigrations(pool, fixture.schema);
    const refused = applyMigrations(
      fixture.pool({ connectionString: as(app) }),
      fixture.schema,
      { steps: withNewer },
    );
    await expect(refused).rejects.toThrow('permission denied');
    for (const migrations of ['verify', 'apply'] as const) {
      const url = as(app);
      await useAll(await fixture.open({ url, migrations }));
    }
    await applyMigrations(pool, fixture.schema, { steps: withNewer });
    await useAll(await fixture.open({ url: as(app), migrations: 'verify' }));
  });

  it('leave nothing behind where one of them fails', async () => {
    await fixture.query('create schema $schema');
    await fixture.query('create table $schema.snapshot (id int)');
    await expect(open('apply')).rejects.toThrow('already exists');
    const [table] = await fixture.query(
      `select to_regclass('$schema.task') as found`,
    );
    expect(table?.found).toBeNull();
  });

  it('work in a schema with any name', async () => {
    fixture.schema = 'it\'s "odd" $1 @task';
    const runtime = await fixture.open({ url: fixture.url });
    expect(
      await runtime.store.log.load('unknown', {}, { access: 'system' }),
    ).toBeUndefined();
    expect(
      await runtime.store.push.claimDue({
        owner: 'o',
        max: 1,
        perOrigin: 1,
        leaseMs: 1,
      }),
    ).toEqual([]);
  });
});
