import { PostgresFixture } from '../../test/postgres-fixture.js';
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
