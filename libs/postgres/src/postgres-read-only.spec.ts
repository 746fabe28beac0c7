import { SYSTEM_CONTEXT } from '@nest-a2a/store';
import {
  codeOf,
  createTask,
  message,
  PostgresFixture,
} from '../test/postgres-fixture.js';
import { describeWithPostgres } from '../test/postgres-server.js';

describeWithPostgres('postgres, when the database may only be read', () => {
  const fixture = new PostgresFixture();

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());
  afterEach(() => fixture.closeAll());

  const alterDatabase = (how: string) =>
    fixture.query(
      `begin read write;
       do $$ begin
         execute format('alter database %I ${how}', current_database());
       end $$;
       commit`,
    );

  it('refuses what is written, and goes on at once when that is over', async () => {
    const { store } = await fixture.open({
      url: fixture.url,
      wake: 'poll',
      maxConnections: 2,
    });
    const { taskId } = await createTask(store);
    const append = (expectedVersion: number) =>
      codeOf(
        store.log.append(
          { taskId, events: [message('m')], expectedVersion },
          SYSTEM_CONTEXT,
        ),
      );
    await alterDatabase('set default_transaction_read_only = on');
    const others = `application_name like 'nest-a2a%' and pid <> pg_backend_pid()`;
    await fixture.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where ${others}`,
    );
    // The first to notice is told that its connection is gone.
    await append(1);
    expect(await codeOf(createTask(store))).toBe('UNAVAILABLE');
    expect(await append(1)).toBe('UNAVAILABLE');
    await alterDatabase('reset all');
    expect(await append(1)).toBe('ok');
    expect(await codeOf(createTask(store))).toBe('ok');
  });

  it('makes no schema', async () => {
    await alterDatabase('set default_transaction_read_only = on');
    try {
      await expect(fixture.open()).rejects.toMatchObject({ code: '25006' });
    } finally {
      await alterDatabase('reset all');
    }
  });
});
