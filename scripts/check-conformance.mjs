// Checks docs/conformance.md: each rule has one row, and each test that a row
// names is there. A row without a test says why.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const DOCUMENT = 'docs/conformance.md';
const RULES = 307;
const LEAST_REASON = 15;
const BETWEEN = ' › ';

const problems = [];
const parsed = new Map();

/** What is known of a source file: the paths of its tests, and all of its texts. */
function read(file) {
  if (!parsed.has(file)) {
    const text = readFileSync(file, 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    const found = { tests: [], texts: new Set(), imports: [] };
    visit(source, { found, source, path: [] });
    parsed.set(file, found);
  }
  return parsed.get(file);
}

function visit(node, { found, source, path }) {
  if (ts.isStringLiteralLike(node)) found.texts.add(node.text);
  if (ts.isImportDeclaration(node)) {
    found.imports.push(node.moduleSpecifier.text);
  }
  const kind = ts.isCallExpression(node) ? kindOf(node.expression) : undefined;
  const title = kind && titleOf(node.arguments[0], source);
  const inner = title === undefined ? path : [...path, title];
  if (kind === 'it') found.tests.push(inner);
  ts.forEachChild(node, (child) =>
    visit(child, { found, source, path: inner }),
  );
}

/** Whether something that is called is `describe`, `it`, or their `each` with its table. What is skipped is neither. */
function kindOf(callee) {
  const target = ts.isCallExpression(callee)
    ? callee.expression
    : ts.isTaggedTemplateExpression(callee)
      ? callee.tag
      : undefined;
  if (target && ts.isPropertyAccessExpression(target)) {
    return target.name.text === 'each' ? kindOf(target.expression) : undefined;
  }
  if (!ts.isIdentifier(callee)) return undefined;
  return { it: 'it', test: 'it', describe: 'describe' }[callee.text];
}

function titleOf(node, source) {
  if (node && ts.isStringLiteralLike(node)) return node.text;
  return node && ts.isTemplateExpression(node)
    ? node.getText(source).slice(1, -1)
    : '';
}

/** Whether a file has a test of this title, below the names before it. */
function hasTest(file, names) {
  const { tests } = read(file);
  const title = names.at(-1);
  return tests.some(
    (path) =>
      (path.at(-1) === title ||
        (/^(\$\w+|%s)$/.test(path.at(-1)) && isInTable(file, title))) &&
      isInOrder(names.slice(0, -1), path.slice(0, -1)),
  );
}

/** Whether a table of the file, or of what it imports, has this text. */
function isInTable(file, text, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const { texts, imports } = read(file);
  return (
    texts.has(text) ||
    imports
      .filter((name) => name.startsWith('.'))
      .map((name) => join(dirname(file), name.replace(/\.js$/, '.ts')))
      .some((other) => isInTable(other, text, seen))
  );
}

function isInOrder(names, path) {
  let from = 0;
  return names.every((name) => {
    from = path.indexOf(name, from) + 1;
    return from > 0;
  });
}

/** @returns how many tests are named */
function checkEvidence(number, evidence) {
  const named = [...evidence.matchAll(/`([^`]+ › [^`]+)`/g)];
  for (const [, reference] of named) {
    const [file, ...names] = reference.split(BETWEEN);
    if (!existsSync(file)) {
      problems.push(`rule ${number}: there is no file ${file}`);
    } else if (!hasTest(file, names)) {
      problems.push(`rule ${number}: there is no test ${reference}`);
    }
  }
  if (/\bpending\b/i.test(evidence)) {
    problems.push(`rule ${number} is pending`);
  } else if (named.length === 0 && evidence.length < LEAST_REASON) {
    problems.push(`rule ${number} has neither a test nor a reason`);
  }
  return named.length;
}

const seen = new Set();
let tests = 0;
for (const line of readFileSync(DOCUMENT, 'utf8').split('\n')) {
  const [, cell, clause, rule, evidence] = line
    .split('|')
    .map((one) => one.trim());
  if (!/^\d+$/.test(cell ?? '')) continue;
  const number = Number(cell);
  if (seen.has(number)) problems.push(`rule ${number} is there twice`);
  seen.add(number);
  if (!clause || !rule)
    problems.push(`rule ${number} lacks its clause or text`);
  tests += checkEvidence(number, evidence ?? '');
}
for (let number = 1; number <= RULES; number++) {
  if (!seen.has(number)) problems.push(`rule ${number} is missing`);
}

for (const problem of problems) console.error(`${DOCUMENT}: ${problem}`);
console.log(`${seen.size} rules, ${tests} references to tests`);
process.exitCode = problems.length === 0 ? 0 : 1;
