import { createHash } from 'node:crypto';
import { type RelayedWakeBus, type WakeRelay } from '@nest-a2a/store';
import pg from 'pg';
import { endClients } from '../end-clients.js';
import { type PostgresDatabase } from '../postgres-database.js';
import { type PgPool } from '../pg-driver.js';
import { type PostgresSettings } from '../postgres-options.js';
import { Listener, type ListenerConnection } from './listener.js';

/** How long a notification of ours may take to come back, milliseconds. */
const ECHO_TIMEOUT_MS = 1_000;

/** Where a wake-up gets its connections. */
export interface NotifySource {
  readonly settings: PostgresSettings;
  readonly pool: PgPool;
  readonly database: PostgresDatabase;
}

/**
 * Listens for a wake-up, and notifies itself: a pooler between us and the server
 * may take LISTEN and never deliver anything. A NOTIFY takes a lock of the whole
 * database at its commit, so it is never part of a commit that matters.
 *
 * @returns `undefined` where notifications do not arrive
 */
export async function startNotify(
  { settings, pool, database }: NotifySource,
  wake: RelayedWakeBus,
): Promise<WakeRelay | undefined> {
  const channel = channelOf(settings.schema);
  const echo = new Echo(`echo:${wake.name}`);
  const listener = new Listener({
    channel,
    connect: () => connectListener(settings, pool),
    onPayload: (payload = '') => {
      echo.hear(payload);
      wake.hear(payload);
    },
    onListening: () => wake.connected(),
    onLost: () => wake.disconnected('the connection that listens is lost'),
    timeoutMs: settings.statementTimeoutMs,
  });
  const relay: WakeRelay = {
    send: async (payloads) => {
      await database.query({
        text: 'select pg_notify($1, payload) from unnest(cast($2 as text[])) as payload',
        values: [channel, payloads],
      });
    },
    close: () => listener.stop(),
  };
  const isHeard = await echo.comesBack(async () => {
    await listener.start();
    await relay.send([echo.text]);
  });
  if (isHeard) {
    return relay;
  }
  await relay.close();
  return undefined;
}

/** Waits for one payload. */
class Echo {
  private resolve: ((isHeard: boolean) => void) | undefined;

  constructor(readonly text: string) {}

  hear(payload: string): void {
    if (payload === this.text) {
      this.resolve?.(true);
    }
  }

  async comesBack(send: () => Promise<void>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const heard = new Promise<boolean>((resolve) => {
      this.resolve = resolve;
    });
    try {
      await send();
      timer = setTimeout(() => this.resolve?.(false), ECHO_TIMEOUT_MS);
      return await heard;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A name that fits whatever the schema is called. */
function channelOf(schema: string): string {
  const hash = createHash('sha256').update(schema).digest('hex');
  return `a2a_${hash.slice(0, 24)}`;
}

/** A connection of its own: one that listens serves nothing else. */
async function connectListener(
  settings: PostgresSettings,
  pool: PgPool,
): Promise<ListenerConnection> {
  if (settings.url === undefined) {
    const client = await pool.connect();
    return { client, end: async () => client.release(true) };
  }
  const client = new pg.Client({
    connectionString: settings.url,
    connectionTimeoutMillis: settings.statementTimeoutMs,
    keepAlive: true,
    application_name: `nest-a2a listener ${settings.schema}`,
  });
  // From the beginning: an error without a listener ends the process.
  client.on('error', () => {});
  await client.connect();
  return {
    client,
    end: () =>
      endClients(
        () => client.end(),
        () => [client],
      ),
  };
}
