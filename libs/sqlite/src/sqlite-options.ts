import { assertKnownOptions } from '@nest-a2a/store';
import { type SqliteDriver } from './sqlite-driver.js';

/** Where {@link sqlite} keeps tasks. */
export interface SqliteOptions {
  /** Path of the file, which is made where it is missing, readable by this user only. Beside it SQLite has a `-wal` file. */
  readonly file: string;
  /**
   * How long to wait at start for another process to let go of the file, such as
   * the one before it that still ends its turns, milliseconds.
   *
   * @default 30_000
   */
  readonly openTimeoutMs?: number;
  /**
   * What opens the file: {@link nodeSqliteDriver}, {@link betterSqlite3Driver}, or one's
   * own behind these few methods.
   *
   * @default the `libsql` package
   */
  readonly driver?: SqliteDriver;
  /** Is told what an operator should know. @default process.emitWarning */
  readonly onWarning?: (message: string) => void;
}

/** Options that are complete. */
export type SqliteSettings = Required<Omit<SqliteOptions, 'driver'>> &
  Pick<SqliteOptions, 'driver'>;

const DEFAULTS = Object.freeze({
  openTimeoutMs: 30_000,
  onWarning: (message: string) =>
    process.emitWarning(message, { type: 'NestA2AWarning' }),
});

const NAMES: readonly (keyof SqliteOptions)[] = [
  'file',
  'openTimeoutMs',
  'driver',
  'onWarning',
];

/**
 * Completes and checks options.
 *
 * @throws TypeError
 */
export function settingsOf(options: SqliteOptions): SqliteSettings {
  assertKnownOptions('sqlite()', options, NAMES);
  const settings = { ...DEFAULTS, ...options };
  const { file, openTimeoutMs } = settings;
  if (
    typeof file !== 'string' ||
    file === '' ||
    file.includes('\u0000') ||
    file === ':memory:'
  ) {
    throw new TypeError('"file" of sqlite() is the path of a file');
  }
  if (!(openTimeoutMs >= 0)) {
    throw new TypeError('"openTimeoutMs" of sqlite() is a number from 0 on');
  }
  return settings;
}
