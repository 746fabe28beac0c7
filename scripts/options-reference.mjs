// Writes docs/options.md from the comments of the options themselves:
// node scripts/options-reference.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';
import ts from 'typescript';

const SOURCE = 'libs/server/src/options/a2a-module-options.ts';
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
];

const file = ts.createSourceFile(
  SOURCE,
  readFileSync(SOURCE, 'utf8'),
  ts.ScriptTarget.Latest,
  true,
);
const interfaces = new Map(
  file.statements
    .filter(ts.isInterfaceDeclaration)
    .map((declaration) => [declaration.name.text, declaration]),
);

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
  const name = `\`${member.name.getText(file)}\``;
  const type = `\`${cell(member.type.getText(file))}\``;
  return `| ${name} | ${type} | ${cell(byDefault) || ' '} | ${cell(text)} |`;
}

function sectionOf([name, title]) {
  const declaration = interfaces.get(name);
  return [
    `## ${title}`,
    commentOf(declaration).text,
    [
      '| option | type | default | meaning |',
      '| --- | --- | --- | --- |',
      ...declaration.members.map(rowOf),
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
