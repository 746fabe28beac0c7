import { type OpenRuntime, SYSTEM_CONTEXT } from '@nest-a2a/store';
import {
  chunk,
  codeOf,
  createTask,
  message,
  PostgresFixture,
  SCOPE,
  until,
} from '../test/postgres-fixture.js';
import { describeWithPostgres } from '../test/postgres-server.js';
import { TcpProxy } from '../test/tcp-proxy.js';

const CALL = SYSTEM_CONTEXT;

describeWithPostgres('postgres, when something breaks', () => {
  const fixture = new PostgresFixture();
  let proxy: TcpProxy;
  let runtime: OpenRuntime;

  beforeAll(() => fixture.start({ isDurable: true }), 60_000);
  afterAll(() => fixture.stop());
  beforeEach(async () => {
    proxy = fixture.closeLater(await TcpProxy.open(fixture.url));
    runtime = await fixture.open({
      url: proxy.through(fixture.url),
      statementTimeoutMs: 1_000,
      maxConnections: 4,
    });
  });
  afterEach(() => fixture.closeAll());

  const versionOf = async (taskId: string) => {
    const [row] = await fixture.query(
      'select version from $schema.task where id = $1',
      [taskId],
    );
    return row?.version as number | undefined;
  };

  it('writes nothing of a transaction whose backend is killed in the middle', async () => {
    const task = await createTask(runtime.store);
    const { taskId } = task;
    // A lock in its way keeps the append in the middle of its transaction.
    const blocker = await fixture.pool().connect();
    await blocker.query('begin');
    await blocker.query(
      `select 1 from "${fixture.schema}".task where id = $1 for update`,
      [taskId],
    );
    const append = codeOf(
      runtime.store.log.append(
        { taskId, events: [message('m')], expectedVersion: 1 },
        CALL,
      ),
    );
    const waiting = `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%${fixture.schema}%for no key update%'`;
    await until(async () => (await fixture.query(waiting)).length > 0);
    await fixture.query(
      `select pg_terminate_backend(pid) from (${waiting}) as w`,
    );
    expect(await append).toBe('UNAVAILABLE');
    await blocker.query('rollback');
    blocker.release();
    expect(await versionOf(taskId)).toBe(1);
    await runtime.store.log.append(
      { taskId, events: [message('m')], expectedVersion: 1 },
      CALL,
    );
    expect(await versionOf(taskId)).toBe(2);
  });

  it('says that nothing is known about a write whose answer is lost, and shows it by its id', async () => {
    const task = await createTask(runtime.store);
    const { taskId } = task;
    const events = [message('m')];
    proxy.onRequest = (bytes) => {
      if (bytes.includes('commit\0')) {
        proxy.isMute = true;
      }
    };
    const append = codeOf(
      runtime.store.log.append({ taskId, events, expectedVersion: 1 }, CALL),
    );
    await until(async () => (await versionOf(taskId)) === 2);
    proxy.cut();
    expect(await append).toBe('UNAVAILABLE');
    proxy.isMute = false;
    proxy.onRequest = () => {};
    const written = await runtime.store.log.read(
      taskId,
      { after: 1, limit: 10 },
      CALL,
    );
    expect(written.map(({ id }) => id)).toEqual([events[0]?.id]);
  });

  it('gives up on a server that does not answer, within its time limit', async () => {
    const task = await createTask(runtime.store);
    const { taskId } = task;
    proxy.isMute = true;
    const { store } = runtime;
    const calls = await Promise.all([
      codeOf(store.log.load(taskId, {}, CALL)),
      codeOf(
        store.log.append(
          { taskId, events: [chunk(task, 'x')], expectedVersion: 1 },
          CALL,
        ),
      ),
      codeOf(
        store.log.append(
          { taskId, events: [message('m')], expectedVersion: 1 },
          CALL,
        ),
      ),
      codeOf(
        store.work.claim({
          owner: 'o',
          leaseMs: 1_000,
          max: 1,
          agents: [SCOPE.agent],
        }),
      ),
      codeOf(store.push.nextDueAt()),
    ]);
    expect(new Set(calls)).toEqual(new Set(['UNAVAILABLE']));
    expect(await store.health()).toMatchObject({ isUp: false });
    proxy.isMute = false;
    proxy.cut();
    expect(await store.log.load(taskId, {}, CALL)).toMatchObject({
      task: { id: taskId },
    });
    expect(await store.health()).toEqual({ isUp: true });
  });

  it('does not wait for ever for a lock', async () => {
    const { taskId } = await createTask(runtime.store);
    const blocker = await fixture.pool().connect();
    await blocker.query('begin');
    await blocker.query(
      `select 1 from "${fixture.schema}".task where id = $1 for update`,
      [taskId],
    );
    const append = runtime.store.log.append(
      { taskId, events: [message('m')], expectedVersion: 1 },
      CALL,
    );
    expect(await codeOf(append)).toBe('UNAVAILABLE');
    await blocker.query('rollback');
    blocker.release();
  });

  it('takes the locks from an instance that is frozen in a transaction', async () => {
    const task = await createTask(runtime.store);
    const { taskId } = task;
    proxy.onRequest = (bytes) => {
      // The lock has been asked for: it is given, and then nothing more comes.
      if (bytes.includes('ROLE_USER')) {
        proxy.isFrozen = true;
      }
    };
    const { store } = runtime;
    const frozen = codeOf(
      store.log.append(
        { taskId, events: [message('m')], expectedVersion: 1 },
        CALL,
      ),
    );
    await until(() => proxy.isFrozen);
    const other = await fixture.open({ url: fixture.url });
    const append = { taskId, events: [chunk(task, 'x')], expectedVersion: 1 };
    expect(await codeOf(other.store.log.append(append, CALL))).toBe('ok');
    expect(await frozen).toBe('UNAVAILABLE');
  });

  it('refuses to open where there is no server, and ends no process', async () => {
    await proxy.close();
    await expect(
      fixture.open({
        url: proxy.through(fixture.url).replace(/:\d+\//, ':1/'),
      }),
    ).rejects.toThrow();
  });
});
