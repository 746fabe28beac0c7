import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type BetterSqlite3,
  betterSqlite3Driver,
} from '../src/better-sqlite3-driver.js';
import { libsqlDriver } from '../src/libsql-driver.js';
import { nodeSqliteDriver } from '../src/node-sqlite-driver.js';
import { type SqliteDriver } from '../src/sqlite-driver.js';

/** A driver to test, and why it is not here. */
interface TestDriver {
  readonly name: string;
  open(): SqliteDriver | Promise<SqliteDriver>;
  readonly missing?: string;
}

/** Every driver that the library knows. */
export const DRIVERS: readonly TestDriver[] = Object.freeze([
  { name: 'libsql', open: libsqlDriver },
  {
    name: 'node:sqlite',
    open: () => withOwnLists(nodeSqliteDriver()),
    ...(isOlderThan(22, 16) && {
      missing: `Node.js 22.16 has it, this is ${process.version}: npm run test:drivers`,
    }),
  },
  {
    name: 'better-sqlite3',
    open: () => withOwnLists(betterSqlite3Driver(loadBetterSqlite3())),
    // It compiles for minutes where there is no build of it: nobody has to have it.
    ...(!isInstalled('better-sqlite3') && {
      missing: 'npm install --no-save better-sqlite3',
    }),
  },
]);

/** `describe` for each driver; in place of one that is not here there is a skipped test that says so. */
export function describeWithDrivers(
  title: string,
  body: (open: TestDriver['open']) => void,
): void {
  for (const { name, open, missing } of DRIVERS) {
    const full = `${title} ${name}`;
    if (missing === undefined) {
      describe(full, () => body(open));
    } else {
      it.skip(`${full} (${missing})`, () => undefined);
    }
  }
}

/** Lists that come from outside of Jest are not those of Jest, whose assertions tell them apart. */
function withOwnLists(driver: SqliteDriver): SqliteDriver {
  return (file) => {
    const connection = driver(file);
    return {
      get inTransaction() {
        return connection.inTransaction;
      },
      exec: (sql) => connection.exec(sql),
      close: () => connection.close(),
      prepare: (sql) => {
        const statement = connection.prepare(sql);
        return { all: (values) => [...statement.all(values)] };
      },
    };
  };
}

/** What the checkout sees. */
function here(): NodeJS.Require {
  return createRequire(join(process.cwd(), 'package.json'));
}

function isInstalled(name: string): boolean {
  try {
    return here().resolve(name) !== '';
  } catch {
    return false;
  }
}

function loadBetterSqlite3(): BetterSqlite3 {
  return here()('better-sqlite3') as BetterSqlite3;
}

function isOlderThan(major: number, minor: number): boolean {
  const [ours = 0, oursMinor = 0] = process.versions.node
    .split('.')
    .map(Number);
  return ours < major || (ours === major && oursMinor < minor);
}
