import { StoreError } from '@nest-a2a/store';
import { TransactionRetry } from '@nest-a2a/store/sql';

/** Why a store on PostgreSQL cannot be opened. */
export type PostgresSetupErrorCode =
  /** There is no server, or it lets nobody in; `cause` is the error of the driver. */
  | 'CONNECTION_FAILED'
  /** The tables are missing, or of an older version, and `migrations` is `verify`. */
  | 'SCHEMA_OUTDATED'
  /** The database does not keep text in UTF-8. */
  | 'ENCODING_NOT_SUPPORTED'
  /** PostgreSQL is older than 13. */
  | 'SERVER_TOO_OLD'
  /** Others hold the tables that a migration has to change, and do not let go. */
  | 'TABLES_IN_USE';

/** A database that cannot be used as it is. Recognise it by its `code`. */
export class PostgresSetupError extends Error {
  override readonly name = 'PostgresSetupError';

  constructor(
    readonly code: PostgresSetupErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Serialization failure and deadlock. */
const RETRY = ['40001', '40P01'];
/** A prepared statement that a pooler has lost or already has, or whose tables have changed. */
const NOT_PREPARED = ['26000', '42P05', '0A000'];
/**
 * Connection, resources, authentication; locks and statements that took too long;
 * a server that shuts down, starts, or has become a standby.
 */
const UNAVAILABLE =
  /^(08...|53...|28...|55P03|57014|57P0.|25P0[34]|25006|58...)$/;

/** The SQLSTATE of an error, or `undefined` for one that the server did not send. */
export function sqlStateOf(error: unknown): string | undefined {
  const isAnswer = error instanceof Error && 'severity' in error;
  return isAnswer && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** Whether an error says that prepared statements do not work here. */
export function saysNotPrepared(error: unknown): boolean {
  return NOT_PREPARED.includes(sqlStateOf(error) ?? '');
}

const LOCK_TIMEOUT = '55P03';

/** Whether a transaction was rolled back because another one has, or waits for, what it wants. */
export function gaveWay(error: unknown): boolean {
  const state = sqlStateOf(error) ?? '';
  return RETRY.includes(state) || state === LOCK_TIMEOUT;
}

/** A session that may only read stays so, also when the server has become writable, or another one has. */
const GONE = /^(08|57P|25P03|25006)/;

/** Whether the connection is still good after an error: the server has answered, and goes on. */
export function isAnswered(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state !== undefined && !GONE.test(state);
}

/** An error of the driver as the ports know it. */
export function toStoreError(cause: unknown): unknown {
  const state = sqlStateOf(cause);
  if (state === undefined) {
    return unavailable('The connection to PostgreSQL is lost', cause);
  }
  if (RETRY.includes(state) || saysNotPrepared(cause)) {
    return new TransactionRetry(`PostgreSQL says ${state}`, { cause });
  }
  if (UNAVAILABLE.test(state)) {
    return unavailable(`PostgreSQL says ${state}`, cause);
  }
  return cause;
}

/** What cannot be known now. */
export function unavailable(message: string, cause?: unknown): StoreError {
  return new StoreError('UNAVAILABLE', message, { cause });
}
