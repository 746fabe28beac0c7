import { isStoreError } from './store-error.js';
import { parsePageToken, toPageToken } from './page-token.js';

function isNumber(value: unknown): value is [number] {
  return Array.isArray(value) && typeof value[0] === 'number';
}

function codeOf(token: string): boolean {
  try {
    parsePageToken(token, isNumber);
    return false;
  } catch (error) {
    return isStoreError(error, 'INVALID_PAGE_TOKEN');
  }
}

describe('page tokens', () => {
  it('bring a position back, in characters that need no escaping', () => {
    const token = toPageToken([1_767_225_600_123]);
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(parsePageToken(token, isNumber)).toEqual([1_767_225_600_123]);
  });

  it('are refused when we have not made them', () => {
    const encode = (text: string) => Buffer.from(text).toString('base64url');
    const ours = toPageToken([5]);
    const foreign = [
      'x',
      `${ours}=`,
      `${ours} `,
      `${ours}AA`,
      ` ${ours}`,
      encode('[ 5 ]'),
      encode('[5e0]'),
      encode('["5"]'),
      encode('null'),
      encode('{"__proto__":[5]}'),
      encode(`[5,"${'x'.repeat(10_000)}"]`),
    ];
    for (const token of foreign) {
      expect([token.slice(0, 20), codeOf(token)]).toEqual([
        token.slice(0, 20),
        true,
      ]);
    }
    expect(codeOf(ours)).toBe(false);
  });
});
