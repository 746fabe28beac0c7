import { loadValidator } from './validator-packages.js';

const failing = (error: object) => () =>
  Promise.reject(Object.assign(new Error('no'), error));

describe('the packages that check data', () => {
  it.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])(
    'are named where one is missing: %s',
    async (code) => {
      await expect(loadValidator(failing({ code }))).rejects.toMatchObject({
        code: 'MISSING_VALIDATOR',
        message: expect.stringContaining(
          'npm install class-validator class-transformer',
        ),
      });
    },
  );

  it('that are there and fail are another matter', async () => {
    await expect(loadValidator(failing({}))).rejects.toThrow('no');
  });
});
