// What publint and arethetypeswrong find in a packed library.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { entriesOf } from '../libs.mjs';
import { runProgram } from './run-program.mjs';

/** @throws Error with everything that publint finds, suggestions included */
export async function runPublint({ tarball }) {
  const bytes = new Uint8Array(readFileSync(tarball)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: bytes } });
  if (messages.length > 0) {
    throw new Error(
      messages
        .map((message) => formatMessage(message, pkg, { color: false }))
        .join('\n'),
    );
  }
}

/** @throws Error where types and code of an entry point do not go together, for some way of resolving */
export async function runAttw(lib) {
  // What nobody imports has no types.
  if (entriesOf(lib).length === 0) return;
  const attw = resolve('node_modules/@arethetypeswrong/cli/dist/index.js');
  await runProgram(process.execPath, [attw, '--no-color', lib.tarball], {
    timeoutMs: 120_000,
  });
}
