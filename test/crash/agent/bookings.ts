import { setTimeout } from 'node:timers/promises';
import { type TaskContext, TurnError } from '@nest-a2a/server';
import pg from 'pg';
import {
  bookingTable,
  type RuntimeSettings,
} from '../fleet/instance-messages.js';

const AGAIN_MS = 200;
/** After these the turn may try again; after the others it is over. */
const PASSING = ['TRANSACTION_TIMED_OUT', 'TRANSACTION_CONFLICT'];

/** Rows of the application, in the database of the runtime. */
export class Bookings {
  private readonly pool: pg.Pool;
  private readonly table: string;

  constructor(runtime: Extract<RuntimeSettings, { kind: 'postgres' }>) {
    this.table = bookingTable(runtime);
    this.pool = new pg.Pool({
      connectionString: runtime.url,
      application_name: 'crashlab-bookings',
      max: 4,
    });
    // A connection that breaks while nobody uses it is replaced.
    this.pool.on('error', () => undefined);
    // So is one that breaks when somebody has just got it.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Does all of it in one commit, and again where that failed and nothing was stored.
   *
   * @param work says what belongs to the row that `write` writes
   */
  async inOneCommit(
    context: TaskContext,
    work: (write: (run: string) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    for (;;) {
      try {
        return await this.attempt(context, work);
      } catch (error) {
        if (context.signal.aborted || isFinal(error)) throw error;
        await setTimeout(AGAIN_MS);
      }
    }
  }

  private async attempt(
    context: TaskContext,
    work: (write: (run: string) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const client = await this.pool.connect();
    let failure: unknown;
    try {
      await context.withTransaction(client, () =>
        work(async (run) => {
          await client.query(
            `insert into ${this.table} (task_id, run) values ($1, $2)`,
            [context.taskId, run],
          );
        }),
      );
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      // Who knows what state a connection is in that has failed.
      client.release(failure !== undefined);
    }
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof TurnError && !PASSING.includes(error.code);
}
