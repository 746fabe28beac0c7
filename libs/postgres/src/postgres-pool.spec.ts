import { SYSTEM_CONTEXT } from '@nest-a2a/store';
import pg from 'pg';
import { createTask, PostgresFixture } from '../test/postgres-fixture.js';
import { describeWithPostgres } from '../test/postgres-server.js';
import { type PooledPgClient } from './pg-driver.js';
import { PostgresDatabase } from './postgres-database.js';
import { ServerClock } from './server-clock.js';
import { Vocabulary } from './vocabulary.js';

it('lets nobody wait for a connection where a thousand do', async () => {
  const connect = jest.fn<Promise<PooledPgClient>, []>();
  const database = new PostgresDatabase(
    { waitingCount: 1_000, connect },
    {
      vocabulary: new Vocabulary('a2a'),
      clock: new ServerClock(),
      timeoutMs: 1_000,
      isPrepared: false,
    },
  );
  await expect(database.query({ text: 'select 1' })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'Too many wait for a connection to PostgreSQL',
  });
  expect(connect).not.toHaveBeenCalled();
});

describeWithPostgres('postgres, on the pool of the application', () => {
  const fixture = new PostgresFixture();

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());

  it('listens to connections that the application has taken, as long as it is open', async () => {
    const pool = new pg.Pool({ connectionString: fixture.url });
    pool.on('error', () => undefined);
    const runtime = await fixture.open({ pool, wake: 'poll' });
    const taken = await Promise.all([pool.connect(), pool.connect()]);
    for (const client of taken) {
      const ended = new Promise<void>((resolve) => client.on('end', resolve));
      const { rows } = await client.query('select pg_backend_pid() as pid');
      // Without a listener the error that it emits would end the process.
      await fixture.query('select pg_terminate_backend($1)', [rows[0].pid]);
      await ended;
      client.release(true);
    }
    await createTask(runtime.store);
    await fixture.closeAll();
    expect(pool.listenerCount('connect')).toBe(0);
    await pool.end();
  });

  it('reads on where the prepared statements of a connection are gone', async () => {
    const pool = fixture.pool({ max: 1 });
    const { store } = await fixture.open({
      pool,
      wake: 'poll',
      preparedStatements: true,
    });
    const { taskId } = await createTask(store);
    const load = () => store.log.load(taskId, {}, SYSTEM_CONTEXT);
    const before = await load();
    await pool.query('deallocate all');
    expect(await load()).toEqual(before);
    await fixture.closeAll();
  });
});
