// Where the agent of the demo keeps its tasks.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from './load-typescript.mjs';

const STORES = { memory: inMemory, sqlite: inFile, postgres: onServer };

/** Makes room for tasks. @returns what the agent's environment says of it, and how to remove it */
export async function openDemoStore(name) {
  const open = STORES[name];
  if (!open) {
    const known = Object.keys(STORES).join(', ');
    throw new Error(`--runtime ${name} is none of ${known}`);
  }
  const { RUNTIME, close } = await open();
  const A2A_ENCRYPTION_KEY = randomBytes(32).toString('base64');
  return { env: { RUNTIME, A2A_ENCRYPTION_KEY }, close };
}

function inMemory() {
  return { RUNTIME: 'memory', close: () => undefined };
}

function inFile() {
  const folder = mkdtempSync(join(tmpdir(), 'a2a-demo-'));
  return {
    RUNTIME: `sqlite:${join(folder, 'tasks.db')}`,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Where TEST_POSTGRES_URL is set, in a database of that server which goes again. */
async function onServer() {
  const server = await startPostgres({ isDurable: true });
  return { RUNTIME: `postgres:${server.url}`, close: () => server.stop() };
}
