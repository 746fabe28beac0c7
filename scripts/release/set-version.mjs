// One version for the workspace and all libraries.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { completeManifest } from '../lib-manifest.mjs';
import { readLibs } from '../libs.mjs';

const WORKSPACE = 'package.json';
const LOCK = 'package-lock.json';

/**
 * Writes a version into every manifest, exact ranges of libraries to each other
 * included, into the lock file, and where a library says it itself.
 *
 * @returns the files, and how to put them back
 */
export function setVersion(version) {
  const before = new Map();
  const writeText = (file, text) => {
    before.set(file, readFileSync(file, 'utf8'));
    writeFileSync(file, text);
  };
  const write = (file, value) =>
    writeText(file, `${JSON.stringify(value, null, 2)}\n`);
  const workspace = { ...readJson(WORKSPACE), version };
  const manifests = new Map();
  for (const lib of readLibs()) {
    const manifest = completeManifest(lib, workspace);
    manifests.set(`libs/${lib.folder}`, manifest);
    write(`libs/${lib.folder}/package.json`, manifest);
    const source = `libs/${lib.folder}/src/version.ts`;
    if (existsSync(source)) writeText(source, sourceAt(version, source));
  }
  write(WORKSPACE, workspace);
  write(LOCK, lockedAt(version, readJson(LOCK), manifests));
  return {
    files: [...before.keys()],
    putBack: () =>
      before.forEach((text, file) => {
        writeFileSync(file, text);
      }),
  };
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** A source that says `VERSION = '0.1.0'`. */
function sourceAt(version, file) {
  const statement = /VERSION = '[^']*'/;
  const text = readFileSync(file, 'utf8');
  if (!statement.test(text)) throw new Error(`${file} names no VERSION`);
  return text.replace(statement, `VERSION = '${version}'`);
}

const RANGES = ['dependencies', 'peerDependencies', 'devDependencies'];

/** The lock file as npm would write it: it repeats what manifests say. */
function lockedAt(version, lock, manifests) {
  const packages = { ...lock.packages };
  packages[''] = { ...packages[''], version };
  for (const [folder, manifest] of manifests) {
    packages[folder] = {
      ...packages[folder],
      version,
      ...Object.fromEntries(
        RANGES.filter((kind) => manifest[kind]).map((kind) => [
          kind,
          manifest[kind],
        ]),
      ),
    };
  }
  return { ...lock, version, packages };
}
