import { judgeError, judgeStatus, retryAfterMs } from './webhook-answer.js';

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

describe('judgeStatus', () => {
  it('takes nothing but 2xx for a success (A2A §4.3.3)', () => {
    const statuses = Array.from({ length: 1_000 }, (_value, index) => index);
    const delivered = statuses.filter(
      (status) => judgeStatus(status) === 'delivered',
    );
    expect(delivered[0]).toBe(200);
    expect(delivered.at(-1)).toBe(299);
    expect(delivered).toHaveLength(100);
  });

  it.each([
    [0, 'retry'],
    [101, 'retry'],
    [301, 'retry'],
    [304, 'retry'],
    [400, 'retry-slowly'],
    [401, 'retry-slowly'],
    [404, 'retry-slowly'],
    [408, 'retry'],
    [410, 'gone'],
    [508, 'gone'],
    [425, 'retry'],
    [429, 'retry'],
    [499, 'retry-slowly'],
    [500, 'retry'],
    [503, 'retry'],
    [999, 'retry'],
  ])('judges %d as %s', (status, verdict) => {
    expect(judgeStatus(status)).toBe(verdict);
  });
});

describe('judgeError', () => {
  it('does not hammer the resolver for an address that is forbidden', () => {
    expect(judgeError('address-not-allowed')).toBe('retry-slowly');
  });

  it.each([
    'host-not-found',
    'connection-failed',
    'tls-failed',
    'proxy-failed',
    'deadline-exceeded',
    'invalid-response',
  ] as const)('tries again after %s', (code) => {
    expect(judgeError(code)).toBe('retry');
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['2099', 2_099_000],
  ])('reads seconds: %j', (value, expected) => {
    expect(retryAfterMs(value, NOW)).toBe(expected);
  });

  it('reads more seconds than anybody means, for its caller to cut', () => {
    const years = retryAfterMs('9'.repeat(400), NOW);
    expect(years).toBeGreaterThan(365 * 24 * HOUR);
  });

  it.each([
    'Thu, 01 Jan 2026 01:00:00 GMT',
    'Thursday, 01-Jan-26 01:00:00 GMT',
  ])('reads a date: %s (RFC 9110 §10.2.3)', (value) => {
    expect(retryAfterMs(value, NOW)).toBe(HOUR);
  });

  it('takes the first of several', () => {
    expect(retryAfterMs(['5', '9'], NOW)).toBe(5_000);
  });

  it.each([
    undefined,
    '',
    'soon',
    '-1',
    '+5',
    '1.5',
    '1e9',
    '5, 9',
    'in 2099',
    'a 2099',
    '2099-01-01',
    'Thu Jan  1 01:00:00 2099',
    'Thu, 99 Foo 2099 01:00:00 GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    '__proto__',
  ])('has nothing to honour in %j', (value) => {
    expect(retryAfterMs(value, NOW)).toBeUndefined();
  });
});
