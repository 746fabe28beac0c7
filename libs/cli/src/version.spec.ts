import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from './version.js';

it('is that of the package', () => {
  const file = join(process.cwd(), 'libs/cli/package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as {
    version: string;
  };
  expect(VERSION).toBe(version);
});
