// Runs Jest and says what became of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Jest has said its result by then; what is left is a handle that nobody has closed. */
const TIME_TO_EXIT_MS = 20_000;

/** After the end of Jest, its last words; a process that a test has left behind keeps the pipe open for ever. */
const TIME_TO_READ_MS = 2_000;

/** Runs Jest with these arguments. @returns how many tests have passed and failed, and the names of those that were skipped */
export async function runJest(args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'nest-a2a-tests-'));
  const report = join(folder, 'report.json');
  try {
    const { code, hangs } = await spawnJest(
      ['--json', `--outputFile=${report}`, ...args],
      env,
    );
    if (hangs) console.log('Jest did not exit: a test has left a handle open.');
    const counted = count(JSON.parse(readFileSync(report, 'utf8')));
    const failed = counted.failed + (hangs ? 1 : 0);
    return { ...counted, failed, isOk: failed === 0 && code === 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One line about a result. */
export function summaryOf({ passed, failed, skipped }) {
  const rest = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  return `${passed} passed, ${failed} failed${rest}`;
}

async function spawnJest(args, env) {
  const jest = spawn(
    process.execPath,
    ['node_modules/jest/bin/jest.js', ...args],
    {
      env: { ...process.env, ...env },
      // With --json, Jest writes the report to stdout too.
      stdio: ['ignore', 'ignore', 'pipe'],
    },
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
  const read = once(jest, 'close');
  const [code] = await once(jest, 'exit');
  await Promise.race([read, sleep(TIME_TO_READ_MS, undefined, { ref: false })]);
  jest.stderr.destroy();
  return { code, hangs };
}

function count({ testResults, ...result }) {
  const skipped = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'pending')
      .map(({ fullName }) => `${fullName} (${name})`),
  );
  return {
    passed: result.numPassedTests,
    // A suite that does not even load has failed as well.
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped,
  };
}
