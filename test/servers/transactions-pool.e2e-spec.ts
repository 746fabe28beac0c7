import { type TaskContext } from '@nest-a2a/server';
import { postgres } from '@nest-a2a/postgres';
import pg from 'pg';
import { describeWithPostgres } from '../support/postgres-server.js';
import { type TestAgent } from '../support/test-agent.js';
import { insertInvoice, TransactionLab } from '../support/transaction-lab.js';
import { until } from '../support/until.js';
import { codeOf } from '../support/worker-lab.js';

/** Of the pool that the runtime shares with the application; one more waits for notifications. */
const WORKERS = 3;

describeWithPostgres('withTransaction on the pool of the runtime', () => {
  let lab: TransactionLab;
  let pool: pg.Pool;
  let agent: TestAgent;

  beforeEach(async () => {
    lab = await TransactionLab.start();
    pool = new pg.Pool({
      connectionString: lab.server.url,
      max: WORKERS + 1,
    });
    pool.on('error', () => undefined);
    agent = await lab.agent({
      options: {
        runtime: postgres({ pool, onWarning: () => undefined }),
        turn: { transactionTimeoutMs: 2_000 },
      },
    });
  });

  afterEach(async () => {
    await lab.close();
    await pool.end();
  });

  const stateOf = async (taskId: string) =>
    (await lab.query('select state from a2a.task where id = $1', [taskId]))[0]
      ?.state;

  /** Lets all workers begin, each with a connection; whoever is the last finds them all in use. */
  const beginAll = async (
    behaviour: (context: TaskContext, client: pg.PoolClient) => Promise<void>,
  ): Promise<string[]> => {
    const taskIds: string[] = [];
    for (let one = 0; one < WORKERS; one += 1) {
      taskIds.push(
        await lab.begin(agent, async (context) => {
          const client = await pool.connect();
          await behaviour(context, client).finally(() => client.release(true));
        }),
      );
      await until(() => pool.totalCount - pool.idleCount > one + 1);
    }
    return taskIds;
  };

  it('needs no second connection once it is committed', async () => {
    let working = 0;
    const taskIds = await beginAll((context, client) =>
      context.withTransaction(client, async () => {
        working += 1;
        await until(() => working === WORKERS, 'all connections to be in use');
        await insertInvoice(client, context.taskId);
        await context.complete('Paid.');
      }),
    );
    for (const taskId of taskIds) {
      await until(
        async () => (await stateOf(taskId)) === 'TASK_STATE_COMPLETED',
        `the end of ${taskId}`,
      );
    }
    expect(await lab.invoices()).toEqual([...taskIds].sort());
  });

  it('does not wait for ever where the answers to all commits were lost', async () => {
    await lab.query(`
      create function wait_long() returns trigger language plpgsql as
        'begin perform pg_sleep(600); return null; end';
      create constraint trigger wait_long after insert on invoice
        deferrable initially deferred for each row execute function wait_long()`);
    const codes: string[] = [];
    await beginAll(async (context, client) => {
      const done = context.withTransaction(client, async () => {
        await insertInvoice(client, context.taskId);
        await context.complete('Paid.');
      });
      codes.push(await codeOf(done));
    });
    const committing = `from pg_stat_activity where query = 'commit' and state = 'active'`;
    await until(async () => {
      const [row] = await lab.query(`select count(*)::int ${committing}`);
      return row.count === WORKERS;
    }, 'all to commit');
    await lab.query(`select pg_terminate_backend(pid) ${committing}`);
    await until(() => codes.length === WORKERS, 'the connections to be free');
    expect(codes).toEqual(Array(WORKERS).fill('TURN_LOST'));
    expect(await lab.invoices()).toEqual([]);
    await lab.query('drop trigger wait_long on invoice');
  });

  it('gives up after its time also where it could not begin', async () => {
    const locker = await lab.pool().connect();
    const codes: string[] = [];
    const taskId = await lab.begin(agent, async (context) => {
      const client = await pool.connect();
      await locker.query('begin');
      await locker.query('select 1 from a2a.task where id = $1 for update', [
        context.taskId,
      ]);
      const before = context.emitText('before');
      const work = () => context.complete();
      codes.push(await codeOf(context.withTransaction(client, work)));
      client.release();
      await locker.query('rollback');
      await before;
      await context.complete('without it');
    });
    await until(
      async () => (await stateOf(taskId)) === 'TASK_STATE_COMPLETED',
      'the end of the task',
    );
    locker.release();
    expect(codes).toEqual(['TRANSACTION_TIMED_OUT']);
  });

  it('ends no process when the connection is lost while it waits to begin', async () => {
    const locker = await lab.pool().connect();
    const lost: string[] = [];
    let isLost: Promise<void> | undefined;
    // The runtime knows nothing of this one.
    const hostPool = lab.pool();
    const taskId = await lab.begin(agent, async (context) => {
      const client = await hostPool.connect();
      await locker.query('begin');
      await locker.query('select 1 from a2a.task where id = $1 for update', [
        context.taskId,
      ]);
      const { rows } = await client.query('select pg_backend_pid() as pid');
      // It cannot be stored before the lock is gone, and the transaction comes behind it.
      const before = context.emitText('before');
      const done = codeOf(
        context.withTransaction(client, () => context.complete()),
      );
      isLost = new Promise<void>((resolve) => client.on('end', resolve));
      await lab.query('select pg_terminate_backend($1)', [rows[0].pid]);
      lost.push(await done);
      client.release(true);
      await before;
      await context.complete('without it');
    });
    await until(() => isLost !== undefined);
    await isLost;
    await locker.query('rollback');
    locker.release();
    await until(
      async () => (await stateOf(taskId)) === 'TASK_STATE_COMPLETED',
      'the end of the task',
    );
    expect(lost).toEqual([expect.stringContaining('StoreError')]);
  });
});
