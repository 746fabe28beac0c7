// Runs all tests and says in the last line how they went:
// node scripts/test.mjs [arguments for Jest]
//
// Without arguments it leaves out what needs a server besides Node.js, or a store
// that outlives its process, and says so.
import { ensureInstalled } from './prepare.mjs';
import { runJest, summaryOf } from './run-jest.mjs';

const NEEDS_MORE = {
  pattern: '/(libs/(postgres|redis)|test/(servers|durable))/',
  notes: [
    'not run: what needs PostgreSQL, Redis or PgBouncer (npm run test:servers)',
    'not run: the applications on SQLite and PostgreSQL (npm run test:stores)',
  ],
};

ensureInstalled();
const given = process.argv.slice(2);
const args =
  given.length > 0
    ? given
    : ['--testPathIgnorePatterns', '/node_modules/', NEEDS_MORE.pattern];
try {
  const result = await runJest(args);
  result.skipped.forEach((name) => console.log(`skipped: ${name}`));
  if (given.length === 0) NEEDS_MORE.notes.forEach((one) => console.log(one));
  process.exitCode = result.isOk ? 0 : 1;
  console.log(summaryOf(result));
} catch (error) {
  console.error(`There is no report of the tests: ${error.message}`);
  process.exitCode = 1;
}
