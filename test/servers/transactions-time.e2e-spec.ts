import { AsyncResource } from 'node:async_hooks';
import { type TaskContext, type TransactionRunner } from '@nest-a2a/server';
import pg from 'pg';
import { httpJson, sendParams } from '../support/a2a-http.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import {
  abortOf,
  insertInvoice,
  TransactionLab,
} from '../support/transaction-lab.js';
import { codeOf } from '../support/worker-lab.js';
import { until } from '../support/until.js';

describeWithPostgres('the time that withTransaction has', () => {
  let lab: TransactionLab;
  let pool: pg.Pool;
  let client: pg.PoolClient;

  beforeEach(async () => {
    lab = await TransactionLab.start();
    pool = lab.pool();
    client = await pool.connect();
  });

  afterEach(async () => {
    client.release();
    await lab.close();
  });

  /** A transaction that the host ends when the test says how. */
  const slowly =
    (end: () => Promise<'commit' | 'rollback'>): TransactionRunner<unknown> =>
    async (work) => {
      await client.query('begin');
      await work(client, client);
      const how = await end();
      await client.query(how);
      if (how === 'rollback') throw new Error('rolled back');
    };

  const pay = (context: TaskContext) => async () => {
    await insertInvoice(client, 'paid');
    await context.complete('Paid.');
  };

  it('ends with turn.transactionTimeoutMs: then others may speak, and nothing of it is stored', async () => {
    const turn = { transactionTimeoutMs: 4_000 };
    const agent = await lab.agent({ options: { turn } });
    const codes: string[] = [];
    const task = await lab.run(agent, async (context) => {
      const elsewhere = new AsyncResource('elsewhere');
      const code = await codeOf(
        context.withTransaction(client, async () => {
          await insertInvoice(client, 'slow');
          await context.emitText('inside');
          // It waits for itself.
          await elsewhere.runInAsyncScope(() => context.emitText('outside'));
          codes.push(await codeOf(context.emitText('late')));
        }),
      );
      codes.push(code);
      await context.complete();
    });
    expect(codes).toEqual(['TRANSACTION_TIMED_OUT', 'TRANSACTION_TIMED_OUT']);
    expect(task.artifacts.map(({ parts }: any) => parts)).toEqual([
      [{ text: 'outside' }],
    ]);
    expect(await lab.invoices()).toEqual([]);
  });

  it('is ended by the server where the worker asks for nothing', async () => {
    const turn = { transactionTimeoutMs: 500 };
    const agent = await lab.agent({ options: { turn } });
    const own = new pg.Client(lab.server.url);
    await own.connect();
    const gone = new Promise((resolve) =>
      own.on('end', () => resolve(undefined)),
    );
    let code: string | undefined;
    await lab.run(agent, async (context) => {
      code = await codeOf(
        context.withTransaction(own, async () => {
          await insertInvoice(own, 'idle');
          await gone;
        }),
      );
      await context.complete();
    });
    expect(code).toBe('TRANSACTION_TIMED_OUT');
    expect(await lab.invoices()).toEqual([]);
  });

  it('does not cost the turn its lease, though it has said that it ends', async () => {
    const turn = { leaseMs: 2_000, heartbeatMs: 200 };
    const agent = await lab.agent({ options: { turn } });
    const leaseOf = async ({ taskId }: TaskContext): Promise<number> => {
      const text =
        'select due_at::float8 as due_at from a2a.task where id = $1';
      const [row] = await lab.query(text, [taskId]);
      return row.due_at;
    };
    const task = await lab.run(agent, (context) =>
      context.withTransaction(client, async () => {
        await pay(context)();
        for (let renewals = 0; renewals < 3; renewals++) {
          const before = await leaseOf(context);
          while ((await leaseOf(context)) === before);
        }
      }),
    );
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(await lab.invoices()).toEqual(['paid']);
  });

  it('makes a cancellation wait for the commit, and come too late', async () => {
    const agent = await lab.agent();
    let answer: Promise<any> | undefined;
    const task = await lab.run(agent, (context) => {
      const runner = slowly(async () => {
        const { taskId: id } = context;
        answer = httpJson.call(agent.url, 'CancelTask', { id });
        await untilSomebodyWaits();
        return 'commit';
      });
      return context.withTransaction(runner, pay(context));
    });
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(httpJson.reason(await answer)).toBe('TASK_NOT_CANCELABLE');
  });

  it.each([
    ['commit', 'TASK_STATE_COMPLETED', 'undefined', ['paid']],
    ['rollback', 'TASK_STATE_FAILED', 'Error: rolled back', []],
  ] as const)(
    'of a turn that is over goes on to the %s of the host, which decides',
    async (how, state, outcome, invoices) => {
      const turn = { timeoutMs: 3_000 };
      const agent = await lab.agent({ options: { turn } });
      let code: Promise<string> | undefined;
      const task = await lab.run(agent, async (context) => {
        const runner = slowly(async () => {
          await lab.logs.find(/did not return although/);
          await untilSomebodyWaits();
          return how;
        });
        code = codeOf(context.withTransaction(runner, pay(context)));
        await code;
      });
      expect(task.status.state).toBe(state);
      expect(await code).toBe(outcome);
      expect(await lab.invoices()).toEqual(invoices);
    },
  );

  it('ends with the turn where that is handed back, and the next instance begins anew', async () => {
    const options = { drainMs: 0, turn: { leaseMs: 2_000, heartbeatMs: 200 } };
    const first = await lab.agent({ options });
    await lab.agent({ options });
    const codes: string[] = [];
    let closed: Promise<void> | undefined;
    const taskId = await lab.begin(first, async (context) => {
      const isFirst = codes.length === 0;
      const code = codeOf(
        context.withTransaction(client, async () => {
          await pay(context)();
          if (isFirst) {
            closed = first.close();
            await abortOf(context);
          }
        }),
      );
      codes.push(await code);
    });
    await lab.untilInvoice('paid');
    await closed;
    expect(codes[0]).toBe('TURN_HANDED_BACK');
    expect(await lab.brief(taskId)).toEqual([
      'task',
      'WORKING',
      'artifactUpdate',
      'COMPLETED',
    ]);
  });

  /** Resolves when somebody waits for a lock that another transaction has. */
  async function untilSomebodyWaits(): Promise<void> {
    const text = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await until(
      async () => (await lab.query(text)).length > 0,
      'somebody who waits for a lock',
    );
  }
});

describe('withTransaction in memory', () => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ options: { runtime: 'memory' } });
  });

  afterAll(() => agent.close());

  it('is not there, and says what is needed', async () => {
    let error: any;
    let used = false;
    agent.worker.on('pay', async (context) => {
      error = await context
        .withTransaction({}, async () => void (used = true))
        .catch((thrown: unknown) => thrown);
      await context.complete();
    });
    await httpJson.call(agent.url, 'SendMessage', sendParams('pay'));
    expect(error).toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(error.message).toContain('postgres()');
    expect(used).toBe(false);
  });
});
