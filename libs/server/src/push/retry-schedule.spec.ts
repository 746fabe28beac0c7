import { DEFAULT_OPTIONS } from '../options/default-options.js';
import { type Failure, nextDelayMs } from './retry-schedule.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const { scheduleMs } = DEFAULT_OPTIONS.push;
/** The middle of the range of chance. */
const EVEN = 0.5;

function delayFor(failure: Partial<Failure>, random = EVEN) {
  return nextDelayMs(
    scheduleMs,
    { verdict: 'retry', attempts: 1, ...failure },
    random,
  );
}

describe('nextDelayMs', () => {
  it('goes through the schedule for three days and gives up after it', () => {
    const delays = scheduleMs.map((_wait, index) =>
      delayFor({ attempts: index + 1 }),
    );
    expect(delays).toEqual([
      5 * SECOND,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      14 * HOUR,
      20 * HOUR,
      24 * HOUR,
      undefined,
    ]);
    expect(delayFor({ attempts: 99 })).toBeUndefined();
  });

  it('begins with minutes for a receiver that says that the request is wrong', () => {
    const delays = scheduleMs.map((_wait, index) =>
      delayFor({ verdict: 'retry-slowly', attempts: index + 1 }),
    );
    expect(delays.slice(0, 3)).toEqual([5 * MINUTE, 5 * MINUTE, 30 * MINUTE]);
    expect(delays.at(-1)).toBeUndefined();
  });

  it('is longer or shorter by up to a fifth', () => {
    expect(delayFor({}, 0)).toBe(4 * SECOND);
    expect(delayFor({}, 1)).toBe(6 * SECOND);
  });

  it('does not send everybody at once', () => {
    const delays = Array.from({ length: 100 }, () =>
      nextDelayMs(scheduleMs, { verdict: 'retry', attempts: 2 }),
    );
    expect(new Set(delays).size).toBeGreaterThan(50);
    expect(Math.min(...delays.map(Number))).toBeGreaterThanOrEqual(4 * MINUTE);
    expect(Math.max(...delays.map(Number))).toBeLessThanOrEqual(6 * MINUTE);
  });

  it('waits as long as the receiver asks, at most a day, and never less than the schedule', () => {
    expect(delayFor({ retryAfterMs: MINUTE })).toBe(MINUTE);
    expect(delayFor({ retryAfterMs: 1 })).toBe(5 * SECOND);
    expect(delayFor({ retryAfterMs: 365 * DAY })).toBe(DAY);
    expect(delayFor({ retryAfterMs: Infinity })).toBe(DAY);
    expect(delayFor({ retryAfterMs: undefined })).toBe(5 * SECOND);
  });

  it('gives up after the last attempt whatever the receiver asks', () => {
    const failure = { attempts: scheduleMs.length, retryAfterMs: MINUTE };
    expect(delayFor(failure)).toBeUndefined();
  });

  it.each([
    [[0], 1, undefined],
    [[0, 100], 1, 100],
    [[0, 100], 2, undefined],
    [[0, 0, 0], 2, 0],
  ])('works with any schedule: %j after %d', (schedule, attempts, delay) => {
    for (const verdict of ['retry', 'retry-slowly'] as const) {
      expect(nextDelayMs(schedule, { verdict, attempts }, EVEN)).toBe(delay);
    }
  });
});
