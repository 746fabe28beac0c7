import { type QueryConfig } from 'pg';
import { type InstanceSettings } from '../fleet/instance-messages.js';
import { askPostgres } from '../lab/ask-postgres.js';

/**
 * Writes into the tables as a statement without its condition would.
 *
 * @param queryOf given the full names of tables
 */
export async function writeRaw(
  { runtime }: InstanceSettings,
  queryOf: (table: (name: string) => string) => QueryConfig,
): Promise<void> {
  if (runtime.kind !== 'postgres') {
    throw new TypeError('This mutant lives in PostgreSQL');
  }
  const query = queryOf((name) => `"${runtime.schema}".${name}`);
  await askPostgres(runtime.url, query);
}
