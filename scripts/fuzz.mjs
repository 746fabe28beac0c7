// Sends many hostile requests, other ones each time: node scripts/fuzz.mjs
// RUNS says how many go to each binding, SEED which ones.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const { RUNS = '10000', SEED = String(Date.now() % 2 ** 31) } = process.env;
console.log(`${RUNS} requests to each binding, seed ${SEED}`);
const jest = spawn(
  process.execPath,
  [
    'node_modules/jest/bin/jest.js',
    '--testPathPatterns=e2e/fuzz-',
    ...process.argv.slice(2),
  ],
  { env: { ...process.env, RUNS, SEED }, stdio: 'inherit' },
);
[process.exitCode = 1] = await once(jest, 'close');
