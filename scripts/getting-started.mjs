// Follows docs/getting-started.md as a reader does: each ```sh block in the order
// of the page, in one folder. `npm run start:dev` stays behind, as in a terminal
// of its own; each ```ts block is a file of the project, which its first line
// names; a ```text block behind commands is what they must have printed.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startProject } from './start-project.mjs';

const PAGE = 'docs/getting-started.md';
const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;
const SHOWN_ORIGIN = 'http://localhost:8000';
const LIMIT_MS = 300_000;
const execute = promisify(execFile);
const SERVER = 'npm run start:dev';
const NEW_CODE_TRIES = 100;

/** What differs from one run to the next. */
const normalized = (text) =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .trim();

export async function followGettingStarted(folder, env) {
  const state = { folder, env, agent: undefined, printed: '' };
  const blocks = [...readFileSync(PAGE, 'utf8').matchAll(BLOCK)];
  try {
    for (const [, language, text] of blocks) {
      await STEPS[language]?.(text, state);
    }
  } finally {
    await state.agent?.stop();
  }
  console.log(`${PAGE}: ${blocks.length} blocks work as shown`);
}

const STEPS = {
  async sh(text, state) {
    if (text.trim() === SERVER) {
      const command = SERVER.split(' ');
      state.agent = await startProject(state.folder, state.env, command);
      return;
    }
    state.repeat = () => shell(text, state);
    // Compared with what is shown; a server that is just starting again may fail it.
    state.printed = await (state.agent ? tried(state.repeat) : state.repeat());
  },

  /** A server that watches takes a moment to run what was written: the same is asked again until it does. */
  async text(shown, state) {
    for (let i = 0; i < NEW_CODE_TRIES; i++) {
      if (normalized(state.printed) === normalized(shown)) return;
      await setTimeout(100);
      state.printed = state.agent ? await tried(state.repeat) : state.printed;
    }
    throw new Error(
      `${PAGE} shows\n${shown}\nbut this came:\n${state.printed}`,
    );
  },

  ts(text, { folder }) {
    const file = /^\/\/ file: (\S+)\n/.exec(text)?.[1];
    if (!file) throw new Error(`${PAGE}: which file is\n${text}`);
    writeFileSync(join(folder, file), text.slice(text.indexOf('\n') + 1));
  },
};

async function shell(text, state) {
  const origin = state.agent?.origin ?? SHOWN_ORIGIN;
  const moved = text.replaceAll(SHOWN_ORIGIN, origin);
  const { stdout } = await execute('bash', ['-ec', moved], {
    cwd: state.folder,
    env: state.env,
    timeout: LIMIT_MS,
  });
  const now = /^cd (\S+)$/m.exec(text)?.[1];
  if (now) state.folder = join(state.folder, now);
  return stdout.replaceAll(origin, SHOWN_ORIGIN);
}

async function tried(command) {
  try {
    return await command();
  } catch (error) {
    return error.message;
  }
}
