import {
  bearerTokenOf,
  cookieOf,
  headerOf,
  queryOf,
} from './request-credentials.js';

const withHeaders = (headers: Record<string, string | string[]>) => ({
  url: '/',
  headers,
});

describe('credentials of a request', () => {
  it.each<[string | undefined, string | undefined]>([
    ['Bearer abc', 'abc'],
    ['bearer  abc', 'abc'],
    [' BEARER abc ', 'abc'],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearerabc', undefined],
    ['Basic abc', undefined],
    [undefined, undefined],
  ])('hold in %j the token %j', (authorization, token) => {
    const request = withHeaders(authorization ? { authorization } : {});
    expect(bearerTokenOf(request)).toBe(token);
  });

  it('are no members that every object has', () => {
    expect(headerOf(withHeaders({}), 'constructor')).toBeUndefined();
    expect(headerOf(withHeaders({}), '__proto__')).toBeUndefined();
  });

  it('are found in headers whatever their case; repeated ones are one', () => {
    expect(headerOf(withHeaders({ 'x-key': 'a' }), 'X-Key')).toBe('a');
    expect(headerOf(withHeaders({ 'x-key': ['a', 'b'] }), 'X-Key')).toBe('a,b');
    expect(headerOf(withHeaders({ 'x-key': '' }), 'X-Key')).toBeUndefined();
  });

  it.each([
    ['/a?key=1', '1'],
    ['/a?b=2&key=1&key=3', '3'],
    ['/a?key=a%26b?c', 'a&b?c'],
    ['/a?key=', undefined],
    ['/a', undefined],
    ['/key=1', undefined],
  ])('hold in the query of %j %j', (url, key) => {
    expect(queryOf({ url, headers: {} }, 'key')).toBe(key);
    expect(queryOf({ url: '/', originalUrl: url, headers: {} }, 'key')).toBe(
      key,
    );
  });

  it.each([
    ['key=1', '1'],
    ['a=b; key=1=2; key=3', '1=2'],
    ['key="1"', '1'],
    ['akey=1', undefined],
    ['key', undefined],
    ['', undefined],
  ])('hold in the cookies %j %j', (cookie, key) => {
    expect(cookieOf(withHeaders({ cookie }), 'key')).toBe(key);
  });
});
