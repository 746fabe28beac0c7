import { randomUUID } from 'node:crypto';
import { PostgresFixture, withClients } from '../test/postgres-fixture.js';
import { describeWithPostgres } from '../test/postgres-server.js';
import { type PgPool, type PgQuery } from './pg-driver.js';

describeWithPostgres('postgres, on a server that is not as it must be', () => {
  const fixture = new PostgresFixture();

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());
  afterEach(() => fixture.closeAll());

  const schemas = () =>
    fixture.query('select 1 from pg_namespace where nspname = $1', [
      fixture.schema,
    ]);

  /** The server as it is, but for the version that it says it has. */
  const ofVersion = (version: string): PgPool =>
    withClients(fixture.pool(), (client) => ({
      query: async (query: PgQuery | string) => {
        const result = await client.query(query);
        const rows = result.rows?.map((row) =>
          'encoding' in row ? { ...row, version } : row,
        );
        return { ...result, rows };
      },
    }));

  it('refuses one that is older than 13, before anything is made in it', async () => {
    const opening = fixture.open({ pool: ofVersion('120022') });
    await expect(opening).rejects.toMatchObject({
      code: 'SERVER_TOO_OLD',
      message: 'PostgreSQL 13 or newer is needed, this one says 120022',
    });
    expect(await schemas()).toEqual([]);
  });

  it('takes the first version that it says it takes', async () => {
    const { store } = await fixture.open({ pool: ofVersion('130000') });
    expect(await store.health()).toEqual({ isUp: true });
    expect(await schemas()).toHaveLength(1);
  });

  it('refuses a database that keeps text in another encoding', async () => {
    const name = `ascii_${randomUUID().replaceAll('-', '')}`;
    await fixture.query(
      `create database ${name} encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0`,
    );
    const url = new URL(fixture.url);
    url.pathname = `/${name}`;
    await expect(fixture.open({ url: url.href })).rejects.toMatchObject({
      code: 'ENCODING_NOT_SUPPORTED',
      message: expect.stringContaining('SQL_ASCII'),
    });
    await fixture.query(`drop database ${name} with (force)`);
  });

  it('warns of a setting with which a crash loses what was confirmed', async () => {
    const warnings: string[] = [];
    const url = new URL(fixture.url);
    url.searchParams.set('options', '-c synchronous_commit=off');
    await fixture.open({
      url: url.href,
      onWarning: (text) => warnings.push(text),
    });
    expect(warnings).toContainEqual(
      expect.stringContaining('synchronous_commit = off'),
    );
  });
});
