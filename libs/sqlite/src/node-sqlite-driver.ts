import { type SqliteConnection, type SqliteDriver } from './sqlite-driver.js';

/** SQLite's primary result codes. Those that it does not make errors of are left out. */
const NAMES: Readonly<Record<number, string>> = Object.freeze({
  1: 'ERROR',
  2: 'INTERNAL',
  3: 'PERM',
  4: 'ABORT',
  5: 'BUSY',
  6: 'LOCKED',
  7: 'NOMEM',
  8: 'READONLY',
  9: 'INTERRUPT',
  10: 'IOERR',
  11: 'CORRUPT',
  13: 'FULL',
  14: 'CANTOPEN',
  15: 'PROTOCOL',
  17: 'SCHEMA',
  18: 'TOOBIG',
  19: 'CONSTRAINT',
  20: 'MISMATCH',
  21: 'MISUSE',
  22: 'NOLFS',
  23: 'AUTH',
  25: 'RANGE',
  26: 'NOTADB',
});

/** As much of the module as we need. */
interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => {
    readonly isTransaction?: boolean;
    exec(sql: string): void;
    prepare(sql: string): { all(...values: unknown[]): unknown[] };
    close(): void;
  };
}

/**
 * The driver that is part of Node.js, `node:sqlite`: nothing has to be installed.
 *
 * @throws TypeError where Node.js has none that we can use: it is older than 22.16
 */
export function nodeSqliteDriver(): SqliteDriver {
  const found = process.getBuiltinModule?.('node:sqlite');
  if (!found || !canTellTransactions(found as NodeSqlite)) {
    throw new TypeError(
      `node:sqlite needs Node.js 22.16 or newer, this is ${process.version}`,
    );
  }
  const { DatabaseSync } = found as NodeSqlite;
  return (file) => connectionOf(withCode(() => new DatabaseSync(file)));
}

function canTellTransactions({ DatabaseSync }: NodeSqlite): boolean {
  const database = new DatabaseSync(':memory:');
  try {
    return database.isTransaction === false;
  } finally {
    database.close();
  }
}

function connectionOf(
  database: InstanceType<NodeSqlite['DatabaseSync']>,
): SqliteConnection {
  return {
    get inTransaction() {
      return database.isTransaction === true;
    },
    exec: (sql) => withCode(() => database.exec(sql)),
    prepare: (sql) => {
      const statement = withCode(() => database.prepare(sql));
      return {
        all: (values) =>
          withCode(() => statement.all(...values)) as Record<string, unknown>[],
      };
    },
    close: () => withCode(() => database.close()),
  };
}

/** All errors of SQLite have one `code` here; a number says which it is, its lowest byte the primary one. */
function withCode<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    const { errcode } = cause as { errcode?: unknown };
    if (typeof errcode !== 'number') {
      throw cause;
    }
    const name = NAMES[errcode & 0xff] ?? 'ERROR';
    const { message } = cause as Error;
    throw Object.assign(new Error(message, { cause }), {
      code: `SQLITE_${name}`,
    });
  }
}
