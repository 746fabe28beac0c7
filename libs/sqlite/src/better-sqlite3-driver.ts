import { type SqliteDriver, type SqliteValue } from './sqlite-driver.js';

/** As much of a statement of better-sqlite3 as we need. */
export interface BetterSqlite3Statement {
  /** Whether it has rows. */
  readonly reader: boolean;
  all(values: object): unknown[];
  run(values: object): unknown;
}

/** As much of the class that better-sqlite3 exports as we need. */
export type BetterSqlite3 = new (
  file: string,
  options: { readonly timeout: number },
) => {
  readonly inTransaction: boolean;
  exec(sql: string): unknown;
  prepare(sql: string): BetterSqlite3Statement;
  close(): unknown;
};

/**
 * The driver of the `better-sqlite3` package.
 *
 * @param Database what the package exports
 */
export function betterSqlite3Driver(Database: BetterSqlite3): SqliteDriver {
  return (file) => {
    // By default it stops the event loop for five seconds where somebody else has the file.
    const database = new Database(file, { timeout: 0 });
    return {
      get inTransaction() {
        return database.inTransaction;
      },
      exec: (sql) => {
        database.exec(sql);
      },
      prepare: (sql) => {
        const statement = database.prepare(sql);
        return {
          all: (values) => runStatement(statement, byNumber(values)),
        };
      },
      close: () => {
        database.close();
      },
    };
  };
}

function runStatement(statement: BetterSqlite3Statement, values: object) {
  if (statement.reader) {
    return statement.all(values) as Record<string, unknown>[];
  }
  statement.run(values);
  return [];
}

/** It takes a list for `?` only; `?1` is a name to it, and its first character does not count. */
function byNumber(values: readonly SqliteValue[]): object {
  return Object.fromEntries(values.map((value, index) => [index + 1, value]));
}
