// Runs a TypeScript program of the tests in a process of its own, from the
// sources: node run-typescript.mjs <program.ts> [arguments]
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
const OPTIONS = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  esModuleInterop: true,
};

/** Where a name leads to that means one of our own sources. */
function sourceOf(name, parent) {
  const [, lib, entry] = /^@nest-a2a\/([^/]+)(?:\/(.+))?$/.exec(name) ?? [];
  if (lib) {
    return join(ROOT, 'libs', lib, 'src', entry ?? '', 'index.ts');
  }
  const isOwn = parent?.filename?.endsWith('.ts');
  return isOwn && name.startsWith('.') ? name.replace(/\.js$/, '.ts') : name;
}

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (name, parent, ...rest) =>
  resolveFilename.call(Module, sourceOf(name, parent), parent, ...rest);
Module._extensions['.ts'] = (module, file) => {
  const source = readFileSync(file, 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: OPTIONS,
    fileName: file,
  });
  module._compile(outputText, file);
};

// The program sees itself where it looks for its name.
process.argv.splice(1, 1);
createRequire(import.meta.url)(resolve(process.argv[1]));
