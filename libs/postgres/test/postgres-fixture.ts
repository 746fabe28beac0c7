import { randomUUID } from 'node:crypto';
import {
  type NewEvent,
  type OpenRuntime,
  SYSTEM_CONTEXT,
  systemClock,
  type TaskStore,
} from '@nest-a2a/store';
import pg from 'pg';
import { type PgPool, type PooledPgClient } from '../src/pg-driver.js';
import { postgres } from '../src/postgres.js';
import { type PostgresOptions } from '../src/postgres-options.js';
import {
  type ServerSettings,
  startServer,
  type TestServer,
} from './postgres-server.js';

/** Whose tasks the tests make. */
export const SCOPE = { agent: 'reports', tenant: 'acme', principal: 'alice' };

/** A task that a test has made. */
export interface Sample {
  readonly taskId: string;
  readonly contextId: string;
  readonly version: number;
}

/** A server, and what a test has opened on it. */
export class PostgresFixture {
  private readonly opened: { close(): Promise<unknown> }[] = [];
  private server: TestServer | undefined;
  private schemas = 0;
  schema = '';

  /** Starts the server. Once for a file. */
  async start(settings?: ServerSettings): Promise<void> {
    this.server = await startServer(settings);
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  get url(): string {
    return this.running.url;
  }

  get running(): TestServer {
    if (!this.server) {
      throw new Error('The server is not started');
    }
    return this.server;
  }

  /** A schema that no test has used. */
  newSchema(): string {
    this.schemas += 1;
    this.schema = `t${process.pid}_${Date.now()}_${this.schemas}`;
    return this.schema;
  }

  /** Opens a runtime in the schema of the test. */
  async open(
    options: PostgresOptions = { url: this.url },
  ): Promise<OpenRuntime> {
    const schema = this.schema === '' ? this.newSchema() : this.schema;
    const runtime = postgres({ schema, onWarning: () => {}, ...options });
    return this.closeLater(await runtime.open({ clock: systemClock }));
  }

  /** A pool of the host. */
  pool(config: pg.PoolConfig = {}): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.url, ...config });
    pool.on('error', () => {});
    this.closeLater({ close: () => pool.end() });
    return pool;
  }

  /** Closes what the test has opened, the last first. */
  async closeAll(): Promise<void> {
    for (const opened of this.opened.splice(0).reverse()) {
      await opened.close();
    }
    this.schema = '';
  }

  /** Asks the server directly; `$schema` is the schema of the test. */
  async query(
    text: string,
    values: unknown[] = [],
  ): Promise<Record<string, any>[]> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      const sql = text.replaceAll('$schema', `"${this.schema}"`);
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  closeLater<T extends { close(): Promise<unknown> }>(opened: T): T {
    this.opened.push(opened);
    return opened;
  }
}

/** A pool of which some methods of the connections are others. */
export function withClients(
  pool: pg.Pool,
  change: (client: PooledPgClient) => Partial<PooledPgClient>,
): PgPool {
  return {
    connect: async () => {
      const client: PooledPgClient = await pool.connect();
      return {
        query: (query) => client.query(query),
        on: (name, listener) => client.on(name, listener),
        removeListener: (name, listener) =>
          client.removeListener(name, listener),
        release: (destroy) => client.release(destroy),
        ...change(client),
      };
    },
  };
}

/** An event with an id of its own. */
export function event(body: NewEvent['body']): NewEvent {
  return { id: randomUUID(), body };
}

export function chunk(
  task: Pick<Sample, 'taskId' | 'contextId'>,
  text: string,
): NewEvent {
  const { taskId, contextId } = task;
  const artifact = { artifactId: 'output', parts: [{ text }] };
  return event({
    kind: 'artifactUpdate',
    artifactUpdate: { taskId, contextId, artifact, append: true },
  });
}

export function status(
  task: Pick<Sample, 'taskId' | 'contextId'>,
  state: 'WORKING' | 'COMPLETED' | 'CANCELED' = 'WORKING',
): NewEvent {
  const { taskId, contextId } = task;
  return event({
    kind: 'statusUpdate',
    statusUpdate: {
      taskId,
      contextId,
      status: { state: `TASK_STATE_${state}` },
    },
  });
}

export function message(text: string): NewEvent {
  return event({
    kind: 'message',
    message: { messageId: randomUUID(), role: 'ROLE_USER', parts: [{ text }] },
    turn: {},
  });
}

/** Creates a task, claimed where an owner is named. */
export async function createTask(
  store: TaskStore,
  {
    owner,
    leaseMs = 60_000,
    taskId = randomUUID(),
    contextId = randomUUID(),
    agent = SCOPE.agent,
    messageId,
  }: {
    owner?: string;
    leaseMs?: number;
    taskId?: string;
    contextId?: string;
    agent?: string;
    messageId?: string;
  } = {},
) {
  const answer = await store.log.create(
    {
      scope: { ...SCOPE, agent },
      taskId,
      contextId,
      isAnnounced: true,
      events: [
        event({
          kind: 'task',
          task: {
            id: taskId,
            contextId,
            status: { state: 'TASK_STATE_SUBMITTED' },
          },
          turn: {},
        }),
      ],
      ...(owner !== undefined && { claim: { owner, leaseMs } }),
      ...(messageId !== undefined && {
        idempotency: { messageId, fingerprint: 'f' },
      }),
    },
    SYSTEM_CONTEXT,
  );
  return {
    taskId,
    contextId,
    version: 1,
    answer,
    ...(answer.kind === 'accepted' && { claim: answer.claim }),
  };
}

/** A configuration that selects status updates. */
export function pushConfig(
  id = randomUUID() as string,
  origin = 'https://hooks.example',
) {
  return {
    id,
    protocolVersion: '1.0' as const,
    select: 'status' as const,
    origin,
    sealed: Uint8Array.of(1, 2, 3),
  };
}

/** What a call was refused with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );
}

/** Waits until something is so; the test's own time limit ends the wait. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  while (!(await isSo())) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
