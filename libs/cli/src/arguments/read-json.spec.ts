import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson, readJsonObject } from './read-json.js';
import { UsageError } from './usage-error.js';

describe('readJson', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-a2a-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('reads the value itself, or the file that it names', async () => {
    const path = join(folder, 'data.json');
    await writeFile(path, '{"a":[1]}\n');
    expect(await readJson('data', '"@"')).toBe('@');
    expect(await readJson('data', `@${path}`)).toEqual({ a: [1] });
  });

  it('names the option where there is no JSON or no file', async () => {
    const missing = `@${join(folder, 'missing')}`;
    for (const value of ['{', '', missing, '@']) {
      const read = readJson('data', value);
      await expect(read).rejects.toThrow(UsageError);
      await expect(read).rejects.toThrow(/^--data/);
    }
  });
});

describe('readJsonObject', () => {
  it('takes objects only', async () => {
    expect(await readJsonObject('metadata', '{"a":1}')).toEqual({ a: 1 });
    for (const value of ['[]', 'null', '"x"', '1']) {
      const read = readJsonObject('metadata', value);
      await expect(read).rejects.toThrow(/^--metadata must be a JSON object/);
    }
  });
});
