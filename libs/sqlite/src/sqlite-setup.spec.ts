import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@nest-a2a/store';
import { describeWithDrivers } from '../test/drivers.js';
import { type SqliteDriver } from './sqlite-driver.js';
import { type SqliteSetupError } from './sqlite-errors.js';
import { sqlite } from './sqlite.js';

const GARBAGE = 'This is no database. '.repeat(1_000);

describeWithDrivers('sqlite, on a file that cannot be used, with', (load) => {
  let folder: string;
  let driver: SqliteDriver;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
    driver = await load();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function refusal(file: string): Promise<SqliteSetupError> {
    const opening = sqlite({ file, driver, openTimeoutMs: 0 }).open({
      clock: systemClock,
    });
    return opening.then(
      () => Promise.reject(new Error('It was opened')),
      (error: SqliteSetupError) => error,
    );
  }

  it('says that its folder is missing, and makes none', async () => {
    const missing = join(folder, 'missing');
    const file = join(missing, 'tasks.db');
    const error = await refusal(file);
    expect(error).toMatchObject({
      name: 'SqliteSetupError',
      code: 'CANNOT_OPEN',
      message: `${file} cannot be opened (ENOENT): the folder ${missing} is missing, make it first`,
      cause: { code: 'ENOENT' },
    });
    expect(existsSync(missing)).toBe(false);
  });

  it('says that it is a folder', async () => {
    expect(await refusal(folder)).toMatchObject({
      code: 'CANNOT_OPEN',
      message: `${folder} cannot be opened (EISDIR): it is a folder, name a file`,
      cause: { code: 'EISDIR' },
    });
  });

  it('says that something else is where its folder should be', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await refusal(join(file, 'tasks.db'))).toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringContaining(`(ENOTDIR): ${file} is no folder`),
    });
  });

  it('says that it is no database, and leaves it as it is', async () => {
    const file = join(folder, 'tasks.db');
    writeFileSync(file, GARBAGE);
    const error = await refusal(file);
    expect(error).toMatchObject({
      name: 'SqliteSetupError',
      code: 'NOT_A_DATABASE',
      message: expect.stringContaining(`${file} is no file of SQLite`),
      cause: { code: 'SQLITE_NOTADB' },
    });
    expect(readFileSync(file, 'utf8')).toBe(GARBAGE);
  });

  it('says that SQLite cannot open it', async () => {
    const file = join(folder, 'tasks.db');
    const wrong = Object.assign(new Error('no'), { code: 'SQLITE_CANTOPEN' });
    driver = () => {
      throw wrong;
    };
    expect(await refusal(file)).toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringMatching(/SQLITE_CANTOPEN\): .* read and write/),
      cause: wrong,
    });
  });

  it('hands on an error that says nothing of the file', async () => {
    const wrong = new Error('our own');
    driver = () => {
      throw wrong;
    };
    expect(await refusal(join(folder, 'tasks.db'))).toBe(wrong);
  });
});
