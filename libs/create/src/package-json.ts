import {
  type Choices,
  type PlatformChoice,
  type RuntimeChoice,
} from './choices.js';

type Dependencies = Readonly<Record<string, string>>;

/** What stands for a version of ours: all packages of nest-a2a share one. */
const OURS = 'ours';

/** The versions that this was tried with; a spec keeps them at those of the repository. */
export const DEPENDENCIES: Dependencies = {
  '@nest-a2a/server': OURS,
  '@nestjs/common': '^12.5.1',
  '@nestjs/core': '^12.5.1',
  'reflect-metadata': '^0.2.2',
  rxjs: '^7.8.2',
};

export const RUNTIME_DEPENDENCIES: Readonly<
  Record<RuntimeChoice, Dependencies>
> = {
  memory: {},
  sqlite: { '@nest-a2a/sqlite': OURS, libsql: '^0.5.29' },
  postgres: { '@nest-a2a/postgres': OURS, pg: '^8.23.1' },
};

export const PLATFORM_DEPENDENCIES: Readonly<
  Record<PlatformChoice, Dependencies>
> = {
  express: { '@nestjs/platform-express': '^12.5.1' },
  fastify: { '@nestjs/platform-fastify': '^12.5.0' },
};

// Vitest 5 needs Node.js 22; Jest cannot load Nest 12 before Node.js 24.
export const DEV_DEPENDENCIES: Dependencies = {
  '@nest-a2a/client': OURS,
  '@nestjs/cli': '^12.0.8',
  '@nestjs/schematics': '^12.0.6',
  '@types/node': '^20.19.43',
  typescript: '^6.0.3',
  vitest: '^4.1.12',
};

const SCRIPTS = {
  build: 'nest build',
  start: 'node dist/main.js',
  'start:dev': 'nest start --watch',
  test: 'vitest run',
  typecheck: 'tsc --noEmit',
};

/** Names of all packages that the project may depend on. */
export function dependencyNames(): readonly string[] {
  const all = [
    DEPENDENCIES,
    DEV_DEPENDENCIES,
    ...Object.values(RUNTIME_DEPENDENCIES),
    ...Object.values(PLATFORM_DEPENDENCIES),
  ];
  return all.flatMap((some) => Object.keys(some));
}

/**
 * The package.json of a project.
 *
 * @param version of the packages of nest-a2a
 */
export function packageJsonOf(
  { name, runtime, platform }: Choices,
  version: string,
): object {
  const used = {
    ...DEPENDENCIES,
    ...RUNTIME_DEPENDENCIES[runtime],
    ...PLATFORM_DEPENDENCIES[platform],
  };
  return {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    engines: { node: '>=20.19.0' },
    scripts: SCRIPTS,
    dependencies: versioned(used, version),
    devDependencies: versioned(DEV_DEPENDENCIES, version),
  };
}

/** In the order that npm would write. */
function versioned(dependencies: Dependencies, version: string): Dependencies {
  return Object.fromEntries(
    Object.entries(dependencies)
      .map(([name, range]) => [name, range === OURS ? version : range] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
