import { type SqliteDriver } from './sqlite-driver.js';

/** The driver of the `libsql` package, which installs without a compiler. */
export async function libsqlDriver(): Promise<SqliteDriver> {
  // Loaded when it is needed: with another driver the package need not be there.
  const { default: Database } = await import('libsql');
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
