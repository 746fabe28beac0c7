import { setTimeout } from 'node:timers/promises';
import { type CallContext } from '../scope.js';
import { StoreError } from '../store-error.js';
import {
  type SqlDatabase,
  type SqlSession,
  TransactionRetry,
} from './sql-database.js';

/** Each lost race means that another transaction won, so more would not help. */
const MAX_ATTEMPTS = 8;
const FIRST_DELAY_MS = 4;

/** Runs work in a database: tries again what had to give way, and ends the wait of callers that have gone. */
export class Transactions {
  constructor(private readonly database: SqlDatabase) {}

  read<T>(
    work: (session: SqlSession) => Promise<T>,
    context?: CallContext,
  ): Promise<T> {
    const read = tryOften(() => this.database.read(work));
    return unlessAborted(read, context?.signal);
  }

  write<T>(
    work: (session: SqlSession) => Promise<T>,
    context?: CallContext,
  ): Promise<T> {
    const transaction = context?.transaction;
    const write = () => this.database.write(work, { transaction });
    return unlessAborted(
      transaction === undefined ? tryOften(write) : tryOnce(write),
      context?.signal,
    );
  }
}

async function tryOften<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof TransactionRetry)) {
        throw error;
      }
      if (attempt === MAX_ATTEMPTS) {
        throw unavailable(error);
      }
      await setTimeout(FIRST_DELAY_MS * 2 ** attempt * Math.random());
    }
  }
}

/** What the host has seen is outdated, so only the host can try again. */
async function tryOnce<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof TransactionRetry ? conflict(error) : error;
  }
}

function conflict(cause: TransactionRetry): StoreError {
  return new StoreError(
    'VERSION_CONFLICT',
    'The transaction has to be begun again: another one wrote in between',
    { cause },
  );
}

function unavailable(cause: TransactionRetry): StoreError {
  return new StoreError(
    'UNAVAILABLE',
    `The database let ${MAX_ATTEMPTS} attempts give way to other transactions`,
    { cause },
  );
}

/** Ends the wait for work when the caller has gone; the work goes on. */
export function unlessAborted<T>(
  work: Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (!signal) {
    return work;
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener('abort', abort, { once: true });
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
