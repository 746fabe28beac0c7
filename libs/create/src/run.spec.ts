import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PLATFORMS, RUNTIMES } from './choices.js';
import { EXIT_CODES } from './exit-code.js';
import { type Io } from './io.js';
import { run } from './run.js';

const source = {
  templateFolder: resolve('libs/create/template'),
  version: '1.2.3',
};

let cwd: string;
let said: { out: string[]; err: string[] };

beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'create-')));
  said = { out: [], err: [] };
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const unasked = () => Promise.reject(new Error('Nobody is to be asked'));

function create(argv: string, io: Partial<Io> = {}): Promise<number> {
  return run(argv.split(' ').filter(Boolean), source, {
    cwd,
    env: {},
    isInteractive: false,
    print: (text) => said.out.push(text),
    complain: (text) => said.err.push(text),
    ask: unasked,
    ...io,
  });
}

const read = (path: string) => readFileSync(join(cwd, path), 'utf8');

/** A package manager that notes what it is called with. */
function fakeManager(name: string, exitCode: number): Io['env'] {
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, name),
    `#!/bin/sh\necho "$@" > called\nexit ${exitCode}\n`,
    { mode: 0o755 },
  );
  return { PATH: `${bin}:${process.env['PATH']}` };
}

describe('create-nest-a2a', () => {
  const combinations = RUNTIMES.flatMap((runtime) =>
    PLATFORMS.map((platform) => [runtime, platform] as const),
  );

  it.each(combinations)('writes a project: %s, %s', async (one, other) => {
    const code = await create(
      `my-agent --runtime ${one} --platform ${other} --skip-install`,
    );
    expect({ code, ...said }).toMatchObject({ code: EXIT_CODES.ok, err: [] });
    expect(readdirSync(join(cwd, 'my-agent')).sort()).toEqual([
      '.dockerignore',
      '.env',
      '.env.example',
      '.gitignore',
      'Dockerfile',
      'README.md',
      'nest-cli.json',
      'package.json',
      'src',
      'test',
      'tsconfig.build.json',
      'tsconfig.json',
      'vitest.config.ts',
    ]);
    const files = readdirSync(join(cwd, 'my-agent'), {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile());
    const texts = files.map(({ parentPath, name }) =>
      readFileSync(join(parentPath, name), 'utf8'),
    );
    expect(texts.filter((text) => /\{\{|\}\}|\n\n\n/.test(text))).toEqual([]);
    expect(read('my-agent/src/app.module.ts')).toContain("'My agent'");
    expect(read('my-agent/src/storage.ts')).toContain(one);
    expect(read('my-agent/src/create-app.ts').includes('Fastify')).toBe(
      other === 'fastify',
    );
  });

  it('makes a key for each project, in a file for its owner alone', async () => {
    await create('one --runtime sqlite --skip-install');
    await create('two --runtime sqlite --skip-install');
    const keys = ['one', 'two'].map(
      (name) =>
        /^A2A_ENCRYPTION_KEY=(.+)$/m.exec(read(`${name}/.env`))?.[1] ?? '',
    );
    expect(keys.map((key) => Buffer.from(key, 'base64').length)).toEqual([
      32, 32,
    ]);
    expect(keys[0]).not.toBe(keys[1]);
    expect(statSync(join(cwd, 'one/.env')).mode & 0o777).toBe(0o600);
    expect(read('one/.env.example')).toMatch(/^A2A_ENCRYPTION_KEY=$/m);
    expect(read('one/.gitignore')).toMatch(/^\.env$/m);
  });

  it('writes a Dockerfile for the package manager', async () => {
    await create('my-agent --package-manager pnpm --skip-install');
    expect(read('my-agent/Dockerfile')).toContain(
      'COPY package.json pnpm-lock',
    );
    expect(read('my-agent/README.md')).toContain('pnpm run start:dev');
    expect(said.out.join()).toContain('pnpm run start:dev');
  });

  it('installs the packages with the package manager that runs it', async () => {
    const env = fakeManager('yarn', 0);
    const code = await create('my-agent', {
      env: { ...env, npm_config_user_agent: 'yarn/1.22.22 node/v20' },
    });
    expect(code).toBe(EXIT_CODES.ok);
    expect(read('my-agent/called')).toBe('install\n');
  });

  it.each([
    ['fails', () => fakeManager('npm', 1)],
    ['is not there', () => ({ PATH: cwd })],
  ])('says so where the package manager %s', async (_how, env) => {
    const code = await create('my-agent', { env: env() });
    expect(code).toBe(EXIT_CODES.notInstalled);
    expect(said.err).toEqual([
      'The packages were not installed: run "npm install" in my-agent',
    ]);
    expect(read('my-agent/package.json')).toContain('"my-agent"');
  });

  it('takes the folder that it is in, when that is empty', async () => {
    mkdirSync(join(cwd, 'here'));
    const code = await create('. --skip-install', { cwd: join(cwd, 'here') });
    expect(code).toBe(EXIT_CODES.ok);
    expect(JSON.parse(read('here/package.json'))).toMatchObject({
      name: 'here',
    });
  });

  it.each([
    ['asked', ' asked \n', 'asked'],
    ['my-agent', '', 'my-agent'],
  ])('asks a terminal for a folder: %s', async (_title, answer, folder) => {
    const code = await create('--skip-install', {
      isInteractive: true,
      ask: () => Promise.resolve(answer),
    });
    expect(code).toBe(EXIT_CODES.ok);
    expect(readdirSync(cwd)).toEqual([folder]);
  });

  it('ends where the question is not answered', async () => {
    const ask = () => Promise.reject(new DOMException('Aborted', 'AbortError'));
    const code = await create('', { isInteractive: true, ask });
    expect([code, said.err]).toEqual([EXIT_CODES.interrupted, []]);
  });

  it.each([
    [''],
    ['--runtime mysql my-agent'],
    ['My-Agent'],
    ['rxjs'],
    ['..'],
    ['../other'],
    ['my/../../other'],
    ['/other'],
    ['out/my-agent'],
    ['gone/my-agent'],
    ['file'],
  ])('refuses "%s" in one line, and writes nothing', async (argv) => {
    const inside = join(cwd, 'inside');
    mkdirSync(inside);
    mkdirSync(join(cwd, 'outside'));
    symlinkSync(join(cwd, 'outside'), join(inside, 'out'));
    symlinkSync(join(cwd, 'missing'), join(inside, 'gone'));
    writeFileSync(join(inside, 'file'), '');
    const before = readdirSync(cwd, { recursive: true });
    expect(await create(argv, { cwd: inside })).toBe(EXIT_CODES.usage);
    expect(said.err).toEqual([
      expect.stringMatching(/^create-nest-a2a: .+$/),
      '"create-nest-a2a --help" shows the options',
    ]);
    expect(readdirSync(cwd, { recursive: true })).toEqual(before);
  });

  it('leaves a folder alone that is not empty', async () => {
    mkdirSync(join(cwd, 'my-agent'));
    writeFileSync(join(cwd, 'my-agent/notes'), 'mine');
    expect(await create('my-agent --skip-install')).toBe(EXIT_CODES.occupied);
    expect(said.err).toEqual(['create-nest-a2a: "my-agent" is not empty']);
    expect(readdirSync(join(cwd, 'my-agent'))).toEqual(['notes']);
  });

  it('replaces its own files with --force, keeps the others, and follows no link', async () => {
    mkdirSync(join(cwd, 'my-agent'));
    writeFileSync(join(cwd, 'my-agent/notes'), 'mine');
    writeFileSync(join(cwd, 'my-agent/Dockerfile'), 'old');
    writeFileSync(join(cwd, 'elsewhere'), 'mine');
    symlinkSync(join(cwd, 'elsewhere'), join(cwd, 'my-agent/README.md'));
    expect(await create('my-agent --force --skip-install')).toBe(0);
    expect(read('my-agent/notes')).toBe('mine');
    expect(read('my-agent/Dockerfile')).toMatch(/^FROM node/);
    expect(read('elsewhere')).toBe('mine');
    mkdirSync(join(cwd, 'linked'));
    symlinkSync(cwd, join(cwd, 'linked/src'));
    expect(await create('linked --force --skip-install')).toBe(
      EXIT_CODES.occupied,
    );
    expect(readdirSync(cwd).sort()).toEqual([
      'elsewhere',
      'linked',
      'my-agent',
    ]);
  });

  it.each([
    ['--help', /^Usage: create-nest-a2a/],
    ['--version', /^1\.2\.3$/],
  ])('answers %s', async (argv, text) => {
    expect(await create(argv)).toBe(EXIT_CODES.ok);
    expect(said.out).toEqual([expect.stringMatching(text)]);
  });

  it('tells a fault in one line', async () => {
    const ask = () => Promise.reject(new Error('first\nsecond'));
    expect(await create('', { isInteractive: true, ask })).toBe(
      EXIT_CODES.failed,
    );
    expect(said.err).toEqual(['create-nest-a2a: first']);
  });
});
