import { type PgClient } from './pg-driver.js';

/**
 * A connection of the host, as it comes from outside.
 *
 * @throws TypeError for anything else, and for a pool: each statement would go to another connection
 */
export function asClient(value: unknown): PgClient {
  if (typeof value !== 'object' || value === null || !hasQuery(value)) {
    throw new TypeError(
      'The transaction of the host is a connected client of the "pg" package',
    );
  }
  if ('totalCount' in value) {
    throw new TypeError(
      'A pool has many connections: a transaction needs one client of it (await pool.connect())',
    );
  }
  if ('_connected' in value && value._connected === false) {
    throw new TypeError(
      'The client of the host is not connected: await client.connect() first',
    );
  }
  return value as PgClient;
}

function hasQuery(value: object): boolean {
  return 'query' in value && typeof value.query === 'function';
}
