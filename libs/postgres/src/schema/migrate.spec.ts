import {
  createTask,
  PostgresFixture,
  SCOPE,
} from '../../test/postgres-fixture.js';
import { describeWithPostgres } from '../../test/postgres-server.js';
import { MIGRATIONS } from './migrations.js';

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
  async function migrateTo(version: number): Promise<void> {
    await fixture.query('create schema $schema');
    await fixture.query(
      'create table $schema.migration (version integer primary key, name text not null, applied_at timestamptz not null default now())',
    );
    for (const step of MIGRATIONS.slice(0, version)) {
      await fixture.query(step.sql.replaceAll('@schema', '$schema'));
      const text = 'insert into $schema.migration values ($1, $2)';
      await fixture.query(text, [step.version, step.name]);
    }
  }

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

  it('let an instance work with a schema that is newer than it', async () => {
    await open('apply');
    await fixture.query(
      `insert into $schema.migration (version, name) values (9999, 'from the future')`,
    );
    await open('verify');
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

  it('need no right to create schemas where there is nothing to create', async () => {
    await open('apply');
    const role = `${fixture.schema}_app`;
    await fixture.query(`create role ${role} login`);
    await fixture.query(`grant usage on schema $schema to ${role}`);
    await fixture.query(
      `grant select, insert, update, delete on all tables in schema $schema to ${role}`,
    );
    await fixture.query(
      `grant usage on all sequences in schema $schema to ${role}`,
    );
    const url = new URL(fixture.url);
    url.username = role;
    const runtime = await fixture.open({ url: url.href });
    expect(await runtime.store.health()).toEqual({ isUp: true });
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
