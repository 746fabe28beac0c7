import { readFileSync } from 'node:fs';
import { PLATFORMS, RUNTIMES } from './choices.js';
import { dependencyNames, packageJsonOf } from './package-json.js';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const choices = {
  name: 'my-agent',
  runtime: 'memory',
  platform: 'express',
  packageManager: 'npm',
} as const;

const manifestOf = (some: object) =>
  packageJsonOf({ ...choices, ...some }, '1.2.3') as Manifest;

describe('packageJsonOf', () => {
  it('has what the choices need, and nothing for the others', () => {
    const { dependencies } = manifestOf({ runtime: 'sqlite' });
    expect(Object.keys(dependencies)).toEqual([
      '@nest-a2a/server',
      '@nest-a2a/sqlite',
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/platform-express',
      'libsql',
      'reflect-metadata',
      'rxjs',
    ]);
  });

  it('takes all packages of nest-a2a in one version', () => {
    const ours = RUNTIMES.flatMap((runtime) => {
      const { dependencies, devDependencies } = manifestOf({ runtime });
      return Object.entries({ ...dependencies, ...devDependencies });
    }).filter(([name]) => name.startsWith('@nest-a2a/'));
    expect(ours).toHaveLength(3 * 2 + 2);
    expect(ours.filter(([, version]) => version !== '1.2.3')).toEqual([]);
  });

  it('takes the versions that the repository is tested with', () => {
    const repository = JSON.parse(
      readFileSync('package.json', 'utf8'),
    ) as Manifest;
    const tested = {
      ...repository.dependencies,
      ...repository.devDependencies,
    };
    const asked = Object.assign(
      {},
      ...PLATFORMS.flatMap((platform) =>
        RUNTIMES.map((runtime) => {
          const manifest = manifestOf({ platform, runtime });
          return { ...manifest.dependencies, ...manifest.devDependencies };
        }),
      ),
    ) as Record<string, string>;
    expect(Object.keys(asked).sort()).toEqual([...dependencyNames()].sort());
    const others = Object.entries(asked).filter(
      ([name]) => name !== 'vitest' && !name.startsWith('@nest-a2a/'),
    );
    expect(others.length).toBeGreaterThan(8);
    expect(
      others.filter(([name, range]) => range !== `^${tested[name]}`),
    ).toEqual([]);
  });
});
