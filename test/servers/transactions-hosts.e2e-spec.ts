import {
  type TaskContext,
  TaskService,
  type TransactionRunner,
} from '@nest-a2a/server';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { DataSource, type EntityManager, EntitySchema } from 'typeorm';
import { describeWithPostgres, TcpProxy } from '../support/postgres-server.js';
import { type TestAgent } from '../support/test-agent.js';
import { insertInvoice, TransactionLab } from '../support/transaction-lab.js';
import { codeOf } from '../support/worker-lab.js';

const Invoice = new EntitySchema<{ id: string }>({
  name: 'invoice',
  columns: { id: { type: 'text', primary: true } },
});

const invoice = pgTable('invoice', { id: text('id').primaryKey() });

describeWithPostgres('withTransaction on what runs transactions', () => {
  let lab: TransactionLab;
  let agent: TestAgent;
  let pool: pg.Pool;
  let dataSource: DataSource;
  let proxy: TcpProxy;

  beforeAll(async () => {
    lab = await TransactionLab.start();
    agent = await lab.agent();
    pool = lab.pool();
    proxy = await TcpProxy.open(lab.server.url);
    dataSource = await new DataSource({
      type: 'postgres',
      url: lab.server.url,
      entities: [Invoice],
    }).initialize();
  });

  afterEach(() => lab.endTest());

  afterAll(async () => {
    await dataSource.destroy();
    await proxy.close();
    await lab.close();
  });

  /** As an application with TypeORM has it once. */
  const typeorm: TransactionRunner<EntityManager> = (work) =>
    dataSource.transaction(async (manager) => {
      await work(await manager.queryRunner?.connect(), manager);
    });

  /** A transaction of the host's own making. */
  const onPool =
    (
      { level = 'read committed', attempts = 1, url = lab.server.url } = {},
      hooks: { afterWork?: () => unknown; afterCommit?: () => void } = {},
    ): TransactionRunner<pg.ClientBase> =>
    async (work) => {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      await client.connect();
      try {
        for (let attempt = 1; ; attempt++) {
          await client.query(`begin isolation level ${level}`);
          try {
            await work(client, client);
            await hooks.afterWork?.();
            await client.query('commit');
            break;
          } catch (error) {
            await client.query('rollback').catch(() => undefined);
            if (attempt === attempts) throw error;
          }
        }
        hooks.afterCommit?.();
      } finally {
        void client.end().catch(() => undefined);
      }
    };

  const payAndComplete =
    (context: TaskContext, id: string) => async (client: pg.ClientBase) => {
      await insertInvoice(client, id);
      await context.complete(`paid ${id}`);
    };

  it('commits an entity of TypeORM and the end of the task together', async () => {
    const seen: unknown[] = [];
    const task = await lab.run(agent, async (context) => {
      await context.withTransaction(typeorm, async (manager) => {
        await manager.insert(Invoice, { id: 'typeorm' });
        await context.complete('paid');
        seen.push(await lab.invoices(), await lab.brief(context.taskId));
      });
    });
    expect(seen).toEqual([[], ['task', 'WORKING']]);
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(await lab.invoices()).toEqual(['typeorm']);
  });

  it('rolls back with TypeORM, and passes its error on', async () => {
    let error: any;
    const task = await lab.run(agent, async (context) => {
      error = await context
        .withTransaction(typeorm, async (manager) => {
          await manager.insert(Invoice, { id: 'twice' });
          await context.complete('paid');
          await manager.insert(Invoice, { id: 'twice' });
        })
        .catch((thrown: unknown) => thrown);
      await context.fail('not paid');
    });
    expect(error).toMatchObject({ driverError: { code: '23505' } });
    expect(task.status.state).toBe('TASK_STATE_FAILED');
    expect(await lab.invoices()).toEqual([]);
  });

  it('commits what Drizzle has written on the same connection', async () => {
    const task = await lab.run(agent, async (context) => {
      const client = await pool.connect();
      const db = drizzle({ client });
      await context
        .withTransaction(client, async () => {
          await db.insert(invoice).values({ id: 'drizzle' });
          await context.complete('paid');
        })
        .finally(() => client.release());
    });
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    const db = drizzle({ client: pool });
    const found = await db
      .select()
      .from(invoice)
      .where(eq(invoice.id, 'drizzle'));
    expect(found).toHaveLength(1);
  });

  it('lets a host try again that had to give way, and keeps only what the last try has said', async () => {
    let tries = 0;
    const runner = onPool({ level: 'serializable', attempts: 3 });
    const task = await lab.run(agent, async (context) => {
      await context.withTransaction(runner, async (client) => {
        tries += 1;
        await client.query('select count(*) from invoice');
        await context.sendStatus(`try ${tries}`);
        if (tries === 1) {
          // Another one commits that has read the same: this one cannot.
          const other = onPool({ level: 'serializable' });
          await other(async (connection) => {
            const theirs = connection as pg.ClientBase;
            await theirs.query('select count(*) from invoice');
            await insertInvoice(theirs, 'other');
          });
        }
        await context.complete(`done in ${tries}`);
        await insertInvoice(client, `try ${tries}`);
      });
    });
    expect(await lab.brief(task.id)).toEqual([
      'task',
      'WORKING',
      'WORKING try 2',
      'artifactUpdate',
      'COMPLETED',
    ]);
    expect(await lab.invoices()).toEqual(['other', 'try 2']);
  });

  it('says that a transaction must be begun again whose view of the task is outdated', async () => {
    let code: string | undefined;
    const task = await lab.run(agent, async (context) => {
      code = await codeOf(
        context.withTransaction(
          onPool({ level: 'repeatable read' }),
          async (client) => {
            await insertInvoice(client, 'outdated');
            await lab.query(
              'update a2a.task set due_at = due_at + 1 where id = $1',
              [context.taskId],
            );
          },
        ),
      );
      await context.complete();
    });
    expect(code).toBe('TRANSACTION_CONFLICT');
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(await lab.invoices()).toEqual([]);
  });

  it('finds in the log what was committed where the host did not hear of it', async () => {
    const runner = onPool(
      { url: proxy.through(lab.server.url) },
      {
        // The server gets the commit, and its answer goes nowhere.
        afterWork: () => {
          proxy.isMute = true;
          void lab.untilInvoice('unheard').then(() => proxy.cut());
        },
      },
    );
    const task = await lab.run(agent, (context) =>
      context.withTransaction(runner, payAndComplete(context, 'unheard')),
    );
    proxy.isMute = false;
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(await lab.invoices()).toEqual(['unheard']);
    expect(await lab.logs.find(/committed a transaction/)).toContain(task.id);
  });

  it('takes back what was not committed because the connection broke', async () => {
    const runner = onPool(
      { url: proxy.through(lab.server.url) },
      { afterWork: () => proxy.cut() },
    );
    let error: unknown;
    const task = await lab.run(agent, async (context) => {
      error = await context
        .withTransaction(runner, payAndComplete(context, 'cut'))
        .catch((thrown: unknown) => thrown);
      await context.fail(`ended: ${context.turnEnded}`);
    });
    expect(error).toBeInstanceOf(Error);
    expect(task.status.message.parts).toEqual([{ text: 'ended: false' }]);
    expect(await lab.invoices()).toEqual([]);
  });

  it('tells nobody of what is written and not committed', async () => {
    const heard: string[] = [];
    const { events$ } = agent.app.get(TaskService);
    const subscription = events$.subscribe(({ response }) =>
      heard.push(...Object.keys(response)),
    );
    let early: string[] | undefined;
    const afterWork = async () => {
      await lab.invoices();
      early = [...heard];
    };
    await lab.run(agent, (context) =>
      context.withTransaction(
        onPool({}, { afterWork }),
        payAndComplete(context, 'silent'),
      ),
    );
    subscription.unsubscribe();
    expect(early).toEqual(['task', 'statusUpdate']);
    expect(heard).toEqual([...early!, 'artifactUpdate', 'statusUpdate']);
  });

  it('tells the operator, not the worker, what fails after the commit', async () => {
    const afterCommit = () => {
      throw new Error('cache');
    };
    const task = await lab.run(agent, (context) =>
      context.withTransaction(
        onPool({}, { afterCommit }),
        payAndComplete(context, 'after'),
      ),
    );
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    const line = await lab.logs.find(/committed a transaction/);
    expect(line).toContain('cache');
  });

  it('refuses a host that does not run the transaction', async () => {
    const unused: TransactionRunner<undefined> = async () => undefined;
    const idle: TransactionRunner<undefined> = async (work) => {
      const client = await pool.connect();
      await work(client, undefined).finally(() => client.release());
    };
    const quiet: TransactionRunner<pg.ClientBase> = async (work) => {
      const client = await pool.connect();
      await client.query('begin');
      await work(client, client).catch(() => undefined);
      await client.query('rollback');
      client.release();
    };
    const errors: any[] = [];
    await lab.run(agent, async (context) => {
      const noted = (call: Promise<unknown>) =>
        call.catch((error: unknown) => errors.push(error));
      const say = () => context.sendStatus('hi');
      await noted(context.withTransaction(unused, say));
      await noted(context.withTransaction(idle, say));
      await noted(context.withTransaction(quiet, say));
      await noted(
        context.withTransaction(quiet, async () => {
          throw new RangeError('mine');
        }),
      );
      await context.complete();
    });
    expect(errors.map(({ name }) => name)).toEqual([
      'TypeError',
      'TypeError',
      'TypeError',
      'RangeError',
    ]);
    expect(errors[1].message).toMatch(/no transaction open/);
  });
});
