import { ClockSkew } from './clock-skew.js';

const MINUTE = 60_000;

describe('ClockSkew', () => {
  let now: number;
  let offset: number;
  let lines: string[];
  let skew: ClockSkew;

  beforeEach(() => {
    now = 0;
    offset = 0;
    lines = [];
    skew = new ClockSkew(
      { warn: (line: string) => lines.push(line) },
      { now: () => now + offset },
      { now: () => now },
    );
  });

  it.each([
    [10 * MINUTE, '600 s ahead of that'],
    [-10 * MINUTE, '600 s behind that'],
    [MINUTE + 1, '60 s ahead of that'],
  ])('warns of a clock that is %d ms off (D28)', (ms, words) => {
    offset = ms;
    skew.check();
    expect(skew.ms).toBe(ms);
    expect(lines).toEqual([expect.stringContaining(words)]);
  });

  it.each([0, MINUTE, -MINUTE])(
    'says nothing of a clock that is %d ms off',
    (ms) => {
      offset = ms;
      skew.check();
      expect([skew.ms, lines]).toEqual([ms, []]);
    },
  );

  it('warns again every ten minutes, as long as it lasts', () => {
    offset = 5 * MINUTE;
    for (; now < 25 * MINUTE; now += 10_000) skew.check();
    expect(lines).toHaveLength(3);
    offset = 0;
    for (; now < 50 * MINUTE; now += 10_000) skew.check();
    expect(lines).toHaveLength(3);
  });
});
