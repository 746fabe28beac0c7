import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startServer } from '../../support/postgres-server.js';
import { type RuntimeSettings } from '../fleet/instance-messages.js';
import { type VictimDatabase } from './chaos.js';

/** The kinds of stores that a laboratory knows. */
export const STORES = Object.freeze(['postgres', 'sqlite'] as const);

export type StoreKind = (typeof STORES)[number];

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
  return kind === 'postgres' ? openPostgres() : openSqlite();
}

async function openPostgres(): Promise<LabStore> {
  const server = await startServer({ isDurable: true });
  const { url } = server;
  let runs = 0;
  const ask = async (text: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, string>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const [version] = await ask('show server_version');
  return {
    instances: 3,
    description: `PostgreSQL ${version?.server_version}, fsync on`,
    ...(server.isOwn && {
      database: {
        restart: () => server.restart(),
        disconnect: async () => {
          await ask(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where application_name like 'nest-a2a%'`,
          );
        },
      },
    }),
    next: () => ({
      kind: 'postgres',
      url,
      schema: `lab_${Date.now()}_${++runs}`,
      wake: 'notify',
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
