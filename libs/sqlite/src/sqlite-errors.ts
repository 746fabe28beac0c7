import { StoreError } from '@nest-a2a/store';

/** Why a store on SQLite cannot be opened. */
export type SqliteSetupErrorCode =
  /** Another process, or another runtime of this one, uses the file. */
  | 'FILE_IN_USE'
  /** The file cannot be opened or made; `cause` is the error of the system. */
  | 'CANNOT_OPEN'
  /** There is something else in the file. */
  | 'NOT_A_DATABASE'
  /** The package of the driver is not installed. */
  | 'PACKAGE_MISSING';

/** A file that cannot be used as it is. Recognise it by its `code`. */
export class SqliteSetupError extends Error {
  override readonly name = 'SqliteSetupError';

  constructor(
    readonly code: SqliteSetupErrorCode,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
  }
}

/** The disk is full or broken, or the file is somebody else's now. */
const UNAVAILABLE =
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|CORRUPT|NOTADB)/;

/** SQLite's result code of an error. */
export function resultCodeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** An error of the driver as the ports know it. */
export function toStoreError(cause: unknown): unknown {
  const code = resultCodeOf(cause);
  return UNAVAILABLE.test(code)
    ? new StoreError('UNAVAILABLE', `SQLite says ${code}`, { cause })
    : cause;
}
