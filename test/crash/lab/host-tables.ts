import {
  bookingTable,
  type RuntimeSettings,
} from '../fleet/instance-messages.js';
import { type Booking } from '../history/history.js';
import { askPostgres } from './ask-postgres.js';

/** Makes the tables of the application, where it has some. Nothing in them keeps a row from being there twice. */
export async function createHostTables(
  runtime: RuntimeSettings,
): Promise<void> {
  if (runtime.kind === 'postgres') {
    const { url, schema } = runtime;
    await askPostgres(url, `create schema "${schema}_host"`);
    await askPostgres(
      url,
      `create table ${bookingTable(runtime)} (task_id text not null, run text not null)`,
    );
  }
}

/** All rows of the application. */
export async function readBookings(
  runtime: RuntimeSettings,
): Promise<readonly Booking[]> {
  return runtime.kind === 'postgres'
    ? askPostgres<{ taskId: string; run: string }>(
        runtime.url,
        `select task_id as "taskId", run from ${bookingTable(runtime)}`,
      )
    : [];
}
