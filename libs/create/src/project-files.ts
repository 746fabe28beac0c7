import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Choices } from './choices.js';
import { packageJsonOf } from './package-json.js';
import { templateValues } from './template-values.js';

/** The files of a project: their paths in it, with "/", and what is in them. */
export type ProjectFiles = ReadonlyMap<string, string>;

/** Where a project comes from. */
export interface Source {
  /** Holds `base`, and a folder for each runtime and platform. */
  readonly templateFolder: string;
  /** Of this package, and so of all packages of nest-a2a. */
  readonly version: string;
}

/** Puts a project together. Nothing is written. */
export async function projectFiles(
  choices: Choices,
  { templateFolder, version }: Source,
): Promise<ProjectFiles> {
  const values = templateValues(choices);
  const layers = [
    'base',
    `runtime-${choices.runtime}`,
    `platform-${choices.platform}`,
  ];
  const files = new Map<string, string>();
  const manifest = packageJsonOf(choices, version);
  files.set('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  for (const layer of layers) {
    for (const [path, text] of await readLayer(join(templateFolder, layer))) {
      files.set(nameOf(path), filledIn(text, values));
    }
  }
  return files;
}

async function readLayer(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => [
      path.slice(folder.length + 1),
      await readFile(path, 'utf8'),
    ]),
  );
}

/** npm leaves a `.gitignore` out of packages, so `_` stands for the dot. */
function nameOf(path: string): string {
  return path
    .split(sep)
    .map((part) => part.replace(/^_/, '.'))
    .join('/');
}

function filledIn(
  text: string,
  values: Readonly<Record<string, string>>,
): string {
  return text.replace(/\{\{(\w+)\}\}\n?/g, (whole, key: string) => {
    const value = values[key];
    if (value === undefined) {
      throw new Error(`The template has an unknown ${whole}`);
    }
    // A value of several lines brings its own end of line, or none where it is empty.
    const endsLine = whole.endsWith('\n');
    const isBlock = value === '' || value.endsWith('\n');
    return endsLine && !isBlock ? `${value}\n` : value;
  });
}
