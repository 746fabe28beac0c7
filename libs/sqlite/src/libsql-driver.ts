import type Libsql from 'libsql';
import { type SqliteDriver } from './sqlite-driver.js';
import { resultCodeOf, SqliteSetupError } from './sqlite-errors.js';

/**
 * The driver of the `libsql` package, which installs without a compiler.
 *
 * @throws SqliteSetupError `PACKAGE_MISSING`
 */
export async function libsqlDriver(
  load: () => Promise<{ default: typeof Libsql }> = () => import('libsql'),
): Promise<SqliteDriver> {
  // Loaded when it is needed: with another driver the package need not be there.
  const { default: Database } = await load().catch((error: unknown) => {
    throw isMissing(error) ? missing(error) : error;
  });
  return (file) => {
    const database = new Database(file);
    return {
      get inTransaction() {
        return database.inTransaction;
      },
      exec: (sql) => {
        database.exec(sql);
      },
      prepare: (sql) => {
        const statement = database.prepare<unknown[]>(sql);
        return {
          all: (values) =>
            statement.all([...values]) as Record<string, unknown>[],
        };
      },
      close: () => {
        database.close();
      },
    };
  };
}

/** A package that is there and fails is another matter. */
function isMissing(error: unknown): boolean {
  const code = resultCodeOf(error);
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}

function missing(cause: unknown): SqliteSetupError {
  return new SqliteSetupError(
    'PACKAGE_MISSING',
    'sqlite() without "driver" needs: npm install libsql',
    { cause },
  );
}
