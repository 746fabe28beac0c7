// What optional peers are for, and what is said where they are missing.
import { existsSync, readFileSync } from 'node:fs';
import { entriesOf } from '../libs.mjs';

const MISSING = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

/** The names of the peers that a library does without. */
export function optionalPeersOf({ manifest }) {
  return Object.keys(manifest.peerDependenciesMeta ?? {}).filter(
    (name) => manifest.peerDependenciesMeta[name].optional,
  );
}

/** The same for several libraries, each once. */
export function optionalPeersOfAll(libs) {
  return [...new Set(libs.flatMap(optionalPeersOf))].sort();
}

/** A library, and those that come with it. */
export function withDependencies(lib) {
  return [lib, ...lib.uses.flatMap(withDependencies)];
}

/**
 * Checks what became of loading the entry points of libraries where only these
 * peers are there.
 *
 * @param results by entry point, from `programs/load-entries.mjs`
 * @returns for each entry point that does not load the peer that it misses
 * @throws Error with what is wrong: an entry point that fails in another way, one
 *   that is there twice, and the main one of a library where it fails at all
 */
export function readResults(libs, results, peers) {
  const problems = [];
  const missing = new Map();
  for (const lib of libs) {
    const mayMiss = optionalPeersOfAll(withDependencies(lib)).filter(
      (name) => !peers.includes(name),
    );
    for (const { key, specifier } of entriesOf(lib)) {
      const { ok, code, message, twice } = results[specifier];
      if (twice) problems.push(`${specifier}: two copies of ${twice}`);
      if (ok) continue;
      const name = mayMiss.find((one) => names(message, one));
      if (key === '.' || !MISSING.includes(code) || !name) {
        problems.push(`${specifier}: ${message}`);
      }
      missing.set(specifier, name);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return missing;
}

/** Whether a text names a package, or something in it, and not one whose name begins alike. */
function names(message, name) {
  return message
    .split(/[\s'"`,;|]+/)
    .map((part) => part.replace(/[./]+$/, ''))
    .some((part) => part === name || part.startsWith(`${name}/`));
}

/**
 * Checks that the README says how to install what an entry point needs.
 *
 * @throws Error
 */
export function checkReadme({ folder }, specifier, peers) {
  const text = readFileSync(`libs/${folder}/README.md`, 'utf8');
  const lines = text.split('\n');
  const commands = lines.filter((line) => line.includes('npm install'));
  const isSaid =
    text.includes(specifier) &&
    commands.some((line) => peers.every((name) => names(line, name)));
  if (!isSaid) {
    throw new Error(
      `libs/${folder}/README.md does not say: ${specifier} needs npm install ${peers.join(' ')}`,
    );
  }
}

/** What libraries want to have tried, from `libs/<name>/test/optional-peers.mjs`. */
export async function casesOf(libs) {
  const all = [];
  for (const { folder } of libs) {
    const file = new URL(
      `../../libs/${folder}/test/optional-peers.mjs`,
      import.meta.url,
    );
    if (!existsSync(file)) continue;
    const { default: cases } = await import(file.href);
    const program = `./${folder}.peers.mjs`;
    cases.forEach(({ name, needs, node }, number) =>
      all.push({ file: program, number, name, needs, node, folder }),
    );
  }
  return all;
}

/**
 * Checks what a case came to where only these peers are there.
 *
 * @throws Error unless it works with all that it needs, and otherwise says how to install the rest
 */
export function checkCase({ needs }, result, peers) {
  const rest = needs.filter((name) => !peers.includes(name));
  if (rest.length === 0) {
    if (!result.ok) throw new Error(result.stack);
    return;
  }
  if (result.ok) throw new Error(`works without ${rest.join(', ')}`);
  const [, command] = /npm install (.*)/.exec(result.message) ?? [];
  if (!command || !rest.every((name) => names(command, name))) {
    throw new Error(
      `does not say "npm install ${rest.join(' ')}", but: ${result.message}`,
    );
  }
}
