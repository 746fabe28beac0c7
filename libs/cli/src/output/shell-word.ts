import { printableLine } from './printable.js';

const PLAIN = /^[\w@%+=:,./][\w@%+=:,./-]*$/;

/** A word of a command line that people may copy: the shell reads nothing into it, and the program no option. */
export function shellWord(text: string): string {
  const line = printableLine(text);
  if (PLAIN.test(line)) {
    return line;
  }
  return `'${line.replaceAll("'", "'\\''")}'`;
}
