// Runs all tests and says in the last line how they went:
// node scripts/test.mjs [arguments for Jest]
//
// Without arguments it leaves out what needs a server besides Node.js, and says so.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from './prepare.mjs';

/** Jest has said its result by then; what is left is a handle that nobody has closed. */
const TIME_TO_EXIT_MS = 20_000;

const NEEDS_SERVER = {
  pattern: '/(libs/(postgres|redis)|test/servers)/',
  note: 'not run: what needs PostgreSQL, Redis or PgBouncer (npm run test:servers)',
};

ensureInstalled();
const given = process.argv.slice(2);
const args =
  given.length > 0
    ? given
    : ['--testPathIgnorePatterns', '/node_modules/', NEEDS_SERVER.pattern];
const folder = mkdtempSync(join(tmpdir(), 'nest-a2a-tests-'));
const report = join(folder, 'report.json');
const jest = spawn(
  process.execPath,
  [
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
    ...args,
  ],
  // With --json, Jest writes the report to stdout too.
  { stdio: ['ignore', 'ignore', 'pipe'] },
);

let hangs = false;
jest.stderr.setEncoding('utf8').on('data', (text) => {
  process.stderr.write(text);
  if (text.includes('Ran all test suites')) {
    setTimeout(() => {
      hangs = true;
      jest.kill('SIGKILL');
    }, TIME_TO_EXIT_MS).unref();
  }
});
const [code] = await once(jest, 'close');

try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  for (const { name, assertionResults } of result.testResults) {
    for (const { status, fullName } of assertionResults) {
      if (status === 'pending') console.log(`skipped: ${fullName} (${name})`);
    }
  }
  if (given.length === 0) console.log(NEEDS_SERVER.note);
  if (hangs) console.log('Jest did not exit: a test has left a handle open.');
  const { numPassedTests: passed, numPendingTests: skipped } = result;
  // A suite that does not even load has failed as well.
  const failed =
    result.numFailedTests + result.numRuntimeErrorTestSuites + (hangs ? 1 : 0);
  process.exitCode = failed === 0 && code === 0 ? 0 : 1;
  console.log(
    `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
} catch (error) {
  console.error(`There is no report of the tests: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
