import { type OpenRuntime, SYSTEM_CONTEXT } from '@nest-a2a/store';
import {
  chunk,
  createTask,
  message,
  PostgresFixture,
  SCOPE,
  status,
} from '../test/postgres-fixture.js';
import { describeWithPostgres } from '../test/postgres-server.js';

const CLAIM = { owner: 'next', leaseMs: 60_000, max: 1, agents: [SCOPE.agent] };

describeWithPostgres('snapshots in PostgreSQL', () => {
  const fixture = new PostgresFixture();
  let runtime: OpenRuntime;

  beforeAll(() => fixture.start());
  beforeEach(async () => {
    runtime = await fixture.open();
  });
  afterEach(() => fixture.closeAll());
  afterAll(() => fixture.stop());

  const versions = async () =>
    (await fixture.query('select version from $schema.snapshot')).map(
      ({ version }) => version as number,
    );
  const untilNoted = async (version: number) => {
    const noted = 'select 1 from $schema.task where snapshot_version = $1';
    while ((await fixture.query(noted, [version])).length === 0);
  };

  /** A task that somebody runs, with a snapshot at version 301. */
  async function createLong() {
    const task = await createTask(runtime.store, { owner: 'first' });
    const { taskId } = task;
    const events = Array.from({ length: 300 }, () => chunk(task, 'x'));
    const command = { taskId, events, expectedVersion: 1 };
    await runtime.store.log.append(command, SYSTEM_CONTEXT);
    await untilNoted(301);
    return task;
  }

  /** Keeps the writer of snapshots in the middle of its write by another that has not ended. */
  async function holdSnapshots(): Promise<() => Promise<void>> {
    const blocker = await fixture.pool().connect();
    const { schema } = fixture;
    await blocker.query('begin');
    await blocker.query(
      `insert into "${schema}".snapshot as s (task, version, head)
       select num, 1, '{}' from "${schema}".task
       on conflict (task) do update set version = s.version`,
    );
    return async () => {
      await blocker.query('rollback');
      blocker.release();
    };
  }

  const untilWaiting = async (statement: string) => {
    const waiting = `select 1 from pg_stat_activity
      where wait_event_type = 'Lock' and query like '%${statement}%'`;
    while ((await fixture.query(waiting)).length === 0);
  };
  const untilHeld = () =>
    untilWaiting(`insert into "${fixture.schema}".snapshot`);

  it('let others write to the task and claim it while they are written', async () => {
    const { log, work } = runtime.store;
    const task = await createLong();
    const { taskId } = task;
    const release = await holdSnapshots();
    const fence = { taskId, epoch: 1 };
    await log.append(
      { taskId, events: [message('next')], expectedVersion: 301 },
      SYSTEM_CONTEXT,
    );
    const events = Array.from({ length: 300 }, () => chunk(task, 'x'));
    await log.append(
      { taskId, events, expectedVersion: 302, fence, then: 'endTurn' },
      SYSTEM_CONTEXT,
    );
    await untilHeld();
    expect(await work.claim(CLAIM)).toMatchObject([
      { record: { version: 602 }, attempt: 1 },
    ]);
    await log.append(
      { taskId, events: [status(task)], expectedVersion: 602 },
      SYSTEM_CONTEXT,
    );
    expect(await versions()).toEqual([301]);
    await release();
  });

  it('let a task be removed that has ended, and leave nothing of it', async () => {
    const { log } = runtime.store;
    const task = await createTask(runtime.store, { owner: 'first' });
    const { taskId } = task;
    const release = await holdSnapshots();
    const chunks = Array.from({ length: 2_000 }, () => chunk(task, 'x'));
    const events = [...chunks, status(task, 'COMPLETED')];
    const command = { taskId, events, expectedVersion: 1 };
    await log.append(command, SYSTEM_CONTEXT);
    await untilHeld();
    // Hidden at once, removed later: it has many events.
    const removed = log.delete(taskId, SYSTEM_CONTEXT);
    await untilWaiting(`update "${fixture.schema}".task set id`);
    await release();
    expect(await removed).toBe(true);
    await runtime.close();
    expect(await versions()).toEqual([]);
  });
});
