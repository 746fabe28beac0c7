// Runs the e2e and interop suites, which `npm test` runs in memory, on other stores,
// and what makes sense there only:
// node scripts/test-stores.mjs [sqlite] [postgres] [arguments for Jest]
// PostgreSQL is the machine's own, or the server of TEST_POSTGRES_URL.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTypeScript, startPostgres } from './load-typescript.mjs';
import { ensureInstalled } from './prepare.mjs';
import { runJest, summaryOf } from './run-jest.mjs';

const SUITES = ['--testPathPatterns', '/test/(e2e|interop|durable)/'];

/** Disks are slower than memory, and those of busy machines much slower. */
const PATIENCE = ['--testTimeout', '180000'];

const STORES = { sqlite: onSqlite, postgres: onPostgres };

async function onSqlite(run) {
  const folder = mkdtempSync(join(tmpdir(), 'a2a-e2e-'));
  try {
    return await run({ TEST_RUNTIME: 'sqlite', TEST_RUNTIME_FOLDER: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onPostgres(run) {
  const server = await startPostgres();
  const { url } = server;
  const prefix = `e2e_${randomBytes(4).toString('hex')}_`;
  const time = await loadTypeScript('test/support/postgres-time.ts');
  try {
    await time.installTime(url);
    return await run({
      TEST_RUNTIME: 'postgres',
      TEST_RUNTIME_URL: url,
      TEST_RUNTIME_PREFIX: prefix,
    });
  } finally {
    await server.stop();
  }
}

async function runOn(name, args) {
  console.log(`\n=== ${name}`);
  try {
    return await STORES[name]((env) => runJest(args, env));
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1, skipped: [], isOk: false };
  }
}

ensureInstalled();
const given = process.argv.slice(2);
const named = given.filter((one) => one in STORES);
const args = given.filter((one) => !(one in STORES));
const names = named.length > 0 ? named : Object.keys(STORES);
const results = [];
for (const name of names) {
  const wanted = args.length > 0 ? args : SUITES;
  const result = await runOn(name, [...PATIENCE, ...wanted]);
  results.push({ name, ...result });
}
for (const { name, skipped } of results) {
  skipped.forEach((one) => console.log(`skipped on ${name}: ${one}`));
}
for (const result of results) {
  console.log(`${result.name}: ${summaryOf(result)}`);
}
process.exitCode = results.every(({ isOk }) => isOk) ? 0 : 1;
