import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Part } from '@nest-a2a/client';
import { type Arguments } from '../arguments/parse-arguments.js';
import { readJson } from '../arguments/read-json.js';
import { UsageError } from '../arguments/usage-error.js';
import { type CommandIo } from '../io.js';

/** The parts of the message that a command line asks to send. @throws UsageError */
export async function messageParts(
  { positionals: { text }, options }: Arguments,
  io: CommandIo,
): Promise<Part[]> {
  const said = text === '-' ? await readInput(io) : text;
  const data = options.all('data').map((json) => readJson('data', json));
  const parts: Part[] = [
    ...(said === undefined ? [] : [{ text: said }]),
    ...(await Promise.all(data)).map((value) => ({ data: value })),
    ...(await Promise.all(options.all('file').map(readPart))),
  ];
  if (parts.length === 0) {
    throw new UsageError(
      'There is nothing to send: give a text, --data or --file',
    );
  }
  return parts;
}

/** @throws the reason of the signal, when the user has had enough */
async function readInput(io: CommandIo): Promise<string> {
  const said = await io.readInput();
  io.signal.throwIfAborted();
  return said;
}

async function readPart(path: string): Promise<Part> {
  try {
    const raw = await readFile(path, 'base64');
    return { raw, filename: basename(path) };
  } catch (error) {
    throw new UsageError(`--file: ${(error as Error).message}`);
  }
}
