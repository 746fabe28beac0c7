// Makes projects as their users do, by `npx create-nest-a2a` from packed libraries,
// then builds, tests and runs them:
// node scripts/test-create.mjs [runtime/platform | getting-started ...]
//
// `getting-started` follows docs/getting-started.md to the letter.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDemoStore } from './demo-store.mjs';
import { followGettingStarted } from './getting-started.mjs';
import { readLibs } from './libs.mjs';
import { packLibs } from './pack-libs.mjs';
import { servePackages } from './package-server.mjs';
import { ensureBuilt } from './prepare.mjs';
import { startProject } from './start-project.mjs';

const LIMIT_MS = 300_000;
const execute = promisify(execFile);

const PAGE = 'getting-started';
const DEFAULT = ['memory/fastify', 'sqlite/express', 'postgres/fastify', PAGE];

const MESSAGE = {
  messageId: 'm-1',
  role: 'ROLE_USER',
  parts: [{ text: 'Hello' }],
};

/** What the environment of a project says about the place of its tasks. */
async function openStore(runtime) {
  const { env, close } = await openDemoStore(runtime);
  const place = env.RUNTIME.slice(runtime.length + 1);
  const named = { sqlite: 'DATABASE_FILE', postgres: 'DATABASE_URL' }[runtime];
  return { env: named ? { [named]: place } : {}, close };
}

async function ask(origin) {
  const answer = await fetch(`${origin}/message:send`, {
    method: 'POST',
    headers: {
      'A2A-Version': '1.0',
      'Content-Type': 'application/a2a+json',
    },
    body: JSON.stringify({ message: MESSAGE }),
  });
  const text = await answer.text();
  if (answer.status !== 200 || !text.includes('You said: Hello')) {
    throw new Error(`The agent answers ${answer.status} ${text}`);
  }
}

async function tryProject(combination, folder, env) {
  const [runtime, platform] = combination.split('/');
  // Not synchronous: this process answers what npm asks.
  const run = (command, ...args) =>
    execute(command, args, { cwd: folder, env, timeout: LIMIT_MS });
  const options = ['--runtime', runtime, '--platform', platform];
  await run('npx', 'create-nest-a2a', 'my-agent', ...options);
  const project = join(folder, 'my-agent');
  const npm = (...args) => run('npm', '--prefix', project, ...args);
  await npm('run', 'typecheck');
  await npm('run', 'build');
  await npm('test');
  const store = await openStore(runtime);
  try {
    const agent = await startProject(project, { ...env, ...store.env });
    try {
      await ask(agent.origin);
    } finally {
      await agent.stop();
    }
  } finally {
    await store.close();
  }
  console.log(`${combination}: builds, passes its tests, runs`);
}

ensureBuilt();
const given = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), 'create-'));
const packages = await servePackages(packLibs(readLibs(), root));
const env = { ...process.env, ...packages.env, npm_config_yes: 'true' };
try {
  for (const one of given.length > 0 ? given : DEFAULT) {
    const folder = mkdtempSync(join(root, 'project-'));
    if (one === PAGE) await followGettingStarted(folder, env);
    else await tryProject(one, folder, env);
    rmSync(folder, { recursive: true, force: true });
  }
} finally {
  packages.close();
  rmSync(root, { recursive: true, force: true });
}
console.log('create ok');
