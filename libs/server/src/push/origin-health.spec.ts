import { originNote } from './origin-health.js';

const BREAKER = { failures: 5, openMs: 1, maxOpenMs: 2 };
const NOW = 1_000;
const HOUR = 3_600_000;
const noteOf = (status?: number, retryAfterMs?: number) =>
  originNote(
    { ...(status !== undefined && { status }), retryAfterMs },
    BREAKER,
    NOW,
  );

describe('originNote', () => {
  it('counts no answer, 5xx and 429 against the origin, and nothing else', () => {
    const down = { kind: 'down', breaker: BREAKER };
    for (const status of [undefined, 0, 101, 429, 500, 502, 503, 504, 999]) {
      expect([status, noteOf(status)]).toEqual([status, down]);
    }
    for (const status of [
      200, 204, 304, 307, 400, 401, 404, 408, 410, 425, 508,
    ]) {
      expect([status, noteOf(status)]).toEqual([status, { kind: 'up' }]);
    }
  });

  it.each([429, 502, 503, 504])(
    'holds the origin back as long as it asks for with %d (D9, D10)',
    (status) => {
      expect(noteOf(status, 2_000)).toMatchObject({ heldUntil: NOW + 2_000 });
    },
  );

  it('holds no origin back for longer than an hour by one answer (D10)', () => {
    for (const asked of [HOUR + 1, 10 * 365 * 24 * HOUR, Infinity]) {
      expect(noteOf(503, asked)).toMatchObject({ heldUntil: NOW + HOUR });
    }
  });

  it('holds nothing back where nothing is asked for, or where it is about one webhook (D10)', () => {
    expect(noteOf(503, undefined)).not.toHaveProperty('heldUntil');
    expect(noteOf(503, 0)).not.toHaveProperty('heldUntil');
    expect(noteOf(500, 2_000)).not.toHaveProperty('heldUntil');
    expect(noteOf(408, 2_000)).toEqual({ kind: 'up' });
  });

  it('opens nothing where the application wants no breaker', () => {
    expect(originNote({ status: 500 }, false, NOW)).toEqual({ kind: 'down' });
    expect(originNote({ status: 429, retryAfterMs: 5 }, false, NOW)).toEqual({
      kind: 'down',
      heldUntil: NOW + 5,
    });
  });
});
