import { A2AError } from '@nest-a2a/protocol';
import { parseRetryAfter, withHttpFacts } from './http-facts.js';

const NOW_MS = Date.parse('2026-01-02T03:04:05Z');

describe('parseRetryAfter (RFC 9110 §10.2.3)', () => {
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['Fri, 02 Jan 2026 03:04:15 GMT', 10],
    ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
  ])('reads %j', (value, seconds) => {
    expect(parseRetryAfter(value, NOW_MS)).toBe(seconds);
  });

  it.each([undefined, '', 'soon', '-x', '1e400'])(
    'finds none in %j',
    (value) => {
      expect(parseRetryAfter(value, NOW_MS)).toBeUndefined();
    },
  );
});

describe('withHttpFacts', () => {
  it('adds to what the error says', () => {
    const cause = new Error('x');
    const error = new A2AError('RATE_LIMITED', 'slow', {
      metadata: { a: 'b' },
      violations: [{ field: 'f', description: 'd' }],
      cause,
    });
    const headers = { 'retry-after': '3', 'www-authenticate': 'Bearer' };
    const answer = { status: 429, headers, body: undefined };
    expect(withHttpFacts(error, answer)).toMatchObject({
      code: 'RATE_LIMITED',
      message: 'slow',
      metadata: { a: 'b' },
      violations: [{ field: 'f', description: 'd' }],
      retryAfterSeconds: 3,
      challenge: 'Bearer',
      cause,
    });
  });
});
