import { parseArguments } from './parse-arguments.js';

describe('parseArguments', () => {
  it('takes memory, Express and npm where nothing is said', () => {
    expect(parseArguments(['my-agent'])).toEqual({
      folder: 'my-agent',
      runtime: 'memory',
      platform: 'express',
      packageManager: 'npm',
      skipInstall: false,
      force: false,
      help: false,
      version: false,
    });
  });

  it('takes what is said', () => {
    const argv =
      '--runtime postgres my-agent --platform=fastify --package-manager yarn --skip-install --force';
    expect(parseArguments(argv.split(' '), 'pnpm/10.0.0 node/v20')).toEqual({
      folder: 'my-agent',
      runtime: 'postgres',
      platform: 'fastify',
      packageManager: 'yarn',
      skipInstall: true,
      force: true,
      help: false,
      version: false,
    });
  });

  it.each([
    ['pnpm/10.0.0 npm/? node/v20.20.2 linux x64', 'pnpm'],
    ['yarn/1.22.22 npm/? node/v20.20.2 linux x64', 'yarn'],
    ['npm/11.19.1 node/v20.20.2 linux x64', 'npm'],
    ['bun/1.0.0', 'npm'],
  ])('finds out what runs it: %s', (userAgent, packageManager) => {
    expect(parseArguments([], userAgent)).toMatchObject({
      folder: undefined,
      packageManager,
    });
  });

  it.each([
    [['--runtime', 'redis'], '--runtime must be memory, sqlite, postgres'],
    [['--platform', 'koa'], '--platform must be express, fastify'],
    [['--package-manager', 'x'], '--package-manager must be npm, pnpm, yarn'],
    [['a', 'b'], 'One folder, not several'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--runtime'], "Option '--runtime <value>' argument missing"],
  ])('refuses %j in one line', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(
      expect.objectContaining({ code: 'USAGE', message }),
    );
  });
});
