// A new store for each run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgres } from '@nest-a2a/postgres';
import { sqlite } from '@nest-a2a/sqlite';
import pg from 'pg';
import { findServer } from '../stores/databases.mjs';

/** `memory`, `sqlite`, `postgres` for a server that is started, or the URL of one. */
export async function openRuntime(where) {
  if (where === 'memory') {
    return { next: async () => 'memory', close: async () => undefined };
  }
  return where === 'sqlite' ? sqliteFiles() : postgresSchemas(where);
}

function sqliteFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'nest-a2a-bench-'));
  let number = 0;
  return {
    next: async () => sqlite({ file: join(folder, `${(number += 1)}.db`) }),
    close: async () => rmSync(folder, { recursive: true }),
  };
}

async function postgresSchemas(where) {
  const server = await findServer(where);
  const pool = new pg.Pool({ connectionString: server.url });
  const schemas = [];
  return {
    next: async () => {
      const schema = `bench_${process.pid}_${schemas.length}`;
      schemas.push(schema);
      return postgres({ url: server.url, schema });
    },
    close: async () => {
      for (const schema of schemas) {
        await pool.query(`drop schema "${schema}" cascade`);
      }
      await pool.end();
      await server.stop();
    },
  };
}
