import { withQuery } from './with-query.js';

describe('withQuery', () => {
  it.each([
    ['https://a.example/rpc', 'https://a.example/rpc?key=a+b%26c'],
    ['https://a.example/rpc?x=1', 'https://a.example/rpc?x=1&key=a+b%26c'],
    ['https://a.example/rpc#part', 'https://a.example/rpc?key=a+b%26c'],
  ])('appends to %s', (url, whole) => {
    expect(withQuery(url, { key: 'a b&c' })).toBe(whole);
  });

  it('leaves a URL alone that gets nothing', () => {
    expect(withQuery('https://a.example/rpc?x#part')).toBe(
      'https://a.example/rpc?x#part',
    );
  });
});
