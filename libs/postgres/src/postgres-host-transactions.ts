import { type HostTransactions } from '@nest-a2a/store';
import { type SqlSession } from '@nest-a2a/store/sql';
import { asClient } from './host-client.js';
import { type PgClient } from './pg-driver.js';
import { isAnswered, sqlStateOf } from './postgres-errors.js';
import { PostgresSession, type SessionSettings } from './postgres-session.js';

/** How long to wait for the lock of another transaction, milliseconds. */
export const LOCK_TIMEOUT_MS = 5_000;

/** "There is a transaction in progress", a notice or an error. */
const ACTIVE_TRANSACTION = '25001';
/** "There is no transaction in progress". */
const NO_ACTIVE_TRANSACTION = '25P01';

const ignore = () => {};

/** Transactions on connections of the host. */
export class PostgresHostTransactions implements HostTransactions {
  private readonly limits: string;

  constructor(private readonly settings: SessionSettings) {
    const { timeoutMs } = settings;
    // The task is locked from now on: the server itself ends what does not go on.
    this.limits = `set local statement_timeout = ${timeoutMs}; set local lock_timeout = ${Math.min(LOCK_TIMEOUT_MS, timeoutMs)}; set local idle_in_transaction_session_timeout = ${timeoutMs}`;
  }

  async run(
    value: unknown,
    work: () => Promise<void>,
    { idleTimeoutMs }: { readonly idleTimeoutMs: number },
  ): Promise<void> {
    const client = asClient(value);
    const session = new PostgresSession(client, this.settings);
    // Between two statements nobody may listen, and an error without a listener ends the process.
    client.on('error', ignore);
    try {
      await begin(client, session);
      try {
        await session.query({
          text: `set local idle_in_transaction_session_timeout = ${idleTimeoutMs}`,
        });
        await work();
        await commit(session);
      } catch (error) {
        await rollBack(session);
        throw error;
      }
    } finally {
      const { lastError } = session;
      // A connection that is lost may say so later, and more than once.
      if (lastError === undefined || isAnswered(lastError)) {
        client.removeListener('error', ignore);
      }
    }
  }

  async guard<T>(value: unknown, call: () => Promise<T>): Promise<T> {
    const client = asClient(value);
    let isLost = false;
    const note = () => {
      isLost = true;
    };
    client.on('error', note);
    try {
      return await call();
    } finally {
      // A connection that is lost may say so more than once.
      if (!isLost) client.removeListener('error', note);
    }
  }

  /** Runs work within a transaction that the host has begun: what the work has done is undone where it throws, nothing else. */
  async takePart<T>(
    value: unknown,
    work: (session: SqlSession) => Promise<T>,
  ): Promise<T> {
    const session = new PostgresSession(asClient(value), this.settings);
    await session
      .query({ text: `savepoint a2a; ${this.limits}` })
      .catch(explainMissingTransaction);
    try {
      const result = await work(session);
      await session.query({ text: 'release savepoint a2a' });
      return result;
    } catch (error) {
      await session.query({ text: 'rollback to savepoint a2a' }).catch(ignore);
      throw error;
    }
  }
}

/** @throws TypeError where a transaction is open: ours would end in the middle of it */
async function begin(
  client: PgClient,
  session: PostgresSession,
): Promise<void> {
  let isOpen = false;
  const listen = ({ code }: { code?: string }) => {
    isOpen ||= code === ACTIVE_TRANSACTION;
  };
  client.on('notice', listen);
  try {
    await session.query({
      text: 'begin isolation level read committed',
    });
  } catch (error) {
    isOpen = sqlStateOf(error) === ACTIVE_TRANSACTION;
    if (!isOpen) {
      throw error;
    }
  } finally {
    client.removeListener('notice', listen as () => void);
  }
  if (isOpen) {
    throw new TypeError(
      'The client of the host has a transaction open already: pass a function that runs the transaction',
    );
  }
}

async function commit(session: PostgresSession): Promise<void> {
  // A transaction with a failed statement is not committed, and that is no error for the server.
  if ((await session.command('commit')) === 'ROLLBACK') {
    throw new Error(
      'The transaction was rolled back: one of its statements had failed',
    );
  }
}

/** Where there is no answer any more the transaction ends with the connection. */
async function rollBack(session: PostgresSession): Promise<void> {
  const { lastError } = session;
  if (lastError === undefined || isAnswered(lastError)) {
    await session.query({ text: 'rollback' }).catch(ignore);
  }
}

function explainMissingTransaction(error: unknown): never {
  if (sqlStateOf(error) === NO_ACTIVE_TRANSACTION) {
    throw new TypeError('The client of the host has no transaction open', {
      cause: error,
    });
  }
  throw error;
}
