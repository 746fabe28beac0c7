// Checks docs/webhook-cases.md: each case has one row, and a test with its number.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = 'docs/webhook-cases.md';
const CASES = [...numbered('S', 24), ...numbered('D', 32)];

/** Numbers in the title of a test, or in the first column of its table. */
const TAG = /\(((?:[SD]\d+(?:, )?)+)\)|\['([SD]\d+)'/g;

function numbered(letter, count) {
  return Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
}

function testedCases() {
  const tested = new Set();
  const files = ['libs', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((file) => join(folder, file)),
  );
  const specs = files.filter(
    (file) => file.endsWith('spec.ts') && !file.includes('node_modules'),
  );
  for (const file of specs) {
    for (const [, list, cell] of readFileSync(file, 'utf8').matchAll(TAG)) {
      (list ?? cell).split(', ').forEach((name) => tested.add(name));
    }
  }
  return tested;
}

const rows = [
  ...readFileSync(DOCUMENT, 'utf8').matchAll(/^\| ([SD]\d+) +\|(.*)\|$/gm),
];
const tested = testedCases();
const problems = CASES.flatMap((name) => {
  const own = rows.filter(([, number]) => number === name);
  if (own.length !== 1) return [`${name}: ${own.length} rows`];
  return tested.has(name) ? [] : [`${name}: no test has its number`];
});
const unknown = rows.filter(([, name]) => !CASES.includes(name));
problems.push(...unknown.map(([, name]) => `${name}: is no case`));
problems.push(
  ...[...tested]
    .filter((name) => !CASES.includes(name))
    .map((name) => `${name}: a test has the number of no case`),
);
if (problems.length > 0) {
  console.error(`${DOCUMENT}\n  ${problems.join('\n  ')}`);
  process.exitCode = 1;
}
