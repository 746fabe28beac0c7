// The two databases, with what is asked of them noted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgres } from '@nest-a2a/postgres';
import { sqlite } from '@nest-a2a/sqlite';
import { systemClock } from '@nest-a2a/store';
import Database from 'libsql';
import pg from 'pg';
import { startPostgres } from '../../scripts/load-typescript.mjs';

/** `sqlite`, `postgres` for a server that is started, or the URL of one. */
export async function openDatabase(where) {
  if (where === 'sqlite') return openSqlite();
  const server = await findServer(where);
  const database = await openPostgres(server.url);
  const close = async () => {
    await database.close();
    await server.stop();
  };
  return { ...database, close };
}

/** The server of a URL, or that of the tests. */
export async function findServer(where) {
  return where === 'postgres'
    ? startPostgres({ isDurable: true })
    : { url: where, stop: async () => undefined };
}

/** A schema of its own on a server. */
async function openPostgres(url) {
  const schema = `bench_${process.pid}`;
  const asked = [];
  const pool = new pg.Pool({ connectionString: url });
  const noting = {
    connect: async () => {
      const client = await pool.connect();
      return {
        query: (query) => {
          asked.push(typeof query === 'string' ? { text: query } : query);
          return client.query(query);
        },
        on: (name, listener) => client.on(name, listener),
        removeListener: (name, listener) =>
          client.removeListener(name, listener),
        release: (destroy) => client.release(destroy),
      };
    },
  };
  const open = () =>
    postgres({ pool: noting, schema, wake: 'poll' }).open({
      clock: systemClock,
    });
  let runtime = await open();
  const run = async (text, values) => (await pool.query(text, values)).rows;
  return {
    kind: 'postgres',
    asked,
    table: (name) => `"${schema}".${name}`,
    run,
    settle: () => run(`vacuum analyze`),
    store: () => runtime.store,
    reopen: async () => {
      await runtime.close();
      runtime = await open();
    },
    explain: async ({ text, values = [] }) => {
      const client = await pool.connect();
      // As in the transactions of the store.
      await client.query('begin; set local jit = off');
      const { rows } = await client.query(
        `explain (analyze, costs off, timing off) ${text}`,
        [...values],
      );
      await client.query('rollback');
      client.release();
      return rows.map((row) => row['QUERY PLAN']);
    },
    close: async () => {
      await runtime.close();
      await run(`drop schema "${schema}" cascade`);
      await pool.end();
    },
  };
}

/** A file in a temporary folder. */
async function openSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'nest-a2a-bench-'));
  const file = join(folder, 'tasks.db');
  const open = () => sqlite({ file }).open({ clock: systemClock });
  let runtime = await open();
  const run = async (text) => {
    await runtime.close();
    const database = new Database(file);
    database.exec(text);
    database.close();
    runtime = await open();
  };
  return {
    kind: 'sqlite',
    asked: [],
    table: (name) => name,
    run,
    settle: () => run('analyze'),
    store: () => runtime.store,
    reopen: async () => undefined,
    explain: undefined,
    close: async () => {
      await runtime.close();
      rmSync(folder, { recursive: true });
    },
  };
}
