import { type SqliteConnection } from '../sqlite-driver.js';
import { MIGRATIONS } from './migrations.js';

/** Takes the steps that a file lacks, all or none. One that is newer than this library stays as it is. */
export function migrate(connection: SqliteConnection): void {
  const [row] = connection.prepare('pragma user_version').all([]);
  const version = Number(row?.user_version);
  const missing = MIGRATIONS.filter((step) => step.version > version);
  if (missing.length === 0) {
    return;
  }
  connection.exec('begin exclusive');
  try {
    for (const step of missing) {
      connection.exec(step.sql);
      connection.exec(`pragma user_version = ${step.version}`);
    }
    connection.exec('commit');
  } catch (error) {
    connection.exec('rollback');
    throw error;
  }
}
