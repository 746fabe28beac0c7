// Runs the crash laboratory: node scripts/crashlab.mjs [--tier 0,1] [--mutants] [--seed N] …
// What it does and how to read its report stands in docs/reliability.md.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { ensureBuilt } from './prepare.mjs';

const run = (...args) =>
  spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;

ensureBuilt();
rmSync('dist/crashlab', { recursive: true, force: true });
const project = 'test/crash/tsconfig.crash.json';
const built = run('node_modules/typescript/bin/tsc', '-p', project);
process.exitCode =
  built === 0
    ? run(
        '--enable-source-maps',
        'dist/crashlab/test/crash/main.js',
        ...process.argv.slice(2),
      )
    : built;
