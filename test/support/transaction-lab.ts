import { once } from 'node:events';
import { type TaskContext } from '@nest-a2a/server';
import { postgres } from '@nest-a2a/postgres';
import pg from 'pg';
import { httpJson, sendParams } from './a2a-http.js';
import { held } from './internals.js';
import { LogCollector } from './log-collector.js';
import { DURABLE_PUSH } from './shared-runtime.js';
import { startServer, type TestServer } from './postgres-server.js';
import { startAgent, type TestAgent } from './test-agent.js';
import { until } from './until.js';

/** An agent whose tasks are in the database of the application, which also has invoices. */
export class TransactionLab {
  logs = new LogCollector();
  readonly agents: TestAgent[] = [];
  private readonly pools: pg.Pool[] = [];
  private serial = 0;

  private constructor(readonly server: TestServer) {}

  static async start(): Promise<TransactionLab> {
    const lab = new TransactionLab(await startServer());
    await lab.query('create table invoice (id text primary key)');
    return lab;
  }

  /** Starts an instance of the application. */
  async agent(
    options: Parameters<typeof startAgent>[0] = {},
    url = this.server.url,
  ): Promise<TestAgent> {
    const agent = await startAgent({
      ...options,
      options: {
        runtime: postgres({ url, onWarning: () => undefined }),
        push: DURABLE_PUSH,
        ...options.options,
      },
    });
    agent.app.useLogger(this.logs);
    this.agents.push(agent);
    return agent;
  }

  /** Connections of the application's own. */
  pool(url = this.server.url): pg.Pool {
    const pool = new pg.Pool({ connectionString: url });
    pool.on('error', () => undefined);
    this.pools.push(pool);
    return pool;
  }

  /** Lets the worker do something with a message, and resolves with the task when its turn has ended. */
  async run(
    agent: TestAgent,
    behaviour: (context: TaskContext) => Promise<unknown>,
  ): Promise<any> {
    const { body } = await this.send(agent, behaviour);
    return body.task;
  }

  /** The same for a caller who does not wait. */
  async begin(
    agent: TestAgent,
    behaviour: (context: TaskContext) => Promise<unknown>,
  ): Promise<string> {
    const configuration = { returnImmediately: true };
    const { body } = await this.send(agent, behaviour, configuration);
    return body.task.id;
  }

  private send(
    agent: TestAgent,
    behaviour: (context: TaskContext) => Promise<unknown>,
    configuration: object = {},
  ) {
    this.serial += 1;
    const text = `run ${this.serial}`;
    this.agents.forEach(({ worker }) =>
      worker.on(text, async (context) => {
        await behaviour(context);
      }),
    );
    const params = sendParams(text, { configuration });
    return httpJson.call(agent.url, 'SendMessage', params);
  }

  /** The log of a task in short: `task`, `WORKING`, `artifactUpdate`, … */
  async brief(taskId: string): Promise<string[]> {
    const rows = await this.query(
      `select e.kind, e.body from a2a.event e join a2a.task t on t.num = e.task
       where t.id = $1 order by e.seq`,
      [taskId],
    );
    return rows.map(({ kind, body }) => {
      if (kind !== 'statusUpdate') return kind;
      const { status } = JSON.parse(body).statusUpdate;
      const text = status.message?.parts[0].text;
      const name = status.state.replace('TASK_STATE_', '');
      return text === undefined ? name : `${name} ${text}`;
    });
  }

  async invoices(): Promise<string[]> {
    const rows = await this.query('select id from invoice order by id');
    return rows.map(({ id }) => id);
  }

  /** Resolves when an invoice is committed. */
  async untilInvoice(id: string): Promise<void> {
    await until(
      async () => (await this.invoices()).includes(id),
      `the invoice ${id}`,
    );
  }

  /** Asks the server on a connection that nobody else uses. */
  async query(text: string, values: unknown[] = []): Promise<any[]> {
    const client = new pg.Client({ connectionString: this.server.url });
    await client.connect();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** Resolves when no turn runs any more, and forgets the invoices. */
  async endTest(): Promise<void> {
    for (const { app } of this.agents) {
      await until(() => held(app).turns === 0, 'turns to end');
    }
    this.logs = new LogCollector();
    this.agents.forEach(({ app }) => app.useLogger(this.logs));
    await this.query('truncate invoice');
  }

  async close(): Promise<void> {
    for (const agent of this.agents) await agent.close();
    for (const pool of this.pools) await pool.end();
    await this.server.stop();
  }
}

/** Writes an invoice on a connection. */
export const insertInvoice = (client: pg.ClientBase, id: string) =>
  client.query('insert into invoice values ($1)', [id]);

/** Resolves when a signal aborts. */
export async function abortOf({ signal }: TaskContext): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
