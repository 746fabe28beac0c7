import { closeSync, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type SqliteConnection, type SqliteDriver } from './sqlite-driver.js';
import { resultCodeOf, SqliteSetupError } from './sqlite-errors.js';
import { type SqliteSettings } from './sqlite-options.js';
import { toSetupError } from './to-setup-error.js';

const RETRY_MS = 50;

/**
 * Opens a file for this process alone, and keeps it as long as it is open.
 *
 * @throws SqliteSetupError
 */
export async function openFile(
  { file, openTimeoutMs }: SqliteSettings,
  driver: SqliteDriver,
): Promise<SqliteConnection> {
  // What is in it is for this user only; SQLite gives its other files the same rights.
  make(file);
  const end = performance.now() + openTimeoutMs;
  for (;;) {
    try {
      return openOnce(file, driver);
    } catch (error) {
      if (!/^SQLITE_BUSY/.test(resultCodeOf(error))) {
        throw toSetupError(file, error);
      }
      if (performance.now() >= end) {
        throw inUse(file, error);
      }
    }
    await setTimeout(RETRY_MS);
  }
}

function openOnce(file: string, driver: SqliteDriver): SqliteConnection {
  const connection = driver(file);
  try {
    // Before anything else: the lock is taken by the first write and then kept.
    connection.prepare('pragma locking_mode = exclusive').all([]);
    connection.prepare('pragma journal_mode = wal').all([]);
    connection.exec('pragma synchronous = full');
    connection.exec('pragma foreign_keys = on');
    connection.exec('begin immediate; commit');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Lets go of a file. The lock goes first: a driver may keep the file open until
 * the last statement is collected as garbage.
 */
export function closeFile(connection: SqliteConnection): void {
  try {
    connection.prepare('pragma journal_mode = delete').all([]);
    connection.prepare('pragma locking_mode = normal').all([]);
    connection.prepare('select count(*) from sqlite_master').all([]);
  } catch {
    // What is confirmed is on the disk; the lock ends with the connection at the latest.
  } finally {
    connection.close();
  }
}

function make(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw toSetupError(file, error);
  }
}

function inUse(file: string, cause: unknown): SqliteSetupError {
  return new SqliteSetupError(
    'FILE_IN_USE',
    `${file} is used by another process: one process at a time has it, use PostgreSQL for several`,
    { cause },
  );
}
