import { libsqlDriver } from './libsql-driver.js';

const notFound = (code: string) =>
  Object.assign(new Error("Cannot find package 'libsql'"), { code });

describe('libsqlDriver', () => {
  it.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])(
    'says what to install where the package is missing (%s)',
    async (code) => {
      const cause = notFound(code);
      await expect(
        libsqlDriver(() => Promise.reject(cause)),
      ).rejects.toMatchObject({
        code: 'PACKAGE_MISSING',
        message: expect.stringContaining('npm install libsql'),
        cause,
      });
    },
  );

  it('lets other errors of the package through', async () => {
    const broken = new Error('no native build');
    await expect(libsqlDriver(() => Promise.reject(broken))).rejects.toBe(
      broken,
    );
  });
});
