import { TokenKeeper } from './token-keeper.js';
import { type TokenRequest } from './token-request.js';

const { signal } = new AbortController();

function requestFor(key: string): TokenRequest {
  return { url: 'https://idp.example/token', isOfCard: true, key, body: '' };
}

describe('the tokens of a client', () => {
  it('are 16, those that were used last', async () => {
    const fetched: string[] = [];
    const tokens = new TokenKeeper(async ({ key }) => {
      fetched.push(key);
      return { value: key, refreshAt: Infinity, expiresAt: Infinity };
    });
    const keys = Array.from({ length: 16 }, (_, index) => `scope-${index}`);
    for (const key of keys)
      await tokens.get(requestFor(key), undefined, signal);
    await tokens.get(requestFor('scope-0'), undefined, signal);
    await tokens.get(requestFor('more'), undefined, signal);
    fetched.length = 0;
    for (const key of ['scope-0', 'scope-2', 'more', 'scope-1']) {
      expect(await tokens.get(requestFor(key), undefined, signal)).toBe(key);
    }
    expect(fetched).toEqual(['scope-1']);
  });
});
