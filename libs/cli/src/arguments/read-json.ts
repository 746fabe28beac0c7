import { readFile } from 'node:fs/promises';
import { UsageError } from './usage-error.js';

/**
 * The JSON that an option has as its value, or in a file: `@path`.
 *
 * @param name of the option
 * @throws UsageError
 */
export async function readJson(name: string, value: string): Promise<never> {
  const text = value.startsWith('@')
    ? await readText(name, value.slice(1))
    : value;
  try {
    return JSON.parse(text) as never;
  } catch {
    throw new UsageError(`--${name} must be JSON, or @ and the path of a file`);
  }
}

/** The same for an object. @throws UsageError */
export async function readJsonObject(
  name: string,
  value: string,
): Promise<never> {
  const read: unknown = await readJson(name, value);
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new UsageError(`--${name} must be a JSON object`);
  }
  return read as never;
}

async function readText(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--${name}: ${(error as Error).message}`);
  }
}
