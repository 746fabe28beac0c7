import { isHeaderValue, isReservedHeader, isToken } from './header-values.js';

describe('isToken', () => {
  it.each(['Bearer', 'Basic', 'AWS4-HMAC-SHA256', "a!#$%&'*+.^_`|~-"])(
    'accepts %s (RFC 9110 §5.6.2)',
    (scheme) => {
      expect(isToken(scheme)).toBe(true);
    },
  );

  it.each([
    ['CR LF and a header', 'Bearer\r\nX: y'],
    ['a final line feed', 'Bearer\n'],
    ['a space', 'Bearer x'],
    ['a colon', 'Bearer:'],
    ['NUL', 'Bearer\0'],
    ['Latin-1', 'B\u00e4rer'],
    ['nothing', ''],
    ['8,193 characters', 'a'.repeat(8_193)],
    ['no string', 42],
    ['no string', undefined],
  ])('refuses a scheme with %s (S19)', (_what, scheme) => {
    expect(isToken(scheme)).toBe(false);
  });
});

describe('isHeaderValue', () => {
  it.each(['', 'a', 'eyJhbGciOi.J9~+/=', 'Digest a="b", c', 'a'.repeat(8_192)])(
    'accepts %.20j',
    (value) => {
      expect(isHeaderValue(value)).toBe(true);
    },
  );

  it.each([
    ['CR', 'a\rb'],
    ['LF', 'a\nb'],
    ['a final line feed', 'a\n'],
    ['NUL', 'a\0b'],
    ['a tab', 'a\tb'],
    ['DEL', 'a\x7fb'],
    ['Latin-1', 'caf\u00e9'],
    ['what folds into CR LF in Latin-1', 'a\u010d\u010ab'],
    ['a space at the start', ' a'],
    ['a space at the end', 'a '],
    ['1 MB', 'a'.repeat(1_000_000)],
    ['no string', ['a']],
  ])('refuses credentials with %s (S19)', (_what, value) => {
    expect(isHeaderValue(value)).toBe(false);
  });
});

it('knows the headers that callers must not set, in any case (S20)', () => {
  const reserved = [
    'Host',
    'CONTENT-LENGTH',
    'Transfer-Encoding',
    'connection',
  ];
  expect(reserved.filter(isReservedHeader)).toEqual(reserved);
  expect(isReservedHeader('Authorization')).toBe(false);
});
