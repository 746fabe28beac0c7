import { type OpenRuntime, SYSTEM_CONTEXT } from '@nest-a2a/store';
import type pg from 'pg';
import {
  chunk,
  createTask,
  PostgresFixture,
  status,
} from '../test/postgres-fixture.js';
import { describeWithPostgres } from '../test/postgres-server.js';

const OPTIONS = { idleTimeoutMs: 60_000 };

describeWithPostgres('transactions of the host', () => {
  const fixture = new PostgresFixture();
  let runtime: OpenRuntime;
  let client: pg.PoolClient;

  beforeAll(() => fixture.start());
  beforeEach(async () => {
    runtime = await fixture.open({
      url: fixture.url,
      statementTimeoutMs: 4_000,
    });
    client = await fixture.pool().connect();
    await client.query('create table if not exists paid (id text)');
    await client.query('truncate paid');
  });
  afterEach(async () => {
    client.release();
    await fixture.closeAll();
  });
  afterAll(() => fixture.stop());

  const run = (work: () => Promise<unknown>) =>
    runtime.store.hostTransactions!.run(
      client,
      async () => void (await work()),
      OPTIONS,
    );

  const pay = () => client.query("insert into paid values ('x')");
  const rows = () => fixture.query('select * from paid');
  const setting = async (name: string) => {
    const { rows: found } = await client.query(`show ${name}`);
    return found[0][name];
  };

  it('commits what the work has done, and leaves the connection as it was', async () => {
    const listeners = client.listenerCount('error');
    await run(async () => {
      await pay();
      expect(await rows()).toEqual([]);
      expect(await setting('idle_in_transaction_session_timeout')).toBe('1min');
    });
    expect(await rows()).toEqual([{ id: 'x' }]);
    expect(await setting('idle_in_transaction_session_timeout')).toBe('0');
    expect(client.listenerCount('error')).toBe(listeners);
    expect(client.listenerCount('notice')).toBe(0);
  });

  it('rolls back what the work has done where it throws', async () => {
    const call = run(async () => {
      await pay();
      throw new RangeError('no');
    });
    await expect(call).rejects.toThrow(RangeError);
    expect(await rows()).toEqual([]);
  });

  it('rejects where the server has rolled back without an error', async () => {
    const call = run(async () => {
      await pay();
      await client.query('select 1 / 0').catch(() => undefined);
    });
    await expect(call).rejects.toThrow(/one of its statements had failed/);
    expect(await rows()).toEqual([]);
  });

  it('limits the rest of a transaction that has locked a task', async () => {
    const task = await createTask(runtime.store);
    const { taskId } = task;
    await client.query('begin');
    await runtime.store.log.append(
      { taskId, events: [chunk(task, 'x')], expectedVersion: 1 },
      { ...SYSTEM_CONTEXT, transaction: client },
    );
    expect(await setting('statement_timeout')).toBe('4s');
    expect(await setting('lock_timeout')).toBe('4s');
    expect(await setting('idle_in_transaction_session_timeout')).toBe('4s');
    await client.query('rollback');
    expect(await setting('lock_timeout')).toBe('0');
  });

  it('gets a task that has ended in one its snapshot when it is read, and not before the commit', async () => {
    const task = await createTask(runtime.store);
    const { taskId } = task;
    const events = [chunk(task, 'x'), status(task, 'COMPLETED')];
    const command = { taskId, events, expectedVersion: 1 };
    const load = () => runtime.store.log.load(taskId, {}, SYSTEM_CONTEXT);
    const snapshots = () =>
      fixture.query('select version from $schema.snapshot');
    await run(async () => {
      const context = { ...SYSTEM_CONTEXT, transaction: client };
      await runtime.store.log.append(command, context);
      expect(await load()).toMatchObject({ version: 1 });
    });
    expect(await snapshots()).toEqual([]);
    const read = await load();
    expect(read).toMatchObject({ version: 3, isFinished: true });
    while ((await snapshots()).length === 0);
    expect(await snapshots()).toEqual([{ version: 3 }]);
    expect(await load()).toEqual(read);
  });
});
