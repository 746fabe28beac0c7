import { isScope, withParams } from './challenge.js';

describe('challenges', () => {
  it.each([
    ['Bearer', {}, 'Bearer'],
    ['Bearer', { realm: 'A' }, 'Bearer realm="A"'],
    ['Bearer realm="A"', {}, 'Bearer realm="A"'],
    ['Bearer realm="A b"', { error: 'e' }, 'Bearer realm="A b", error="e"'],
    ['Bearer', { realm: 'a"b' }, 'Bearer'],
    ['Bearer', { realm: 'a\r\nX: y' }, 'Bearer'],
    ['Bearer', { realm: 'ü', error: 'e' }, 'Bearer error="e"'],
  ])('%j with %j is %j (RFC 9110 §11.6.1)', (challenge, params, whole) => {
    expect(withParams(challenge, params)).toBe(whole);
  });

  it.each([
    ['read:all', true],
    ['https://x.example/a', true],
    ['a b', false],
    ['a"b', false],
    ['a\\b', false],
    ['', false],
    ['ä', false],
  ])('%j is a scope: %j (RFC 6749 §3.3)', (text, is) => {
    expect(isScope(text)).toBe(is);
  });
});
