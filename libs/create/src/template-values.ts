import { randomBytes } from 'node:crypto';
import {
  type Choices,
  type PackageManager,
  type RuntimeChoice,
} from './choices.js';

interface ManagerCommands {
  readonly run: string;
  readonly lockFile: string;
  /** What a Dockerfile says to install what the lock file names, and to leave out what only development needs. */
  readonly dockerInstall: string;
  readonly dockerPrune: string;
}

const COMMANDS: Readonly<Record<PackageManager, ManagerCommands>> = {
  npm: {
    run: 'npm run',
    lockFile: 'package-lock.json',
    dockerInstall: 'npm ci',
    dockerPrune: 'npm prune --omit=dev',
  },
  pnpm: {
    run: 'pnpm run',
    lockFile: 'pnpm-lock.yaml',
    dockerInstall: 'corepack enable && pnpm install --frozen-lockfile',
    dockerPrune: 'CI=true pnpm prune --prod',
  },
  yarn: {
    run: 'yarn run',
    lockFile: 'yarn.lock',
    dockerInstall: 'yarn install --frozen-lockfile',
    dockerPrune: 'yarn install --frozen-lockfile --production',
  },
};

const STORAGE: Readonly<Record<RuntimeChoice, string>> = {
  memory:
    'Tasks live in memory, and end with the process. `create-nest-a2a` with `--runtime sqlite` or `--runtime postgres` makes a project that keeps them.',
  sqlite:
    'Tasks are in the SQLite file of `DATABASE_FILE`, and outlive the process. One process has the file at a time.',
  postgres:
    'Tasks are in the PostgreSQL database of `DATABASE_URL`, and outlive the process. Any number of instances may share it.',
};

const ENVIRONMENT: Readonly<Record<RuntimeChoice, readonly string[]>> = {
  memory: [],
  sqlite: [
    '# Where tasks are kept.',
    'DATABASE_FILE=tasks.db',
    '# Seals what is stored of webhooks: 32 bytes in base64. Keep it: without it, stored webhooks are lost.',
  ],
  postgres: [
    '# Where tasks are kept.',
    'DATABASE_URL=postgres://postgres@localhost:5432/postgres',
    '# Seals what is stored of webhooks: 32 bytes in base64. Keep it: without it, stored webhooks are lost.',
  ],
};

const DOCKER: Readonly<Record<RuntimeChoice, readonly string[]>> = {
  memory: [],
  sqlite: [
    'ENV DATABASE_FILE=/data/tasks.db',
    'RUN mkdir /data && chown node:node /data',
    'VOLUME /data',
  ],
  postgres: [],
};

/** What stands for `{{name}}` and the like in the files of the template. */
export function templateValues({
  name,
  runtime,
  packageManager,
}: Choices): Readonly<Record<string, string>> {
  return {
    name,
    title: titleOf(name),
    ...COMMANDS[packageManager],
    storage: STORAGE[runtime],
    environment: lines([...ENVIRONMENT[runtime], ...keyLine(runtime, '')]),
    // A key of its own for each project: one that stood here would be everybody's.
    ownEnvironment: lines([
      ...ENVIRONMENT[runtime],
      ...keyLine(runtime, randomBytes(32).toString('base64')),
    ]),
    docker: lines(DOCKER[runtime]),
  };
}

function keyLine(runtime: RuntimeChoice, key: string): readonly string[] {
  return runtime === 'memory' ? [] : [`A2A_ENCRYPTION_KEY=${key}`];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

/** `my-agent` is called "My agent". */
function titleOf(name: string): string {
  const words = name.replace(/[._-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
