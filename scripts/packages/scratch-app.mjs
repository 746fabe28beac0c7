// An application outside the workspace, with the packed libraries from a registry.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { nodeBinary } from './node-binary.mjs';
import { runNpm, runProgram } from './run-program.mjs';

const SOURCE = resolve('test/packages/application');
const PROGRAMS = resolve('scripts/packages/programs');
export const FORMATS = ['commonjs', 'module'];

const writeJson = (file, value) =>
  writeFileSync(file, JSON.stringify(value, null, 2));

export class ScratchApp {
  /** @param registry the environment in which npm finds the libraries, see `servePackages` */
  constructor(folder, registry) {
    this.folder = folder;
    this.registry = registry;
    mkdirSync(folder, { recursive: true });
  }

  /** Installs packages as anybody would; what their peers need comes along, or npm refuses. */
  async install(packages) {
    const file = join(this.folder, 'package.json');
    const before = existsSync(file)
      ? JSON.parse(readFileSync(file, 'utf8')).dependencies
      : {};
    writeJson(file, {
      private: true,
      type: 'module',
      dependencies: { ...before, ...packages },
    });
    await runNpm(['install', '--prefer-offline', '--strict-peer-deps'], {
      cwd: this.folder,
      env: { ...process.env, ...this.registry },
    });
  }

  /** The names of the packages that the application itself finds. */
  installed() {
    const modules = join(this.folder, 'node_modules');
    return readdirSync(modules)
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) =>
        name.startsWith('@')
          ? readdirSync(join(modules, name)).map((one) => `${name}/${one}`)
          : [name],
      );
  }

  /** Puts in what is run there: small programs, and what the libraries want to have tried. */
  addPrograms(libs) {
    cpSync(PROGRAMS, this.folder, { recursive: true });
    for (const { folder } of libs) {
      const cases = resolve(`libs/${folder}/test/optional-peers.mjs`);
      if (existsSync(cases)) {
        cpSync(cases, join(this.folder, `${folder}.peers.mjs`));
      }
    }
  }

  /** Compiles the application of `test/packages` for both module systems. */
  async compile(commonJs) {
    for (const type of FORMATS) {
      const root = join(this.folder, type);
      cpSync(SOURCE, join(root, 'src'), { recursive: true });
      writeJson(join(root, 'package.json'), { type });
      const module = type === 'module' ? 'nodenext' : commonJs;
      writeJson(join(root, 'tsconfig.json'), {
        compilerOptions: {
          ...{ module, moduleResolution: module, target: 'es2022' },
          ...{ rootDir: 'src', outDir: 'dist', types: ['node'] },
          ...{ strict: true, skipLibCheck: true },
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
        },
      });
      await this.tsc(['-p', root]);
    }
  }

  /** Takes over what another has compiled. */
  copyApplication({ folder }) {
    for (const type of FORMATS) {
      const from = join(folder, type);
      if (existsSync(from)) {
        cpSync(from, join(this.folder, type), { recursive: true });
      }
    }
  }

  /** Runs the compiler of the application. */
  tsc(args) {
    const file = 'node_modules/typescript/bin/tsc';
    return this.run(file, args, { timeoutMs: 180_000 });
  }

  /** Runs a program of the application. @returns what it printed */
  async run(file, args, { node = 20, timeoutMs = 60_000, env = {} } = {}) {
    return runProgram(await nodeBinary(node), [file, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...env },
      timeoutMs,
    });
  }
}
