import { apiKey, type ApiKeyOptions } from './api-key.js';

const GOOD: ApiKeyOptions = {
  name: 'X-API-Key',
  keys: { alice: 'alice-alice-alice' },
};

describe('options of API keys', () => {
  it.each<[string, Partial<ApiKeyOptions>]>([
    ['a name with a space', { name: 'X API Key' }],
    ['a name with a line break', { name: 'X\r\nY' }],
    ['no name', { name: '' }],
    ['a place that is none', { in: 'body' as 'header' }],
    ['a place of every object', { in: 'constructor' as 'header' }],
    ['no keys', { keys: {} }],
    ['a key that is easy to find', { keys: { alice: 'secret' } }],
    ['an empty principal', { keys: { '': 'alice-alice-alice' } }],
    [
      'one key for two',
      { keys: { alice: 'the-very-same-key', bob: 'the-very-same-key' } },
    ],
    ['a realm with quotes', { realm: 'the "best"' }],
    ['scopes with spaces', { requiredScopes: ['a b'] }],
  ])('cannot have %s', (_what, wrong) => {
    expect(() => apiKey({ ...GOOD, ...wrong })).toThrow(TypeError);
  });

  it('do not say a key where one is wrong', () => {
    const keys = { alice: 'secret' };
    expect(() => apiKey({ ...GOOD, keys })).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('secret'),
      }),
    );
  });

  it('may have several keys for one principal, while one is replaced', async () => {
    const keys = ['old-old-old-old-old', 'new-new-new-new-new'];
    const { authenticate } = apiKey({ ...GOOD, keys: { alice: { keys } } });
    for (const key of keys) {
      const headers = { 'x-api-key': key };
      expect(await authenticate({ url: '/', headers })).toEqual({
        principal: 'alice',
        scopes: [],
      });
    }
  });
});
