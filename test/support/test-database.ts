import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { postgres } from '@nest-a2a/postgres';
import { sqlite } from '@nest-a2a/sqlite';
import { type Clock, type OpenRuntime } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import pg from 'pg';
import { poolWithTimeOf } from './postgres-time.js';
import { isTestClock } from './store-clock.js';

/** A file or a schema that no other test has. */
export interface TestDatabase {
  open(clock: Clock): Promise<OpenRuntime>;
  /** Once everybody has closed it. */
  remove(): Promise<void>;
}

/** A SQLite file in the folder of the run. */
export function newFile(): TestDatabase {
  const file = join(ofRun('TEST_RUNTIME_FOLDER'), `${randomUUID()}.db`);
  const runtime = sqlite({ file });
  return {
    open: async (clock) => watched(clock, await runtime.open({ clock })),
    remove: async () => {
      for (const end of ['', '-wal', '-shm', '-journal']) {
        await rm(`${file}${end}`, { force: true });
      }
    },
  };
}

/** A schema on the server of the run. */
export function newSchema(): TestDatabase {
  const url = ofRun('TEST_RUNTIME_URL');
  const schema = `${ofRun('TEST_RUNTIME_PREFIX')}${randomUUID()}`;
  return {
    open: async (clock) =>
      isTestClock(clock)
        ? watched(clock, await openInTime(clock, { url, schema }))
        : postgres({ url, schema, onWarning }).open({ clock }),
    remove: async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(`drop schema if exists "${schema}" cascade`);
      } finally {
        await client.end();
      }
    },
  };
}

/** What `npm run test:stores` has prepared. */
function ofRun(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new TypeError(`${name} is not set: see npm run test:stores`);
  return value;
}

/** The server is one for tests: it has no `fsync`. */
const onWarning = () => undefined;

async function openInTime(
  clock: Clock,
  { url, schema }: { readonly url: string; readonly schema: string },
): Promise<OpenRuntime> {
  const pool = poolWithTimeOf(clock, { connectionString: url, pipeline: true });
  const opened = await postgres({ pool, schema, onWarning }).open({ clock });
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await pool.end();
    },
  };
}

/** The clock of a test waits for the store, and the store has its time to the millisecond. */
function watched(clock: Clock, opened: OpenRuntime): OpenRuntime {
  if (!isTestClock(clock)) return opened;
  const store = clock.activity.watch(opened.store);
  return { ...opened, store: withMethods(store, { now: () => clock.now() }) };
}
