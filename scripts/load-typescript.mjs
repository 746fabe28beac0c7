// Loads a file of the tests that a script needs as well. It may import packages, Node.js, and what stands beside it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const FOLDER = 'dist/scripts';

/** What a TypeScript file exports. Its types are not checked. */
export async function loadTypeScript(path) {
  // Not at the top: who imports this file may have to install the packages first.
  const { default: ts } = await import('typescript');
  const compiled = resolve(compile(ts, path));
  return import(pathToFileURL(compiled).href);
}

/** @returns the JavaScript file; those that it imports from its folder are beside it */
function compile(ts, path) {
  const source = readFileSync(path, 'utf8');
  for (const { fileName } of ts.preProcessFile(source).importedFiles) {
    if (fileName.startsWith('./')) {
      compile(ts, join(dirname(path), fileName.replace(/\.js$/, '.ts')));
    }
  }
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ES2022,
      target: ts.ScriptTarget.ES2022,
    },
  });
  const compiled = join(FOLDER, basename(path).replace(/\.ts$/, '.js'));
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(compiled, outputText);
  return compiled;
}

/** Starts the PostgreSQL server of the tests, see libs/postgres/test. */
export async function startPostgres(settings) {
  const { startServer, whyNoServer } = await loadTypeScript(
    'libs/postgres/test/postgres-server.ts',
  );
  const reason = whyNoServer();
  if (reason !== undefined) throw new Error(reason);
  return startServer(settings);
}
