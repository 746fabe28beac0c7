import { dirname } from 'node:path';
import { resultCodeOf, SqliteSetupError } from './sqlite-errors.js';

/** What the operating system and SQLite say when a file cannot be opened. */
const CANNOT_OPEN =
  /^(E[A-Z0-9]+|SQLITE_(CANTOPEN|PERM|READONLY|AUTH|IOERR|FULL)(_\w+)?)$/;
/** What SQLite says of a file that it cannot read. */
const NOT_A_DATABASE = /^SQLITE_(NOTADB|CORRUPT)/;

/** Why a file cannot be opened, with its path and what to do. Other errors stay what they are. */
export function toSetupError(file: string, cause: unknown): unknown {
  const code = resultCodeOf(cause);
  if (NOT_A_DATABASE.test(code)) {
    return new SqliteSetupError(
      'NOT_A_DATABASE',
      `${file} is no file of SQLite, or a broken one (${code}): name another file, or put a backup in its place`,
      { cause },
    );
  }
  return CANNOT_OPEN.test(code)
    ? new SqliteSetupError(
        'CANNOT_OPEN',
        `${file} cannot be opened (${code}): ${adviceFor(code, file)}`,
        { cause },
      )
    : cause;
}

function adviceFor(code: string, file: string): string {
  switch (code) {
    case 'ENOENT':
      return `the folder ${dirname(file)} is missing, make it first`;
    case 'ENOTDIR':
      return `${dirname(file)} is no folder`;
    case 'EISDIR':
      return 'it is a folder, name a file';
    default:
      return 'this user must be able to read and write the file, and to make files in its folder';
  }
}
