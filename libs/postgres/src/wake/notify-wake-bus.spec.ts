import { type OpenRuntime } from '@nest-a2a/store';
import type pg from 'pg';
import {
  PostgresFixture,
  until,
  withClients,
} from '../../test/postgres-fixture.js';
import { describeWithPostgres } from '../../test/postgres-server.js';
import { type PgPool } from '../pg-driver.js';

/** A pool whose connections take LISTEN and never hear anything, as through a pooler in transaction mode. */
function deaf(pool: pg.Pool): PgPool {
  return withClients(pool, (client) => ({
    on: (name, listener) =>
      name === 'notification' ? undefined : client.on(name, listener),
  }));
}

describeWithPostgres('wake-ups by NOTIFY', () => {
  const fixture = new PostgresFixture();

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());
  beforeEach(() => {
    fixture.newSchema();
  });
  afterEach(() => fixture.closeAll());

  const hears = async (listener: OpenRuntime, ringer: OpenRuntime) => {
    let heard = 0;
    const stop = listener.wake.on('work', () => (heard += 1));
    await until(() => {
      ringer.wake.ring(['work']);
      return heard > 0;
    });
    stop();
  };

  it('fall back to polling with a warning where LISTEN does not work', async () => {
    const warnings: string[] = [];
    const pool = deaf(fixture.pool());
    const runtime = await fixture.open({
      pool,
      onWarning: (text) => warnings.push(text),
    });
    expect(warnings.filter((text) => text.includes('LISTEN'))).toHaveLength(1);
    expect(runtime.wake.pollMs).toBe(250);
    // Within the process hints arrive all the same.
    await hears(runtime, runtime);
  });

  it('work on a connection of the pool of the host', async () => {
    const pool = fixture.pool();
    const [one, two] = [
      await fixture.open({ pool }),
      await fixture.open({ pool }),
    ];
    expect(one.wake.pollMs).toBe(1_000);
    await hears(one, two);
  });

  it('connect again when the connection is lost, and poll more often meanwhile', async () => {
    const warnings: string[] = [];
    const one = await fixture.open({
      url: fixture.url,
      onWarning: (text) => warnings.push(text),
    });
    const two = await fixture.open();
    await fixture.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'nest-a2a listener ${fixture.schema}'`,
    );
    await until(() => one.wake.pollMs === 250);
    await until(() => one.wake.pollMs === 1_000 && two.wake.pollMs === 1_000);
    await hears(one, two);
    await hears(two, one);
    expect(warnings.filter((text) => text.includes('wake-ups'))).toEqual([
      expect.stringContaining('PostgreSQL does not pass on wake-ups'),
      'PostgreSQL passes on wake-ups again',
    ]);
  });

  it('leave no connection open when they are closed', async () => {
    const runtime = await fixture.open();
    runtime.wake.ring(['work']);
    await runtime.close();
    await runtime.close();
    await until(async () => {
      const open = await fixture.query(
        `select 1 from pg_stat_activity
         where application_name like 'nest-a2a% ${fixture.schema}'`,
      );
      return open.length === 0;
    });
  });

  it('do not open a connection for polling alone', async () => {
    const runtime = await fixture.open({ url: fixture.url, wake: 'poll' });
    expect(runtime.wake.pollMs).toBe(250);
    const listeners = await fixture.query(
      `select 1 from pg_stat_activity
       where application_name = 'nest-a2a listener ${fixture.schema}'`,
    );
    expect(listeners).toEqual([]);
  });
});
