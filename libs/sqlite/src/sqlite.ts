import { MemoryWakeBus, type Runtime } from '@nest-a2a/store';
import { SqlTaskStore } from '@nest-a2a/store/sql';
import { libsqlDriver } from './libsql-driver.js';
import { closeFile, openFile } from './open-file.js';
import { migrate } from './schema/migrate.js';
import { SqliteDatabase } from './sqlite-database.js';
import { sqliteDialect } from './sqlite-dialect.js';
import { settingsOf, type SqliteOptions } from './sqlite-options.js';
import { toSetupError } from './to-setup-error.js';

/**
 * Tasks live in one file and survive the process. One process has the file at a
 * time: a second waits until it is free, and gives up with a SqliteSetupError
 * `FILE_IN_USE`.
 *
 * @throws TypeError for options that make no sense
 */
export function sqlite(options: SqliteOptions): Runtime {
  const settings = settingsOf(options);
  return {
    name: 'sqlite',
    isDurable: true,
    open: async ({ clock }) => {
      const driver = settings.driver ?? (await libsqlDriver());
      const connection = await openFile(settings, driver);
      try {
        migrate(connection);
      } catch (error) {
        closeFile(connection);
        throw toSetupError(settings.file, error);
      }
      const database = new SqliteDatabase(connection, () => clock.now());
      const wake = new MemoryWakeBus();
      const store = new SqlTaskStore(database, {
        dialect: sqliteDialect,
        onWarning: settings.onWarning,
      });
      return {
        store,
        wake,
        close: async () => {
          wake.close();
          await store.stop();
          await database.close();
        },
      };
    },
  };
}
