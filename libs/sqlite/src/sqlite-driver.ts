/** What a driver can bind. Flags are 0 and 1. */
export type SqliteValue = string | number | Uint8Array | null;

/** A statement that is prepared. */
export interface SqliteStatement {
  /**
   * Runs it.
   *
   * @param values of the parameters, which are written `?1`, `?2` and so on; one may occur twice
   * @returns the rows, blobs as bytes; none for a statement that has none
   */
  all(
    values: readonly SqliteValue[],
  ): readonly Readonly<Record<string, unknown>>[];
}

/** One connection to a file. All calls are synchronous. */
export interface SqliteConnection {
  /** Whether a transaction is open: some errors end it. */
  readonly inTransaction: boolean;
  /** Runs one statement or several, without parameters. */
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/**
 * Opens files. Errors have the name of SQLite's result code as `code`, such as
 * `SQLITE_BUSY` or `SQLITE_IOERR_WRITE`. Where somebody else has the file a call
 * fails at once: whoever waits in the thread of the event loop stops the process.
 */
export type SqliteDriver = (file: string) => SqliteConnection;
