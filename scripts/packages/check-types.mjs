// Compiles programs that import entry points, as TypeScript resolves them in each
// kind of application, and checks the declarations of the libraries too.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FLAGS = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node'];

/**
 * Libraries whose declarations name those of a package that is ES modules only,
 * which `node16` lets no CommonJS program import: it needs `nodenext`.
 */
const ESM_ONLY = { 'node16 .cts': ['@nest-a2a/server/executor'] };

/** How applications resolve: the extension of a file says which module system it has. */
export function resolutionsOf({ commonJs }) {
  const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'];
  return [
    { name: commonJs, extensions: ['mts', 'cts'] },
    { name: 'bundler', extensions: ['ts'], flags: bundler },
  ];
}

/**
 * Compiles a program for each extension, all at once.
 *
 * What declarations of other packages get wrong is theirs, and left out.
 *
 * @throws Error with what the compiler says of the programs and of our declarations
 */
export async function checkTypes(app, resolution, entries) {
  const { name, extensions, flags } = resolution;
  const folder = join(app.folder, 'types');
  mkdirSync(folder, { recursive: true });
  const files = extensions.map((extension) => {
    const file = join(folder, `${name}-${entries.length}.${extension}`);
    const left = ESM_ONLY[`${name} .${extension}`] ?? [];
    writeFileSync(
      file,
      sourceOf(entries.filter((entry) => !left.includes(entry))),
    );
    return file;
  });
  const modules = flags ?? ['--module', name, '--moduleResolution', name];
  const args = [...files, ...FLAGS, ...modules, '--skipLibCheck', 'false'];
  await app.tsc(args).catch((error) => {
    const problems = problemsOf(error.output);
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
}

const sourceOf = (entries) =>
  entries
    .map((entry, i) => `export * as entry${i} from '${entry}';`)
    .join('\n');

function problemsOf(output) {
  const lines = output.split('\n').filter((line) => /error TS\d+/.test(line));
  // The compiler itself has failed.
  if (lines.length === 0) return [output];
  return lines.filter((line) => !isForeign(line));
}

const isForeign = (line) =>
  line.startsWith('node_modules/') &&
  !line.startsWith('node_modules/@nest-a2a');
