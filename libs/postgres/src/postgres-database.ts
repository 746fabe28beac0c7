import { type StoreHealth } from '@nest-a2a/store';
import {
  type SqlDatabase,
  type SqlRow,
  type SqlSession,
  type SqlStatement,
  type WriteOptions,
} from '@nest-a2a/store/sql';
import {
  type PgClient,
  type PgPool,
  type PgQuery,
  type PooledPgClient,
} from './pg-driver.js';
import { isAnswered, unavailable } from './postgres-errors.js';
import {
  LOCK_TIMEOUT_MS,
  PostgresHostTransactions,
} from './postgres-host-transactions.js';
import { PostgresSession, type SessionSettings } from './postgres-session.js';

/** How long to wait for a free connection, milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How many may wait for one. Those that have given up count until the pool has got to them. */
const MAX_WAITING = 1_000;

const ignore = () => {};

/** A pool of connections as the stores use it. Every call settles, with `UNAVAILABLE` where there is no answer. */
export class PostgresDatabase implements SqlDatabase {
  readonly hostTransactions: PostgresHostTransactions;
  private readonly begin: string;

  constructor(
    private readonly pool: PgPool,
    readonly settings: SessionSettings,
  ) {
    this.hostTransactions = new PostgresHostTransactions(settings);
    const timeout = settings.timeoutMs;
    // The server itself ends what takes too long: this process may be frozen while it holds a lock.
    // Compiling a statement (JIT) takes longer than any of ours.
    this.begin = `begin isolation level read committed; set local statement_timeout = ${timeout}; set local lock_timeout = ${Math.min(LOCK_TIMEOUT_MS, timeout)}; set local idle_in_transaction_session_timeout = ${timeout}; set local jit = off`;
  }

  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.withClient((_client, session) => work(session));
  }

  write<T>(
    work: (session: SqlSession) => Promise<T>,
    { transaction }: WriteOptions = {},
  ): Promise<T> {
    if (transaction !== undefined) {
      return this.hostTransactions.takePart(transaction, work);
    }
    return this.withClient(async (client, session) => {
      const begun = session.query({ text: this.begin });
      if (client.pipeline !== true) {
        await begun;
      }
      // The first statement is sent behind it; where it fails, that one fails as well.
      begun.catch(ignore);
      try {
        const result = await work(session);
        await begun;
        await session.query({ text: 'commit' });
        return result;
      } catch (error) {
        await rollBack(session);
        throw error;
      }
    });
  }

  /** Runs one statement of the adapter itself. */
  query(query: PgQuery): Promise<readonly SqlRow[]> {
    return this.withClient((_client, session) => session.query(query));
  }

  /** Runs one statement that is a transaction by itself. */
  runStatement(
    statement: SqlStatement,
    values: readonly unknown[],
  ): Promise<readonly SqlRow[]> {
    const { text, name } = this.settings.vocabulary.render(statement);
    return this.query({ text, name, values });
  }

  now(): number {
    return this.settings.clock.now();
  }

  async health(): Promise<StoreHealth> {
    try {
      await this.read((session) =>
        session.run({ name: 'ping', text: 'select @now as now' }),
      );
      return { isUp: true };
    } catch (error) {
      return { isUp: false, detail: (error as Error).message };
    }
  }

  private async withClient<T>(
    work: (client: PgClient, session: PostgresSession) => Promise<T>,
  ): Promise<T> {
    const client = await this.connect();
    const session = new PostgresSession(client, this.settings);
    // Between two queries nobody else would listen, and an error without a listener ends the process.
    client.on('error', ignore);
    try {
      return await work(client, session);
    } finally {
      client.removeListener('error', ignore);
      const { lastError } = session;
      client.release(lastError !== undefined && !isAnswered(lastError));
    }
  }

  private async connect(): Promise<PooledPgClient> {
    if ((this.pool.waitingCount ?? 0) >= MAX_WAITING) {
      throw unavailable('Too many wait for a connection to PostgreSQL');
    }
    const connecting = this.pool.connect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, CONNECT_TIMEOUT_MS, 'late');
    });
    try {
      const first = await Promise.race([connecting, late]);
      if (first !== 'late') {
        return first;
      }
      connecting.then((client) => client.release(), ignore);
    } catch (cause) {
      throw unavailable('PostgreSQL cannot be reached', cause);
    } finally {
      clearTimeout(timer);
    }
    throw unavailable('No connection to PostgreSQL became free in time');
  }
}

/** Where there is no answer any more there is nothing to ask for: the connection goes, and the transaction with it. */
async function rollBack(session: PostgresSession): Promise<void> {
  const { lastError } = session;
  if (lastError === undefined || isAnswered(lastError)) {
    await session.query({ text: 'rollback' }).catch(ignore);
  }
}
