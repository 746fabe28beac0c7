// What every command of the workspace needs first: dependencies and, for the
// applications, a build. Uses nothing but Node.js itself.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAMP = 'dist/.built';
const SOURCES = ['libs', 'apps', 'package-lock.json', 'tsconfig.json'];

process.chdir(join(import.meta.dirname, '..'));

function modifiedAt(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function newestIn(path) {
  if (!statSync(path).isDirectory()) {
    return modifiedAt(path);
  }
  const entries = readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'dist' && name !== 'node_modules')
    .map(({ name }) => newestIn(join(path, name)));
  return Math.max(0, ...entries);
}

/** On Windows, npm is a script that needs a shell. */
function npm(...args) {
  const shell = process.platform === 'win32';
  execFileSync('npm', args, { stdio: 'inherit', shell });
}

function assertNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(
      `Node.js 20.19 or newer is needed; this is ${process.version}.`,
    );
    process.exit(1);
  }
}

/** Installs the dependencies where they are missing or older than the lock file. */
export function ensureInstalled() {
  assertNode();
  const installed = modifiedAt('node_modules/.package-lock.json');
  if (installed < modifiedAt('package-lock.json')) {
    console.log('Installing dependencies...');
    npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error');
  }
}

/** Builds the libraries and the applications where a source has changed since. */
export function ensureBuilt() {
  ensureInstalled();
  const newest = Math.max(...SOURCES.map(newestIn));
  if (modifiedAt(STAMP) < newest) {
    console.log('Building...');
    const built = spawnSync(process.execPath, ['scripts/build.mjs'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (built.status !== 0) {
      process.exit(built.status ?? 1);
    }
    writeFileSync(STAMP, '');
  }
}
