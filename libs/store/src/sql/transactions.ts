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
    return unlessAborted(this.database.read(work), context?.signal);
  }

  write<T>(
    work: (session: SqlSession) => Promise<T>,
    context?: CallContext,
  ): Promise<T> {
    return unlessAborted(this.tryOften(work, context), context?.signal);
  }

  private async tryOften<T>(
    work: (session: SqlSession) => Promise<T>,
    context: CallContext | undefined,
  ): Promise<T> {
    const transaction = context?.transaction;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.database.write(work, { transaction });
      } catch (error) {
        if (!(error instanceof TransactionRetry)) {
          throw error;
        }
        if (transaction !== undefined) {
          // What the host has seen is outdated, so only the host can try again.
          throw conflict(error);
        }
        if (attempt === MAX_ATTEMPTS) {
          throw unavailable(error);
        }
        await setTimeout(FIRST_DELAY_MS * 2 ** attempt * Math.random());
      }
    }
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
