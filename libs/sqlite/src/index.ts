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
