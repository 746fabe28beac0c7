import { type HostTransactions } from '../host-transactions.js';
import { type StoreHealth } from '../task-store.js';

/** A parameter of a statement. */
export type SqlValue = string | number | boolean | Uint8Array | null;

/** A row by the names of its columns. Numbers are numbers, flags are booleans or 0 and 1. */
export type SqlRow = Readonly<Record<string, unknown>>;

/**
 * A statement of the stores. Its text has `$1`, `$2`, … for the parameters and
 * words with an `@` for what differs between databases:
 *
 * - `@task`, `@event`, …: the tables
 * - `@now`: the time, milliseconds; `@started`: the same, constant within the statement, so that an index can be used
 * - `@lock`: lock the rows, wait for others; `@skip`: lock the rows that nobody has locked; `@share`: keep the rows from being deleted
 * - `@in($1)`, `@inNumbers($1)`: is one of a JSON array of texts or of numbers
 * - `@parts($1)`: a table `w` with `place`, `agent`, `start` and `upto` of a JSON array of such objects
 * - `@ranges($1)`: a table `w` with `task`, `after` and `upto` of a JSON array of such objects
 */
export interface SqlStatement {
  /** Unique among all statements. */
  readonly name: string;
  readonly text: string;
}

/** Runs statements, one after the other. */
export interface SqlSession {
  run(
    statement: SqlStatement,
    values?: readonly SqlValue[],
  ): Promise<readonly SqlRow[]>;

  /** Runs an `insert … values (…)` for many rows. */
  insert(
    statement: SqlStatement,
    rows: readonly (readonly SqlValue[])[],
  ): Promise<void>;
}

/** What a transaction may be told. */
export interface WriteOptions {
  /** A transaction of the host to take part in, in the form that the adapter understands. */
  readonly transaction?: unknown;
}

/**
 * A database. Errors of the connection are StoreErrors `UNAVAILABLE`, and every
 * call settles within a bounded time. Where work has to be tried again, reads as
 * well, the error is a {@link TransactionRetry}.
 */
export interface SqlDatabase {
  /** Runs statements that each see what is committed when they begin. */
  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;

  /**
   * Runs a transaction in which each statement sees what was committed when it
   * began, so one that follows a lock sees what the lock protects. Rolled back
   * where the work throws.
   */
  write<T>(
    work: (session: SqlSession) => Promise<T>,
    options?: WriteOptions,
  ): Promise<T>;

  /** Transactions of the host that {@link WriteOptions.transaction} may name. */
  readonly hostTransactions?: HostTransactions;

  /** The database's clock, milliseconds, estimated. */
  now(): number;

  health(): Promise<StoreHealth>;
}

/** Says that work had to give way to another transaction and may succeed when it is tried again. */
export class TransactionRetry extends Error {
  override readonly name = 'TransactionRetry';
}
