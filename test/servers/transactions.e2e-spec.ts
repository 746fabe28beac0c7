import { type TaskContext, TaskService, TurnError } from '@nest-a2a/server';
import pg from 'pg';
import { httpJson } from '../support/a2a-http.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { type TestAgent } from '../support/test-agent.js';
import {
  abortOf,
  insertInvoice,
  TransactionLab,
} from '../support/transaction-lab.js';
import { codeOf } from '../support/worker-lab.js';

describeWithPostgres('withTransaction on a connection of the host', () => {
  let lab: TransactionLab;
  let agent: TestAgent;
  let client: pg.PoolClient;

  beforeAll(async () => {
    lab = await TransactionLab.start();
    agent = await lab.agent();
    const pool = lab.pool();
    client = await pool.connect();
  });

  afterEach(() => lab.endTest());

  afterAll(async () => {
    client.release();
    await lab.close();
  });

  const failing = async () => {
    throw new Error('no');
  };

  it('commits a row and the end of the task together, and nobody sees either before', async () => {
    const seen: unknown[] = [];
    const published: string[] = [];
    const subscription = agent.app
      .get(TaskService)
      .events$.subscribe(({ response }) =>
        published.push(...Object.keys(response)),
      );
    const task = await lab.run(agent, async (context) => {
      await context.sendStatus('begun');
      const before = published.length;
      const value = await context.withTransaction(client, async (mine) => {
        await insertInvoice(mine, 'together');
        await context.emitText('Paid.');
        await context.complete();
        seen.push(context.turnEnded, published.length - before);
        seen.push(await lab.invoices(), await lab.brief(context.taskId));
        return 7;
      });
      seen.push(value, context.turnEnded);
    });
    subscription.unsubscribe();
    expect(seen).toEqual([
      true,
      0,
      [],
      ['task', 'WORKING', 'WORKING begun'],
      7,
      true,
    ]);
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(task.artifacts[0].parts).toEqual([{ text: 'Paid.' }]);
    expect(await lab.invoices()).toEqual(['together']);
    expect(await lab.brief(task.id)).toEqual([
      'task',
      'WORKING',
      'WORKING begun',
      'artifactUpdate',
      'artifactEnd',
      'COMPLETED',
    ]);
    expect(published.slice(-2)).toEqual(['artifactUpdate', 'statusUpdate']);
  });

  it('rolls both back where the work fails, and the turn goes on as if nothing had been said', async () => {
    const errors: unknown[] = [];
    const task = await lab.run(agent, async (context) => {
      await context.emitText('one ');
      await context
        .withTransaction(client, async () => {
          await insertInvoice(client, 'lost');
          await context.emitText('lost ');
          await context.emitText('lost', { artifactId: 'other' });
          await context.complete();
          await failing();
        })
        .catch((error: Error) => errors.push(error.message));
      errors.push(context.turnEnded);
      await context.emitText('two');
      await context.emitText('kept', { artifactId: 'other' });
      await context.complete();
    });
    expect(errors).toEqual(['no', false]);
    expect(await lab.invoices()).toEqual([]);
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    const texts = task.artifacts.map(({ parts }: any) =>
      parts.map(({ text }: any) => text).join(''),
    );
    expect(texts).toEqual(['one two', 'kept']);
    // The first chunk of an artifact that was taken back is the first one again.
    expect(lab.logs.lines).not.toContainEqual(
      expect.stringContaining('which was not there'),
    );
  });

  it('stores nothing of a turn that has lost its lease', async () => {
    let code: Promise<string> | undefined;
    const taskId = await lab.begin(agent, async (context) => {
      code = codeOf(
        context.withTransaction(client, async () => {
          await insertInvoice(client, 'late');
          await lab.query(
            'update a2a.task set epoch = epoch + 1 where id = $1',
            [context.taskId],
          );
          // Nothing is said: the row alone needs the lease.
        }),
      );
      await code;
    });
    await lab.logs.find(/lost its turn/);
    expect(await code).toBe('TURN_LOST');
    await agent.app.get(TaskService).delete(taskId);
    expect(await lab.invoices()).toEqual([]);
  });

  it('does not commit an end that a cancellation was faster than', async () => {
    let code: string | undefined;
    const task = await lab.run(agent, async (context) => {
      code = await codeOf(
        context.withTransaction(client, async () => {
          await insertInvoice(client, 'cancelled');
          await context.complete();
          void httpJson.call(agent.url, 'CancelTask', { id: context.taskId });
          await abortOf(context);
        }),
      );
    });
    expect(code).toBe('TURN_CANCELED');
    expect(task.status.state).toBe('TASK_STATE_CANCELED');
    expect(await lab.invoices()).toEqual([]);
  });

  it('lets a cancelled worker clean up in a transaction', async () => {
    const task = await lab.run(agent, async (context) => {
      void httpJson.call(agent.url, 'CancelTask', { id: context.taskId });
      await abortOf(context);
      await context.withTransaction(client, async () => {
        await insertInvoice(client, 'refund');
        await context.sendStatus('refunded');
      });
    });
    expect(await lab.brief(task.id)).toEqual([
      'task',
      'WORKING',
      'WORKING refunded',
      'CANCELED',
    ]);
    expect(await lab.invoices()).toEqual(['refund']);
  });

  it('keeps what is said elsewhere until the transaction has ended, in order', async () => {
    const task = await lab.run(agent, async (context) => {
      const outside: Promise<unknown>[] = [];
      const say = (text: string) => outside.push(context.sendStatus(text));
      let isInside: () => void = () => undefined;
      const entered = new Promise<void>((resolve) => (isInside = resolve));
      let leave: () => void = () => undefined;
      const left = new Promise<void>((resolve) => (leave = resolve));
      const first = context.withTransaction(client, async () => {
        await context.sendStatus('inside 1');
        isInside();
        await left;
        await context.sendStatus('inside 2');
      });
      await entered;
      say('outside 1');
      const other = await lab.pool().connect();
      const second = context
        .withTransaction(other, () => context.sendStatus('second'))
        .finally(() => other.release());
      say('outside 2');
      expect(await lab.brief(context.taskId)).toEqual(['task', 'WORKING']);
      leave();
      await Promise.all([first, second, ...outside]);
      await context.complete();
    });
    expect(await lab.brief(task.id)).toEqual([
      'task',
      'WORKING',
      'WORKING inside 1',
      'WORKING inside 2',
      'WORKING outside 1',
      'WORKING second',
      'WORKING outside 2',
      'COMPLETED',
    ]);
  });

  it('stores a step with the rows that it has written', async () => {
    let runs = 0;
    const pay = (context: TaskContext, isFailing: boolean) =>
      context.withTransaction(client, async () => {
        await context.once('pay', async () => {
          runs += 1;
          await insertInvoice(client, `run ${runs}`);
          return runs;
        });
        if (isFailing) await failing();
      });
    const task = await lab.run(agent, async (context) => {
      await pay(context, true).catch(() => undefined);
      await pay(context, false);
      await pay(context, false);
      await context.complete(String(await context.once('pay', () => 99)));
    });
    expect(task.artifacts[0].parts).toEqual([{ text: '2' }]);
    expect(await lab.invoices()).toEqual(['run 2']);
  });

  it('refuses what has no place in a transaction, and says what to do', async () => {
    const refusals: unknown[] = [];
    const refused = (call: Promise<unknown>) =>
      call.catch((error: Error) => refusals.push(error));
    await lab.run(agent, async (context) => {
      await context.withTransaction(client, async () => {
        await refused(context.withTransaction(client, async () => undefined));
        await refused(context.updateContext({}));
        await context.complete();
      });
    });
    expect(refusals).toEqual([expect.any(TypeError), expect.any(TurnError)]);
    expect(refusals[1]).toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  it('refuses what is no connection that a transaction can begin on', async () => {
    const used: string[] = [];
    const attempt = (context: TaskContext, given: object) =>
      context
        .withTransaction(given, async () => void used.push('work'))
        .catch((error: unknown) => error);
    const answers: unknown[] = [];
    const begun = await lab.pool().connect();
    await begun.query('begin');
    await insertInvoice(begun, 'mine');
    await lab.run(agent, async (context) => {
      answers.push(
        await attempt(context, new pg.Client(lab.server.url)),
        await attempt(context, lab.pool()),
        await attempt(context, {}),
        await attempt(context, begun),
      );
      await context.complete();
    });
    expect(answers).toEqual(answers.map(() => expect.any(TypeError)));
    expect(used).toEqual([]);
    // The transaction that was open is as it was.
    await begun.query('commit');
    begun.release();
    expect(await lab.invoices()).toEqual(['mine']);
  });

  it('rejects where a statement has failed that nobody has looked at', async () => {
    let error: any;
    const task = await lab.run(agent, async (context) => {
      error = await context
        .withTransaction(client, async () => {
          await insertInvoice(client, 'half');
          await client.query('select 1 / 0').catch(() => undefined);
          await context.complete();
        })
        .catch((thrown: unknown) => thrown);
      await context.fail('not paid');
    });
    expect(error).toMatchObject({ code: '25P02' });
    expect(task.status.state).toBe('TASK_STATE_FAILED');
    expect(await lab.invoices()).toEqual([]);
  });

  it('has room for a thousand emits, and commits nothing of a transaction with more', async () => {
    let code: string | undefined;
    const task = await lab.run(agent, async (context) => {
      code = await codeOf(
        context.withTransaction(client, async () => {
          await insertInvoice(client, 'talkative');
          for (let i = 0; i <= 1_000; i++) {
            void context.emitText('x');
          }
        }),
      );
      await context.complete();
    });
    expect(code).toBe('TOO_MANY_PENDING');
    expect(await lab.brief(task.id)).toEqual(['task', 'WORKING', 'COMPLETED']);
    expect(await lab.invoices()).toEqual([]);
  });

  it('commits nothing that the worker did not wait for', async () => {
    let code: Promise<string> | undefined;
    let goOn: () => void = () => undefined;
    const task = await lab.run(agent, async (context) => {
      await new Promise<void>((begun) => {
        code = codeOf(
          context.withTransaction(client, async () => {
            await insertInvoice(client, 'forgotten');
            await context.complete();
            begun();
            await new Promise<void>((resolve) => (goOn = resolve));
          }),
        );
      });
    });
    expect(task.status.state).toBe('TASK_STATE_FAILED');
    goOn();
    expect(await code).toBe('TURN_ENDED');
    expect(await lab.invoices()).toEqual([]);
  });
});
