import { loadJose } from './jose-package.js';

const failing = (error: object) => () =>
  Promise.reject(Object.assign(new Error('no'), error));

describe('the package for tokens', () => {
  it.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])(
    'is named where it is missing: %s',
    async (code) => {
      await expect(loadJose(failing({ code }))).rejects.toMatchObject({
        code: 'PACKAGE_MISSING',
        message: 'jwtBearer() needs: npm install jose',
      });
    },
  );

  it('that is there and fails is another matter', async () => {
    await expect(loadJose(failing({}))).rejects.toThrow('no');
  });
});
