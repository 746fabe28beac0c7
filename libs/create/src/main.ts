#!/usr/bin/env node
// The one file that knows where it is: this package is a program, published as
// ES modules alone, and nobody imports it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { run } from './run.js';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as { version: string };

async function ask(question: string): Promise<string> {
  const { stdin: input, stdout: output } = process;
  const lines = createInterface({ input, output });
  const closed = new AbortController();
  // Ctrl-C and Ctrl-D: the question would never be answered.
  lines.once('close', () => closed.abort());
  try {
    return await lines.question(question, { signal: closed.signal });
  } finally {
    lines.close();
  }
}

process.exitCode = await run(
  process.argv.slice(2),
  { templateFolder: join(root, 'template'), version },
  {
    cwd: process.cwd(),
    env: process.env,
    isInteractive: process.stdin.isTTY && process.stdout.isTTY,
    print: (text) => process.stdout.write(`${text}\n`),
    complain: (text) => process.stderr.write(`${text}\n`),
    ask,
  },
);
