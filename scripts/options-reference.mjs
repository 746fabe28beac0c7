// Writes docs/options.md from the comments of the options themselves:
// node scripts/options-reference.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';
import ts from 'typescript';

const SOURCE = 'libs/server/src/options/a2a-module-options.ts';
/** Where interfaces are that those extend. */
const INHERITED = ['libs/protocol/src/validation/parse-context.ts'];
const TARGET = 'docs/options.md';

/** The interfaces in the order of the page, with what a reader calls them. */
const SECTIONS = [
  ['AgentOptions', 'The agent'],
  ['AgentExtras', 'Its name and routes'],
  ['CardSigningOptions', '`cardSigning`'],
  ['GrpcOptions', '`grpc`'],
  ['A2AModuleOptions', 'The application'],
  ['LimitOptions', '`limits`'],
  ['TurnOptions', '`turn`'],
  ['SseOptions', '`sse`'],
  ['RetentionOptions', '`retention`'],
  ['PushOptions', '`push`'],
  ['PushSigningOptions', '`push.signing`'],
  ['BreakerOptions', '`push.breaker`'],
  ['PushProxyOptions', '`push.proxy`'],
  ['TenantPushOptions', 'A tenant in `push.tenants`'],
];

const interfaces = new Map(
  [SOURCE, ...INHERITED]
    .flatMap(interfacesOf)
    .map((one) => [one.name.text, one]),
);

function interfacesOf(path) {
  const text = readFileSync(path, 'utf8');
  return ts
    .createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    .statements.filter(ts.isInterfaceDeclaration);
}

const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
const cell = (text) => oneLine(text).replaceAll('|', '\\|');

function commentOf(node) {
  const [comment] = node.jsDoc ?? [];
  const text = ts.getTextOfJSDocComment(comment?.comment) ?? '';
  const tag = comment?.tags?.find(({ tagName }) => tagName.text === 'default');
  return {
    text: oneLine(text),
    byDefault: oneLine(ts.getTextOfJSDocComment(tag?.comment) ?? ''),
  };
}

function rowOf(member) {
  const { text, byDefault } = commentOf(member);
  const name = `\`${member.name.getText()}\``;
  const type = `\`${cell(member.type.getText())}\``;
  return `| ${name} | ${type} | ${cell(byDefault) || ' '} | ${cell(text)} |`;
}

/** Its own members, and those of interfaces that have no section of their own. */
function membersOf(declaration) {
  const inherited = (declaration.heritageClauses ?? [])
    .flatMap(({ types }) => types)
    .map(({ expression }) => expression.getText())
    .filter((name) => !SECTIONS.some(([section]) => section === name))
    .flatMap((name) => {
      const parent = interfaces.get(name);
      if (!parent) throw new Error(`${name} is in no file that is read here`);
      return membersOf(parent);
    });
  return [...inherited, ...declaration.members];
}

function sectionOf([name, title]) {
  const declaration = interfaces.get(name);
  return [
    `## ${title}`,
    commentOf(declaration).text,
    [
      '| option | type | default | meaning |',
      '| --- | --- | --- | --- |',
      ...membersOf(declaration).map(rowOf),
    ].join('\n'),
  ].join('\n\n');
}

const page = await prettier.format(
  [
    '# Options',
    `Made from the comments in \`${SOURCE}\` by \`node scripts/options-reference.mjs\`.`,
    'Options of "The agent" and "Its name and routes" are those of `A2AModule.forRoot` and of `A2AModule.forFeature`; the others are of `forRoot` alone. With `forRootAsync`, what shapes routes ("Its name and routes") stands beside the factory, the rest comes from it.',
    ...SECTIONS.map(sectionOf),
  ].join('\n\n'),
  { parser: 'markdown' },
);

if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, page);
} else if (readFileSync(TARGET, 'utf8') !== page) {
  console.error(`${TARGET} is old: run node scripts/options-reference.mjs`);
  process.exit(1);
}
