// Loads a file of the tests that a script needs as well. It may import packages and Node.js, nothing else.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

const FOLDER = 'dist/scripts';

/** What a TypeScript file exports. Its types are not checked. */
export async function loadTypeScript(path) {
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.ES2022,
      target: ts.ScriptTarget.ES2022,
    },
  });
  const compiled = resolve(FOLDER, basename(path).replace(/\.ts$/, '.mjs'));
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(compiled, outputText);
  return import(pathToFileURL(compiled).href);
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
