// How many chunks a store takes in a second, one task for each writer, and how
// late the event loop is meanwhile:
// npm run bench:appends -- sqlite [--small]
// npm run bench:appends -- postgres [--small], on a server of its own
// npm run bench:appends -- postgres://user@host:port/database [--small]
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { postgres } from '@nest-a2a/postgres';
import { sqlite } from '@nest-a2a/sqlite';
import { SYSTEM_CONTEXT, systemClock } from '@nest-a2a/store';
import pg from 'pg';
import { findServer } from './stores/databases.mjs';

const WRITERS = [1, 8, 32, 64];
const CREATORS = 16;
/** To see that the command works, not to measure. */
const TIME_MS = process.argv.includes('--small') ? 200 : 10_000;

const [where = 'sqlite'] = process.argv.slice(2);
const { store, close } =
  where === 'sqlite' ? await openSqlite() : await openPostgres(where);
const { log } = store;

async function openSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'nest-a2a-bench-'));
  const runtime = sqlite({ file: join(folder, 'tasks.db') });
  const opened = await runtime.open({ clock: systemClock });
  const close = async () => {
    await opened.close();
    rmSync(folder, { recursive: true });
  };
  return { store: opened.store, close };
}

/** As applications open it, in a schema that goes again. */
async function openPostgres(where) {
  const server = await findServer(where);
  const { url } = server;
  const schema = `bench_${process.pid}`;
  const runtime = postgres({ url, schema, wake: 'poll' });
  const opened = await runtime.open({ clock: systemClock });
  const close = async () => {
    await opened.close();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`drop schema "${schema}" cascade`);
    await client.end();
    await server.stop();
  };
  return { store: opened.store, close };
}

async function createTask() {
  const [taskId, contextId] = [randomUUID(), randomUUID()];
  const status = { state: 'TASK_STATE_SUBMITTED' };
  const task = { id: taskId, contextId, status };
  const first = { id: randomUUID(), body: { kind: 'task', task, turn: {} } };
  const command = {
    scope: { agent: 'bench', tenant: '', principal: '' },
    ...{ taskId, contextId, isAnnounced: true, events: [first] },
  };
  await log.create(command, SYSTEM_CONTEXT);
  return { taskId, contextId };
}

/** One that appends chunk after chunk to a task of its own. */
async function writer() {
  const { taskId, contextId } = await createTask();
  const artifact = { artifactId: 'output', parts: [{ text: 'chunk' }] };
  const artifactUpdate = { taskId, contextId, artifact, append: true };
  let expectedVersion = 0;
  return () => {
    expectedVersion += 1;
    const body = { kind: 'artifactUpdate', artifactUpdate };
    const events = [{ id: randomUUID(), body }];
    return log.append({ taskId, events, expectedVersion }, SYSTEM_CONTEXT);
  };
}

/** Has each do its work again and again until the time is over, and says how often and how quickly. */
async function measure(title, workers) {
  const times = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const begin = performance.now();
  const run = async (work) => {
    while (performance.now() - begin < TIME_MS) {
      const start = performance.now();
      await work();
      times.push(performance.now() - start);
    }
  };
  delay.enable();
  await Promise.all(workers.map(run));
  delay.disable();
  const seconds = (performance.now() - begin) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(1);
  const late = (delay.max / 1e6).toFixed(0);
  const rate = Math.round(times.length / seconds).toLocaleString('en');
  console.log(
    `${title}: ${rate}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, event loop late by ${late} ms at most`,
  );
}

try {
  for (const count of WRITERS) {
    const writers = await Promise.all(Array.from({ length: count }, writer));
    await measure(`appends of one chunk, ${count} writers`, writers);
  }
  await measure(
    `new tasks, ${CREATORS} writers`,
    Array.from({ length: CREATORS }, () => createTask),
  );
} finally {
  await close();
}
