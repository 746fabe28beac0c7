import { freshForMs } from './card-freshness.js';

const NOW = Date.parse('Mon, 23 Nov 2026 12:00:00 GMT');
const HOUR = 3_600_000;
const date = 'Mon, 23 Nov 2026 12:00:00 GMT';
const expires = 'Mon, 23 Nov 2026 13:00:00 GMT';

describe('freshForMs (RFC 9111 §4.2)', () => {
  it.each([
    ['max-age', { 'cache-control': 'public, max-age=3600' }, HOUR],
    ['max-age in quotes', { 'cache-control': 'Max-Age="3600"' }, HOUR],
    [
      'max-age less Age',
      { 'cache-control': 'max-age=3600', age: '3000' },
      600_000,
    ],
    ['Expires less Date', { expires, date }, HOUR],
    ['Expires, from now', { expires }, HOUR],
    [
      'max-age before Expires',
      { 'cache-control': 'max-age=60', expires, date },
      60_000,
    ],
    ['nothing', {}, 300_000],
    ['nothing, but Age', { age: '100' }, 200_000],
  ])('goes by %s', (_, headers, freshMs) => {
    expect(freshForMs(headers, NOW)).toBe(freshMs);
  });

  it.each([
    ['no-store', { 'cache-control': 'no-store, max-age=3600' }],
    ['no-cache', { 'cache-control': 'max-age=3600, no-cache' }],
    ['an age beyond', { 'cache-control': 'max-age=60', age: '61' }],
    ['a date that is none', { expires: '0', date }],
    ['a negative age', { 'cache-control': 'max-age=-1' }],
    ['the first of two', { 'cache-control': 'max-age=0, max-age=3600' }],
    ['no number', { 'cache-control': 'max-age=1e99' }],
    ['the past', { expires: date, date: expires }],
  ])('is 0 with %s', (_, headers) => {
    expect(freshForMs(headers, NOW)).toBe(0);
  });

  it.each(['99999999', '9'.repeat(400)])('is a day at most: %s', (seconds) => {
    const headers = { 'cache-control': `max-age=${seconds}` };
    expect(freshForMs(headers, NOW)).toBe(24 * HOUR);
  });
});
