/** What a driver can bind. Flags are 0 and 1. */
export type SqliteValue = string | number | Uint8Array | null;

/** A statement that is prepared. */
export interface SqliteStatement {
  /** Runs it. @returns the rows; none for a statement that has none */
  all(
    values: readonly SqliteValue[],
  ): readonly Readonly<Record<string, unknown>>[];
}

/** One connection to a file. All calls are synchronous. */
export interface SqliteConnection {
  /** Whether a transaction is open: some errors end it. */
  readonly inTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/** Opens files. Errors have the name of SQLite's result code as `code`, such as `SQLITE_BUSY`. */
export type SqliteDriver = (file: string) => SqliteConnection;
