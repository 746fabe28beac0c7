import { type PgPool, type PooledPgClient } from '@nest-a2a/postgres';
import { type Clock } from '@nest-a2a/store';
import pg from 'pg';
import { execute } from './postgres-server.js';

/** Where the functions are that stand in for the server's own. */
const SCHEMA = 'a2a_test_time';
/** The setting of a connection that says what the time is, milliseconds since 1970. */
const SETTING = 'a2a_test.now';

const TIME = `timestamptz 'epoch'
  + current_setting('${SETTING}')::bigint * interval '1 millisecond'`;

/** Makes a server ready for {@link poolWithTimeOf}. Once for each run. */
export async function installTime(url: string): Promise<void> {
  await execute(
    url,
    `create schema if not exists ${SCHEMA};
     create or replace function ${SCHEMA}.clock_timestamp() returns timestamptz
       language sql volatile as $$ select ${TIME} $$;
     create or replace function ${SCHEMA}.statement_timestamp() returns timestamptz
       language sql stable as $$ select ${TIME} $$;`,
  );
}

/** A pool of connections on which the server's time is that of a clock of this process. */
export function poolWithTimeOf(
  clock: Clock,
  config: pg.PoolConfig,
): PgPool & { end(): Promise<void> } {
  const pool = new pg.Pool({
    ...config,
    options: `-c search_path=${SCHEMA},pg_catalog`,
  });
  pool.on('error', () => undefined);
  return {
    connect: async () => withTimeOf(clock, await pool.connect()),
    end: () => pool.end(),
  };
}

function withTimeOf(clock: Clock, client: PooledPgClient): PooledPgClient {
  return {
    ...(client.pipeline !== undefined && { pipeline: client.pipeline }),
    query: (query) => {
      // Before each: what a transaction has set ends with it. One that has failed takes nothing more.
      client.query(`set ${SETTING} = '${clock.now()}'`).catch(() => undefined);
      return client.query(query);
    },
    on: (name, listener) => client.on(name, listener),
    removeListener: (name, listener) => client.removeListener(name, listener),
    release: (destroy) => client.release(destroy),
  };
}
