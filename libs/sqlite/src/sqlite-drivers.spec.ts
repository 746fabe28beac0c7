import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithDrivers } from '../test/drivers.js';
import { type SqliteConnection, type SqliteDriver } from './sqlite-driver.js';
import { resultCodeOf } from './sqlite-errors.js';

/** What a call is refused with. */
function codeOf(call: () => unknown): string {
  try {
    call();
    return 'ok';
  } catch (error) {
    return resultCodeOf(error);
  }
}

describeWithDrivers('the driver', (load) => {
  let folder: string;
  let driver: SqliteDriver;
  let connection: SqliteConnection;
  const opened: SqliteConnection[] = [];

  const open = (name = 'tasks.db') => {
    const one = driver(join(folder, name));
    opened.push(one);
    return one;
  };

  beforeAll(async () => {
    driver = await load();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
    connection = open();
    connection.exec(
      'create table t (a text unique, b, c blob); create index i on t (b)',
    );
  });
  afterEach(() => {
    opened.splice(0).forEach((one) => one.close());
    rmSync(folder, { recursive: true });
  });

  it('binds parameters by their numbers, also those that occur twice', () => {
    const select = connection.prepare('select ?2 as b, ?1 as a, ?2 as again');
    expect({ ...select.all([1, 'x'])[0] }).toEqual({
      a: 1,
      b: 'x',
      again: 'x',
    });
    expect({ ...select.all([null, 0.5])[0] }).toMatchObject({
      a: null,
      b: 0.5,
    });
  });

  it('has no rows for a statement that has none, and those of "returning"', () => {
    const insert = 'insert into t (a, b) values (?1, ?2)';
    expect(connection.prepare(insert).all(['x', 1])).toEqual([]);
    const [row] = connection.prepare(`${insert} returning b`).all(['y', 2]);
    expect(row?.b).toBe(2);
    expect(connection.prepare('select a from t').all([])).toHaveLength(2);
  });

  it('keeps bytes, texts and large numbers', () => {
    const values = ['é\u{1F600}', 2 ** 53 - 1, Uint8Array.of(0, 255, 7)];
    connection.prepare('insert into t values (?1, ?2, ?3)').all(values);
    const [row] = connection.prepare('select a, b, c from t').all([]);
    expect([row?.a, row?.b]).toEqual(values.slice(0, 2));
    expect([...new Uint8Array(row?.c as Uint8Array)]).toEqual([0, 255, 7]);
  });

  it('knows whether a transaction is open, also when an error has ended it', () => {
    expect(connection.inTransaction).toBe(false);
    connection.exec('begin immediate');
    connection.exec(`insert into t (a) values ('x')`);
    expect(connection.inTransaction).toBe(true);
    const conflict = () =>
      connection.exec(`insert or rollback into t (a) values ('x')`);
    expect(codeOf(conflict)).toMatch(/^SQLITE_CONSTRAINT/);
    expect(connection.inTransaction).toBe(false);
  });

  it('says by its name what SQLite refuses, wherever it does', () => {
    expect(codeOf(() => connection.exec('nonsense'))).toBe('SQLITE_ERROR');
    expect(codeOf(() => connection.prepare('nonsense'))).toBe('SQLITE_ERROR');
    const insert = connection.prepare('insert into t (a) values (?1)');
    insert.all(['x']);
    expect(codeOf(() => insert.all(['x']))).toMatch(/^SQLITE_CONSTRAINT/);
    writeFileSync(join(folder, 'text.db'), 'no database '.repeat(200));
    const read = () => open('text.db').exec('create table t (a)');
    expect(codeOf(read)).toBe('SQLITE_NOTADB');
  });

  it('waits for nobody in the thread of the event loop', () => {
    const other = open();
    connection.exec('begin exclusive');
    expect(codeOf(() => other.exec('begin immediate'))).toMatch(/^SQLITE_BUSY/);
    const [row] = other.prepare('pragma busy_timeout').all([]);
    expect(row?.timeout).toBe(0);
  });
});
