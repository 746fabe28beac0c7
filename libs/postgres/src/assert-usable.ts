import { type PgPool, type PooledPgClient } from './pg-driver.js';
import { PostgresSetupError } from './postgres-errors.js';

const MIN_VERSION = 130_000;

/**
 * Checks what the stores rely on, and warns of what weakens their promise.
 *
 * @throws PostgresSetupError `CONNECTION_FAILED`, `SERVER_TOO_OLD`, `ENCODING_NOT_SUPPORTED`
 */
export async function assertUsable(
  pool: PgPool,
  onWarning: (message: string) => void,
): Promise<void> {
  const server = await ask(pool);
  if (Number(server.version) < MIN_VERSION) {
    throw new PostgresSetupError(
      'SERVER_TOO_OLD',
      `PostgreSQL 13 or newer is needed, this one says ${String(server.version)}`,
    );
  }
  if (server.encoding !== 'UTF8') {
    throw new PostgresSetupError(
      'ENCODING_NOT_SUPPORTED',
      `The database keeps text in ${String(server.encoding)}: it must be UTF8`,
    );
  }
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    if (server[name] === 'off') {
      onWarning(
        `PostgreSQL runs with ${name} = off: what it has confirmed may be lost when the server crashes`,
      );
    }
  }
}

async function ask(pool: PgPool): Promise<Readonly<Record<string, unknown>>> {
  const client = await connect(pool);
  try {
    const { rows } = await client.query(
      `select current_setting('server_version_num') as version,
         current_setting('server_encoding') as encoding,
         current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as synchronous_commit,
         current_setting('full_page_writes') as full_page_writes`,
    );
    return rows[0] ?? {};
  } finally {
    client.release();
  }
}

async function connect(pool: PgPool): Promise<PooledPgClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new PostgresSetupError(
      'CONNECTION_FAILED',
      `There is no connection to PostgreSQL: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

/** Of several addresses that were tried, what the first one said. */
function reasonOf(cause: unknown): string {
  const first: unknown =
    cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error ? first.message : String(first);
}
