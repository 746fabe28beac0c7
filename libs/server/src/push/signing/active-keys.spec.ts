import { livingKeys, settledKey } from './active-keys.js';

const MINUTE = 60_000;
const OVERLAP = { overlapMs: 100 * MINUTE };
const at = (...minutes: number[]) =>
  minutes.map((minute) => ({ createdAt: minute * MINUTE }));

const living = (minutes: number[], now: number, overlap = OVERLAP) =>
  livingKeys(at(...minutes), { now: now * MINUTE, ...overlap }).map(
    ({ createdAt }) => createdAt / MINUTE,
  );

describe('the keys that sign', () => {
  it('are the newest, and those before it as long as their next is new', () => {
    expect(living([0], 9_999)).toEqual([0]);
    expect(living([0, 500], 599)).toEqual([500, 0]);
    expect(living([0, 500], 600)).toEqual([500]);
    expect(living([0, 500, 550], 620)).toEqual([550, 500]);
    expect(living([0, 500], 500, { overlapMs: 0 })).toEqual([500]);
    expect(living([], 1)).toEqual([]);
  });

  it('are four at most', () => {
    expect(living([1, 2, 3, 4, 5, 6], 7)).toEqual([6, 5, 4, 3]);
  });
});

describe('the key that signs alone', () => {
  const settled = (newestFirst: number[], now: number, times = OVERLAP) => {
    const key = settledKey(at(...newestFirst), { now: now * MINUTE, ...times });
    return key && key.createdAt / MINUTE;
  };

  it('is the newest once receivers have had a quarter of an hour to fetch it', () => {
    expect(settled([500, 0], 514)).toBe(0);
    expect(settled([500, 0], 515)).toBe(500);
    expect(settled([520, 500, 0], 530)).toBe(500);
  });

  it('is the one that they have known the longest where all are new', () => {
    expect(settled([2, 1, 0], 3)).toBe(0);
    expect(settled([], 3)).toBeUndefined();
  });

  it('is the newest after half of an overlap that is short, before the old one goes', () => {
    const short = { overlapMs: 10 * MINUTE };
    expect(settled([500, 0], 504, short)).toBe(0);
    expect(settled([500, 0], 505, short)).toBe(500);
  });
});
