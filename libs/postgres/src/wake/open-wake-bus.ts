import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { endClients } from '../end-clients.js';
import { type PostgresDatabase } from '../postgres-database.js';
import { type PgPool } from '../pg-driver.js';
import { type PostgresSettings } from '../postgres-options.js';
import { Listener, type ListenerConnection } from './listener.js';
import { Notifier } from './notifier.js';
import { PostgresWakeBus } from './postgres-wake-bus.js';

/** How long a notification of ours may take to come back, milliseconds. */
const ECHO_TIMEOUT_MS = 1_000;
const ECHO = 'echo';

/** Where a wake-up gets its connections. */
export interface WakeSource {
  readonly settings: PostgresSettings;
  readonly pool: PgPool;
  readonly database: PostgresDatabase;
}

/** A wake-up, and whether instances hear each other. */
export interface OpenedWake {
  readonly wake: PostgresWakeBus;
  readonly isHeard: boolean;
}

/**
 * Opens the wake-up and notifies itself: a pooler between us and the server may
 * take LISTEN and never deliver anything. Then instances poll, and a warning says so.
 */
export async function openWakeBus(source: WakeSource): Promise<OpenedWake> {
  const { settings, database } = source;
  const name = randomUUID();
  const wake = new PostgresWakeBus(name);
  if (settings.wake === 'poll') {
    return { wake, isHeard: false };
  }
  const channel = channelOf(settings.schema);
  const echo = new Echo(`${ECHO}:${name}`);
  const listener = new Listener({
    channel,
    connect: () => connectListener(source),
    onPayload: (payload) => {
      echo.hear(payload);
      wake.hear(payload);
    },
    timeoutMs: settings.statementTimeoutMs,
  });
  const send = (payloads: readonly string[]) =>
    notify(database, channel, payloads);
  const isHeard = await hearsItself(listener, () => send([echo.text]), echo);
  if (isHeard) {
    wake.attach({ listener, notifier: new Notifier(name, send) });
  } else {
    await listener.stop();
    settings.onWarning(
      'LISTEN does not work on this connection to PostgreSQL, as behind a pooler in transaction mode: instances look for work by themselves, which takes longer',
    );
  }
  return { wake, isHeard };
}

/** Waits for one payload. */
class Echo {
  private resolve: (() => void) | undefined;
  readonly heard = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });

  constructor(readonly text: string) {}

  hear(payload: string | undefined): void {
    if (payload === this.text) {
      this.resolve?.();
    }
  }
}

async function hearsItself(
  listener: Listener,
  send: () => Promise<void>,
  { heard }: Echo,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ECHO_TIMEOUT_MS, false);
  });
  try {
    await listener.start();
    await send();
    return await Promise.race([heard.then(() => true), silence]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

async function notify(
  database: PostgresDatabase,
  channel: string,
  payloads: readonly string[],
): Promise<void> {
  await database.query({
    text: 'select pg_notify($1, payload) from unnest(cast($2 as text[])) as payload',
    values: [channel, payloads],
  });
}

/** A name that fits whatever the schema is called. */
function channelOf(schema: string): string {
  const hash = createHash('sha256').update(schema).digest('hex');
  return `a2a_${hash.slice(0, 24)}`;
}

/** A connection of its own: one that listens serves nothing else. */
async function connectListener({
  settings,
  pool,
}: WakeSource): Promise<ListenerConnection> {
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
