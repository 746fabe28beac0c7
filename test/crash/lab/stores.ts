import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../support/postgres-server.js';
import { RedisServer } from '../../support/redis-server.js';
import { type RuntimeSettings } from '../fleet/instance-messages.js';
import { askPostgres } from './ask-postgres.js';
import { type VictimDatabase } from './injuries.js';

/** The kinds of stores that a laboratory knows. */
export const STORES = Object.freeze([
  'postgres',
  'postgres+redis',
  'sqlite',
] as const);

export type StoreKind = (typeof STORES)[number];

type PostgresWake = Extract<RuntimeSettings, { kind: 'postgres' }>['wake'];

/** Where the runs of a laboratory keep their tasks, each in a place of its own. */
export interface LabStore {
  /** How many instances may share it. */
  readonly instances: number;
  readonly description: string;
  readonly database?: VictimDatabase;
  next(): RuntimeSettings;
  close(): Promise<void>;
}

/** Starts what a store needs. */
export function openStore(kind: StoreKind): Promise<LabStore> {
  switch (kind) {
    case 'postgres':
      return openPostgres('notify');
    case 'postgres+redis':
      return openWithRedis();
    case 'sqlite':
      return openSqlite();
  }
}

/** Instances tell each other over Redis. */
async function openWithRedis(): Promise<LabStore> {
  const server = new RedisServer();
  await server.start();
  const store = await openPostgres({ redisUrl: server.url });
  return {
    ...store,
    description: `${store.description}, wake-ups over Redis`,
    close: async () => {
      await store.close();
      await server.close();
    },
  };
}

async function openPostgres(wake: PostgresWake): Promise<LabStore> {
  const server = await startServer({ isDurable: true });
  const { url } = server;
  let runs = 0;
  const ask = (text: string) => askPostgres<Record<string, string>>(url, text);
  const [version] = await ask('show server_version');
  return {
    instances: 3,
    description: `PostgreSQL ${version?.server_version}, fsync on`,
    ...(server.isOwn && {
      database: {
        restart: () => server.restart(),
        disconnect: async () => {
          // While it starts again there is nothing to disconnect.
          const ended = ask(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where application_name like any
               (array['nest-a2a%', 'crashlab-bookings'])`,
          );
          return ended.then(
            () => true,
            () => false,
          );
        },
      },
    }),
    next: () => ({
      kind: 'postgres',
      url,
      schema: `lab_${Date.now()}_${++runs}`,
      wake,
    }),
    close: () => server.stop(),
  };
}

async function openSqlite(): Promise<LabStore> {
  const folder = mkdtempSync(join(tmpdir(), 'a2a-crashlab-'));
  let runs = 0;
  return {
    instances: 1,
    description: 'SQLite (libsql), synchronous FULL',
    next: () => ({ kind: 'sqlite', file: join(folder, `${++runs}.db`) }),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
