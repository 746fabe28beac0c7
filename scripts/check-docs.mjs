// Compiles the code of the documentation and runs its commands:
// node scripts/check-docs.mjs [--write]
//
// - Each ```ts block is a file of a small project that must compile against the
//   libraries. `// file: name.ts` in its first line names it for the others.
//   Tests (`name.spec.ts`) must pass as well.
// - The ```sh blocks of a walk, from the one that says where the agent is, are
//   run one after the other in one shell, against a real agent. A ```text block
//   behind one must be what it printed, but for ids and times. --write puts it
//   there.
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
import { dirname, join } from 'node:path';
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
/** The pages to walk through, each with the application that it talks to. */
const WALKS = [
  { page: 'README.md', agent: 'report-agent' },
  { page: 'docs/webhook-walkthrough.md', agent: 'operated-agent' },
];
const TIME_FOR_A_PAGE_MS = 120_000;
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
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { rootDir: '../..', types: ['node', 'jest'] },
      include: ['.'],
      exclude: [],
    }),
  );
  const tsc = 'node_modules/typescript/bin/tsc';
  execFileSync(process.execPath, [tsc, '-p', root], { stdio: 'inherit' });
  console.log(`${count} code blocks compile`);
}

function runTests() {
  const jest = 'node_modules/jest/bin/jest.js';
  const flags = [
    ...['--testMatch', '<rootDir>/dist/docs/**/*spec.ts'],
    // Of dist, which is left out otherwise, only what is meant.
    ...['--modulePathIgnorePatterns', '<rootDir>/libs/[^/]+/dist/'],
  ];
  execFileSync(process.execPath, [jest, ...flags], { stdio: 'inherit' });
}

/** Starts an application and resolves when it answers. */
async function start(app, port) {
  const child = spawn(process.execPath, [`dist/apps/${app}/main.js`], {
    env: { ...process.env, OPERATOR_TOKEN: 'sesame', PORT: String(port) },
    stdio: 'ignore',
  });
  const card = `http://localhost:${port}/.well-known/agent-card.json`;
  for (let i = 0; i < 100 && child.exitCode === null; i++) {
    if (await fetch(card).catch(() => undefined)) return child;
    await setTimeout(100);
  }
  throw new Error(`${app} does not start`);
}

/** What each command prints, run one after the other in one shell. The ports are others, so that nothing is in the way. */
function run(commands, ports) {
  const script = ['set -e', ...commands]
    .map((command) => `${command}\necho; echo '${SEPARATOR}'`)
    .join('\n');
  const moved = Object.entries(ports).reduce(
    (text, [shown, port]) =>
      text.replaceAll(`localhost:${shown}`, `localhost:${port}`),
    script,
  );
  const output = execFileSync('bash', ['-c', moved], {
    encoding: 'utf8',
    env: { ...process.env, PORT: String(ports[9_000]) },
    timeout: TIME_FOR_A_PAGE_MS,
  });
  return output
    .split(`${SEPARATOR}\n`)
    .slice(1, -1)
    .map((text) =>
      Object.entries(ports)
        .reduce(
          (all, [shown, port]) =>
            all.replaceAll(`localhost:${port}`, `localhost:${shown}`),
          text,
        )
        .trim(),
    );
}

const normalized = (text) =>
  text.trim().replace(ID, '<id>').replace(TIME, '<time>');

/** Each ```sh block that is a part of the walk through a page, and what is said to come of it. */
function commandsOf(page) {
  const blocks = blocksOf(page);
  const first = blocks.findIndex(
    ({ language, text }) => language === 'sh' && text.startsWith('AGENT='),
  );
  return blocks
    .map((block, i) => ({ ...block, shown: blocks[i + 1] }))
    .slice(first)
    .filter(({ language }) => language === 'sh')
    .map(({ text, shown }) => ({
      text,
      shown: shown?.language === 'text' ? shown : undefined,
    }));
}

async function checkCommands({ page: file, agent: app }, offset) {
  const first = 18_000 + 2 * (process.pid % 1_000) + offset;
  const ports = { 8_000: first, 9_000: first + 1 };
  const commands = commandsOf(file);
  const agent = await start(app, ports[8_000]);
  let printed;
  try {
    printed = run(
      commands.map(({ text }) => text),
      ports,
    );
  } finally {
    agent.kill('SIGTERM');
    await once(agent, 'exit');
  }
  let page = readFileSync(file, 'utf8');
  commands.forEach(({ text, shown }, i) => {
    if (!shown) return;
    if (process.argv.includes('--write')) {
      page = page.replace(
        shown.whole,
        () => `\`\`\`text\n${printed[i]}\n\`\`\``,
      );
    } else if (normalized(shown.text) !== normalized(printed[i])) {
      throw new Error(
        `${file} shows something else than the agent answers to\n${text}\nnow:\n${printed[i]}`,
      );
    }
  });
  if (process.argv.includes('--write')) writeFileSync(file, page);
  console.log(`${file}: ${commands.length} commands answer as shown`);
}

ensureBuilt();
compile();
runTests();
for (const [i, walk] of WALKS.entries()) await checkCommands(walk, 4_000 * i);
