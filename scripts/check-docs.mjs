// Compiles the code of the documentation and runs its commands:
// node scripts/check-docs.mjs [--write]
//
// - Each ```ts block is a file of a small project that must compile against the
//   libraries. `// file: name.ts` in its first line names it for the others.
// - Each ```sh block of README.md that uses $AGENT is run against the report
//   agent, one after the other in one shell. The ```text block behind it must
//   be what the command printed, but for ids and times. --write puts it there.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ensureBuilt } from './prepare.mjs';

const PAGES = [
  'README.md',
  ...readdirSync('libs')
    .map((lib) => join('libs', lib, 'README.md'))
    .filter((file) => existsSync(file)),
  ...readdirSync('docs', { recursive: true })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];
const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const SEPARATOR = '=== end of a command ===';

const blocksOf = (page) =>
  [...readFileSync(page, 'utf8').matchAll(BLOCK)].map(
    ([whole, language, text]) => ({ page, whole, language, text }),
  );

/** All code blocks of a page form one project: they import each other. */
function compile() {
  const root = 'dist/docs';
  rmSync(root, { recursive: true, force: true });
  let count = 0;
  for (const page of PAGES) {
    const folder = join(root, page.replace(/\W+/g, '-'));
    mkdirSync(folder, { recursive: true });
    for (const { language, text } of blocksOf(page)) {
      if (language !== 'ts') continue;
      count += 1;
      const name = /^\/\/ file: (\S+)/.exec(text)?.[1] ?? `block${count}.ts`;
      writeFileSync(join(folder, name), text);
    }
  }
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { rootDir: '../..', types: ['node'] },
      include: ['.'],
      exclude: [],
    }),
  );
  const tsc = 'node_modules/typescript/bin/tsc';
  execFileSync(process.execPath, [tsc, '-p', root], { stdio: 'inherit' });
  console.log(`${count} code blocks compile`);
}

async function startAgent(port) {
  const agent = spawn(process.execPath, ['dist/apps/report-agent/main.js'], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  const card = `http://localhost:${port}/.well-known/agent-card.json`;
  for (let i = 0; i < 100 && agent.exitCode === null; i++) {
    if (await fetch(card).catch(() => undefined)) return agent;
    await setTimeout(100);
  }
  throw new Error('The agent does not start');
}

/** What each command prints, run one after the other in one shell. */
function run(commands, port) {
  const script = [
    'set -e',
    `AGENT=http://localhost:${port}`,
    ...commands.map((command) => `${command}\necho; echo '${SEPARATOR}'`),
  ].join('\n');
  const output = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
  return output
    .split(`${SEPARATOR}\n`)
    .slice(0, -1)
    .map((text) =>
      text.trim().replaceAll(`localhost:${port}`, 'localhost:8000'),
    );
}

const normalized = (text) =>
  text.trim().replace(ID, '<id>').replace(TIME, '<time>');

async function checkCommands() {
  const port = 18_000 + (process.pid % 1_000);
  const blocks = blocksOf('README.md');
  const commands = blocks
    .map((block, i) => ({ ...block, shown: blocks[i + 1] }))
    .filter(({ language, text }) => language === 'sh' && /\$AGENT/.test(text));
  const agent = await startAgent(port);
  let printed;
  try {
    printed = run(
      commands.map(({ text }) => text),
      port,
    );
  } finally {
    agent.kill('SIGTERM');
    await once(agent, 'exit');
  }
  let page = readFileSync('README.md', 'utf8');
  commands.forEach(({ text, shown }, i) => {
    if (process.argv.includes('--write')) {
      page = page.replace(
        shown.whole,
        () => `\`\`\`text\n${printed[i]}\n\`\`\``,
      );
    } else if (normalized(shown.text) !== normalized(printed[i])) {
      throw new Error(
        `README.md shows something else than the agent answers to\n${text}\nnow:\n${printed[i]}`,
      );
    }
  });
  if (process.argv.includes('--write')) writeFileSync('README.md', page);
  console.log(`${commands.length} commands answer as shown`);
}

ensureBuilt();
compile();
await checkCommands();
