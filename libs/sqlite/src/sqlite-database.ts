import { setImmediate } from 'node:timers/promises';
import { StoreError, type StoreHealth } from '@nest-a2a/store';
import {
  type SqlDatabase,
  type SqlSession,
  type WriteOptions,
} from '@nest-a2a/store/sql';
import { closeFile } from './open-file.js';
import { type SqliteConnection } from './sqlite-driver.js';
import { toStoreError } from './sqlite-errors.js';
import { SqliteSession } from './sqlite-session.js';

/** How long a transaction takes in more work before it commits, milliseconds. The event loop stands still meanwhile. */
const MAX_BATCH_MS = 4;

/** Work that waits for the next transaction. */
interface Job {
  /** Runs it. @returns what to do once the transaction is committed */
  readonly run: (session: SqlSession) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/**
 * One connection to a file that nobody else uses. Work that arrives together
 * shares a transaction, each in a savepoint of its own, and has its answer when
 * that is on the disk: so what is answered never gets lost, and what is seen is
 * never taken back.
 */
export class SqliteDatabase implements SqlDatabase {
  private readonly session: SqliteSession;
  private readonly jobs: Job[] = [];
  private running: Promise<void> | undefined;
  private isClosed = false;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly clock: () => number,
  ) {
    this.session = new SqliteSession(connection, clock);
  }

  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.write(work);
  }

  async write<T>(
    work: (session: SqlSession) => Promise<T>,
    { transaction }: WriteOptions = {},
  ): Promise<T> {
    if (transaction !== undefined) {
      throw new TypeError('SQLite takes part in no transaction of the host');
    }
    if (this.isClosed) {
      throw new StoreError('UNAVAILABLE', 'The file is closed');
    }
    return new Promise<T>((resolve, reject) => {
      const run = async (session: SqlSession) => {
        const result = await work(session);
        return () => resolve(result);
      };
      this.jobs.push({ run, reject });
      this.running ??= this.runAll();
    });
  }

  now(): number {
    return this.clock();
  }

  async health(): Promise<StoreHealth> {
    try {
      await this.read((session) =>
        session.run({ name: 'ping', text: 'select 1' }),
      );
      return { isUp: true };
    } catch (error) {
      return { isUp: false, detail: (error as Error).message };
    }
  }

  /** Does what was asked for and lets go of the file. */
  async close(): Promise<void> {
    if (!this.isClosed) {
      this.isClosed = true;
      await this.running;
      closeFile(this.connection);
    }
  }

  private async runAll(): Promise<void> {
    while (this.jobs.length > 0) {
      // Others have their turn between two transactions, and what they ask for goes into the next.
      await setImmediate();
      await this.runBatch();
    }
    this.running = undefined;
  }

  private async runBatch(): Promise<void> {
    const committed: (Job & { settle: () => void })[] = [];
    try {
      this.connection.exec('begin immediate');
      const end = performance.now() + MAX_BATCH_MS;
      do {
        const job = this.jobs.shift();
        if (!job) {
          break;
        }
        const settle = await this.runJob(job);
        committed.push({ ...job, settle });
      } while (performance.now() < end);
      this.connection.exec('commit');
    } catch (error) {
      this.abandon(committed, error);
      return;
    }
    for (const { settle } of committed) {
      settle();
    }
  }

  /** Where the work throws it is undone, and its caller learns that once the others are committed. */
  private async runJob({ run, reject }: Job): Promise<() => void> {
    this.connection.exec('savepoint job');
    try {
      const settle = await run(this.session);
      this.connection.exec('release job');
      return settle;
    } catch (error) {
      if (!this.connection.inTransaction) {
        // SQLite has ended the whole transaction: a full disk, a broken one.
        reject(error);
        throw error;
      }
      this.connection.exec('rollback to job; release job');
      return () => reject(error);
    }
  }

  /** Nothing of a transaction was written that could not be committed. */
  private abandon(jobs: readonly Job[], error: unknown): void {
    if (this.connection.inTransaction) {
      this.connection.exec('rollback');
    }
    const cause = toStoreError(error);
    const unavailable =
      cause instanceof StoreError
        ? cause
        : new StoreError('UNAVAILABLE', 'SQLite could not commit', { cause });
    // Where not even a transaction could be begun, whoever waits would wait for ever.
    const waiting = jobs.length > 0 ? jobs : this.jobs.splice(0);
    for (const { reject } of waiting) {
      reject(unavailable);
    }
  }
}
