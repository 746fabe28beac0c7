import { loadIoredis } from './ioredis-package.js';

const notFound = (code: string) =>
  Object.assign(new Error("Cannot find package 'ioredis'"), { code });

describe('loadIoredis', () => {
  it('finds what is installed', async () => {
    const { Redis } = await loadIoredis();
    expect(typeof Redis).toBe('function');
  });

  it.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])(
    'says what to install where it is missing (%s)',
    async (code) => {
      const cause = notFound(code);
      await expect(
        loadIoredis(() => Promise.reject(cause)),
      ).rejects.toMatchObject({
        code: 'PACKAGE_MISSING',
        message: expect.stringContaining('npm install ioredis'),
        cause,
      });
    },
  );

  it('lets other errors of the package through', async () => {
    const broken = new SyntaxError('broken');
    await expect(loadIoredis(() => Promise.reject(broken))).rejects.toBe(
      broken,
    );
  });
});
