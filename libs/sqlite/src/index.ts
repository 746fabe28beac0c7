export {
  betterSqlite3Driver,
  type BetterSqlite3,
  type BetterSqlite3Statement,
} from './better-sqlite3-driver.js';
export { nodeSqliteDriver } from './node-sqlite-driver.js';
export { sqlite } from './sqlite.js';
export {
  type SqliteConnection,
  type SqliteDriver,
  type SqliteStatement,
  type SqliteValue,
} from './sqlite-driver.js';
export {
  SqliteSetupError,
  type SqliteSetupErrorCode,
} from './sqlite-errors.js';
export { type SqliteOptions } from './sqlite-options.js';
