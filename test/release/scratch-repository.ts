import { execFile, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SCRIPTS = [
  ...['release.mjs', 'release', 'libs.mjs', 'lib-manifest.mjs'],
  'packages/run-program.mjs',
];

/** What a release came to. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/**
 * A clone of a workspace with two libraries, of which `@nest-a2a/top` depends on
 * `@nest-a2a/base`, and with the scripts for releases of this one. What it builds and
 * tests is noted in a file.
 */
export class ScratchRepository {
  private readonly folder = mkdtempSync(join(tmpdir(), 'nest-a2a-release-'));
  readonly root = join(this.folder, 'clone');
  private readonly log = join(this.folder, 'log');

  /** @param registry host and port of the registry that packages go to */
  constructor(private readonly registry: string) {
    this.writeJson('package.json', {
      name: 'workspace',
      version: '0.1.0',
      private: true,
      license: 'MIT',
      engines: { node: '>=20' },
      workspaces: ['libs/*'],
      scripts: {
        'build:libs': 'node note.mjs built',
        'test:packages': 'node note.mjs tested',
      },
    });
    this.write(
      'note.mjs',
      `import { appendFileSync } from 'node:fs';
       const [word] = process.argv.slice(2);
       appendFileSync(process.env.LOG, word + ' ');
       if (process.env.FAIL === word) process.exit(1);`,
    );
    this.write('CHANGELOG.md', '# Changelog\n\n## 0.2.0\n\n- A change\n');
    this.addLibrary('base');
    this.addLibrary('top', { '@nest-a2a/base': '0.1.0' });
    this.write('libs/top/src/version.ts', `export const VERSION = '0.1.0';\n`);
    this.writeJson('package-lock.json', {
      name: 'workspace',
      version: '0.1.0',
      lockfileVersion: 3,
      packages: { '': { name: 'workspace', version: '0.1.0' } },
    });
    for (const name of SCRIPTS) {
      const to = join(this.root, 'scripts', name);
      mkdirSync(dirname(to), { recursive: true });
      cpSync(join('scripts', name), to, { recursive: true });
    }
    this.git('init', '--quiet', '--initial-branch=main');
    this.commitAll();
    writeFileSync(
      join(this.folder, 'npmrc'),
      `registry=http://${registry}/\n//${registry}/:_authToken=secret\n`,
    );
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  append(file: string, text: string): void {
    appendFileSync(join(this.root, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  readJson(file: string): unknown {
    return JSON.parse(this.read(file));
  }

  commitAll(): void {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', 'Change');
  }

  /** What git answers. */
  git(...args: string[]): string {
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    return execFileSync('git', [...who, ...args], {
      cwd: this.root,
      encoding: 'utf8',
    }).trim();
  }

  /** What was built and tested. */
  get done(): string {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').trim() : '';
  }

  /** Runs the script that makes releases. */
  release(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const identity = { NAME: 'Test', EMAIL: 'test@example.com' };
    const options = {
      cwd: this.root,
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        LOG: this.log,
        npm_config_userconfig: join(this.folder, 'npmrc'),
        npm_config_cache: join(this.folder, 'cache'),
        ...Object.fromEntries(
          Object.entries(identity).flatMap(([key, value]) => [
            [`GIT_AUTHOR_${key}`, value],
            [`GIT_COMMITTER_${key}`, value],
          ]),
        ),
        ...env,
      },
    };
    const command = ['scripts/release.mjs', ...args];
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        command,
        options,
        (_error, stdout, stderr) =>
          resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private addLibrary(folder: string, dependencies?: Record<string, string>) {
    this.writeJson(`libs/${folder}/package.json`, {
      name: `@nest-a2a/${folder}`,
      version: '0.1.0',
      exports: { '.': './index.js' },
      files: ['index.js'],
      ...(dependencies && { dependencies }),
    });
    this.write(`libs/${folder}/index.js`, '');
    this.write(`libs/${folder}/README.md`, `# @nest-a2a/${folder}\n`);
  }

  private writeJson(file: string, value: unknown): void {
    this.write(file, `${JSON.stringify(value, null, 2)}\n`);
  }
}
