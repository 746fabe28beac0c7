import {
  MemoryWakeBus,
  type WakeBusFactory,
  type WakeBusSettings,
} from '@nest-a2a/store';
import { createTask, PostgresFixture } from '../../test/postgres-fixture.js';
import { describeWithPostgres } from '../../test/postgres-server.js';

describeWithPostgres('wake-ups that are not those of PostgreSQL', () => {
  const fixture = new PostgresFixture();
  let given: WakeBusSettings[];
  let closed: number;
  const wake = new MemoryWakeBus();
  const other: WakeBusFactory = {
    name: 'other',
    open: async (settings) => {
      given.push(settings);
      return { wake, close: async () => void (closed += 1) };
    },
  };

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());
  beforeEach(() => {
    fixture.newSchema();
    given = [];
    closed = 0;
  });
  afterEach(() => fixture.closeAll());

  const listeners = () =>
    fixture.query(
      `select 1 from pg_stat_activity
       where application_name = 'nest-a2a listener ${fixture.schema}'`,
    );

  it('are opened for the schema, warn where the store warns, and are closed with it', async () => {
    const warnings: string[] = [];
    const onWarning = (text: string) => warnings.push(text);
    const runtime = await fixture.open({
      url: fixture.url,
      wake: other,
      onWarning,
    });
    expect(runtime.wake).toBe(wake);
    expect(given).toEqual([{ namespace: fixture.schema, onWarning }]);
    expect(warnings.filter((text) => text.includes('LISTEN'))).toEqual([]);
    expect(await listeners()).toEqual([]);
    expect(closed).toBe(0);
    await runtime.close();
    expect(closed).toBe(1);
  });

  it('leave statements prepared where the connection is a direct one', async () => {
    const pool = fixture.pool({ max: 2 });
    const { store } = await fixture.open({ pool, wake: other });
    await createTask(store);
    const clients = [await pool.connect(), await pool.connect()];
    const counts = await Promise.all(
      clients.map(async (client) => {
        const { rows } = await client.query(
          "select name from pg_prepared_statements where name like 'a2a_%'",
        );
        return rows.length;
      }),
    );
    clients.forEach((client) => client.release());
    expect(Math.max(...counts)).toBeGreaterThan(0);
  });

  it('fail the start where they say so, and leave no connection', async () => {
    const failing: WakeBusFactory = {
      name: 'failing',
      open: () => Promise.reject(new Error('no such package')),
    };
    const opening = fixture.open({ url: fixture.url, wake: failing });
    await expect(opening).rejects.toThrow('no such package');
    const open = async () =>
      fixture.query(
        `select 1 from pg_stat_activity
         where application_name like 'nest-a2a% ${fixture.schema}'`,
      );
    while ((await open()).length > 0);
  });
});
