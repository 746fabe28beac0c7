// Runs what needs PostgreSQL, Redis or PgBouncer, and the specs of Redis once more with the oldest driver that the library takes:
// node scripts/test-servers.mjs [arguments for Jest]
import { ensureInstalled } from './prepare.mjs';
import { runJest, summaryOf } from './run-jest.mjs';

const SUITES = ['libs/postgres', 'libs/redis', 'test/servers'];

const RUNS = [
  { name: 'servers', suites: SUITES, env: {} },
  {
    name: 'ioredis 5',
    suites: ['libs/redis'],
    env: { TEST_IOREDIS: 'ioredis-5' },
  },
];

ensureInstalled();
const given = process.argv.slice(2);
const results = [];
for (const { name, suites, env } of RUNS) {
  console.log(`\n=== ${name}`);
  const result = await runJest([...suites, ...given], env);
  results.push({ name, ...result });
}
for (const { name, skipped } of results) {
  skipped.forEach((one) => console.log(`skipped with ${name}: ${one}`));
}
for (const result of results) {
  console.log(`${result.name}: ${summaryOf(result)}`);
}
process.exitCode = results.every(({ isOk }) => isOk) ? 0 : 1;
