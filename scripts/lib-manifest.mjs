// What the package.json of every library says alike.
import { readFileSync } from 'node:fs';
import { entriesOf } from './libs.mjs';

const SCOPE = '@nest-a2a/';
const KEYWORDS = ['a2a', 'agent2agent'];

/** What is read first stands first. The rest follows as it stood. */
const ORDER = [
  ...['name', 'version', 'description', 'keywords', 'license', 'repository'],
  ...['type', 'main', 'types', 'exports', 'typesVersions', 'bin', 'files'],
  ...['sideEffects', 'engines', 'publishConfig', 'dependencies'],
  ...['peerDependencies', 'peerDependenciesMeta'],
];

/**
 * The manifest as it is to be: the version, licence and engines of the workspace,
 * its libraries in exactly this version, and what npm asks of a package that is
 * published with its provenance.
 *
 * @param workspace the package.json of the workspace
 * @param version of all libraries
 */
export function completeManifest(
  { folder, manifest },
  workspace,
  version = workspace.version,
) {
  const { license, engines, repository } = workspace;
  const complete = {
    ...manifest,
    version,
    license,
    engines,
    keywords: [...new Set([...KEYWORDS, ...(manifest.keywords ?? [])])],
    files: [...new Set([...(manifest.files ?? ['dist']), 'CHANGELOG.md'])],
    publishConfig: { access: 'public', provenance: true },
    // Bundlers drop what is not used of modules, and nobody imports a program.
    ...(entriesOf({ name: '', manifest }).length > 0 && {
      sideEffects: manifest.sideEffects ?? false,
    }),
    ...(repository && {
      repository: { ...asObject(repository), directory: `libs/${folder}` },
    }),
    ...exactDependencies(manifest, version),
  };
  return inOrder(complete);
}

/** What is wrong with a manifest that nobody can complete. */
export function problemsOf({ folder, name, manifest }) {
  const problems = [];
  const readme = readOr(`libs/${folder}/README.md`, '');
  if (!manifest.description) problems.push('has no "description"');
  if (!readme.startsWith(`# ${name}\n`)) {
    problems.push(`README.md does not begin with "# ${name}"`);
  }
  if (!/^```(sh|ts)$/m.test(readme)) problems.push('README.md shows no use');
  for (const peer of Object.keys(manifest.peerDependenciesMeta ?? {})) {
    if (!(peer in (manifest.peerDependencies ?? {}))) {
      problems.push(`"peerDependenciesMeta" names ${peer}, which is no peer`);
    }
  }
  return problems;
}

/** The libraries among dependencies, in exactly one version: they are published together. */
function exactDependencies(manifest, version) {
  const kinds = ['dependencies', 'peerDependencies', 'devDependencies'];
  return Object.fromEntries(
    kinds
      .filter((kind) => manifest[kind])
      .map((kind) => [kind, exact(manifest[kind], version)]),
  );
}

function exact(dependencies, version) {
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => [
      name,
      name.startsWith(SCOPE) ? version : range,
    ]),
  );
}

function inOrder(manifest) {
  const rest = Object.keys(manifest).filter((key) => !ORDER.includes(key));
  const keys = [...ORDER.filter((key) => key in manifest), ...rest];
  return Object.fromEntries(keys.map((key) => [key, manifest[key]]));
}

const asObject = (repository) =>
  typeof repository === 'string'
    ? { type: 'git', url: repository }
    : repository;

function readOr(file, missing) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return missing;
    throw error;
  }
}
