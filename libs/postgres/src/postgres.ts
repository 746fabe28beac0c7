import { type OpenRuntime, type Runtime } from '@nest-a2a/store';
import { SqlTaskStore } from '@nest-a2a/store/sql';
import pg from 'pg';
import { assertUsable } from './assert-usable.js';
import { endClients } from './end-clients.js';
import { type PgClient, type PgPool } from './pg-driver.js';
import { PlainAppends } from './plain-appends.js';
import { PostgresDatabase } from './postgres-database.js';
import { postgresDialect } from './postgres-dialect.js';
import {
  type PostgresOptions,
  type PostgresSettings,
  settingsOf,
} from './postgres-options.js';
import { type SessionSettings } from './postgres-session.js';
import { applyMigrations, verifyMigrations } from './schema/migrate.js';
import { ServerClock } from './server-clock.js';
import { Vocabulary } from './vocabulary.js';
import { openWakeBus } from './wake/open-wake-bus.js';

const ignore = () => {};

/** A pool, and how to let go of it. */
interface OwnedPool {
  readonly pool: PgPool;
  close(): Promise<void>;
}

/**
 * Tasks live in PostgreSQL 13 or newer and survive the process; any number of
 * instances may share them.
 *
 * Opening throws a PostgresSetupError for a database that cannot be reached or
 * used.
 *
 * @throws TypeError for options that make no sense
 */
export function postgres(options: PostgresOptions): Runtime {
  const settings = settingsOf(options);
  return {
    name: 'postgres',
    isDurable: true,
    open: async () => {
      const owned = openPool(settings);
      try {
        return await openOn(settings, owned);
      } catch (error) {
        await owned.close();
        throw error;
      }
    },
  };
}

async function openOn(
  settings: PostgresSettings,
  owned: OwnedPool,
): Promise<OpenRuntime> {
  const { pool } = owned;
  const { schema, migrations } = settings;
  await assertUsable(pool, settings.onWarning);
  await (migrations === 'apply'
    ? applyMigrations(pool, schema)
    : verifyMigrations(pool, schema));
  const session: SessionSettings = {
    vocabulary: new Vocabulary(schema),
    clock: new ServerClock(),
    timeoutMs: settings.statementTimeoutMs,
    isPrepared: false,
  };
  const database = new PostgresDatabase(pool, session);
  await database.health();
  const opened = await openWakeBus({ settings, pool, database });
  session.isPrepared = settings.preparedStatements ?? opened.keepsServer;
  const store = new SqlTaskStore(database, {
    dialect: postgresDialect(schema, new PlainAppends(database)),
    onWarning: settings.onWarning,
  });
  return {
    store,
    wake: opened.wake,
    close: async () => {
      const stopped = store.stop();
      await opened.close();
      // What a server keeps waiting ends with our own connections; those of the host have a time limit.
      await owned.close();
      await stopped;
    },
  };
}

function openPool({ url, pool, ...settings }: PostgresSettings): OwnedPool {
  if (pool) {
    pool.on?.('connect', listen);
    return { pool, close: async () => void pool.off?.('connect', listen) };
  }
  const own = new pg.Pool({
    connectionString: url,
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.statementTimeoutMs,
    keepAlive: true,
    application_name: `nest-a2a ${settings.schema}`,
    pipeline: true,
  });
  // An idle connection that breaks is replaced; an error without a listener would end the process.
  own.on('error', ignore);
  own.on('connect', listen);
  const clients = new Set<pg.PoolClient>();
  own.on('connect', (client) => clients.add(client));
  own.on('remove', (client) => clients.delete(client));
  let closed: Promise<void> | undefined;
  const close = () =>
    (closed ??= endClients(
      () => own.end(),
      () => clients,
    ));
  return { pool: own, close };
}

/** A connection may be lost after its pool has given it away, and before whoever gets it can listen. */
function listen(client: PgClient): void {
  client.on('error', ignore);
}
