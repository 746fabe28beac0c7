import { StoreError } from '@nest-a2a/store';
import { FakeClock } from '@nest-a2a/testing';
import { Logger } from '@nestjs/common';
import { ErrorReporter } from './error-reporter.js';

describe('ErrorReporter', () => {
  it('says once in a while that the store is away, in one line, and how many requests it cost', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const clock = new FakeClock();
    const reporter = new ErrorReporter(clock);
    const cause = Object.assign(new Error('secret'), { code: 'ECONNREFUSED' });
    const away = new StoreError('UNAVAILABLE', 'It cannot be reached', {
      cause,
    });
    for (let request = 0; request < 3; request += 1) {
      expect(reporter.report(away).retryAfterSeconds).toBeDefined();
    }
    await clock.advance(5_000);
    reporter.report(away);
    const line =
      'The store is unavailable: It cannot be reached (ECONNREFUSED)';
    expect(warn.mock.calls).toEqual([[line], [`${line}; 2 more requests`]]);
    warn.mockRestore();
  });

  it('goes on saying it when the clock is set back', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    let now = 1_000_000;
    const clock = { now: () => now, schedule: () => () => undefined };
    const reporter = new ErrorReporter(clock);
    const away = new StoreError('UNAVAILABLE', 'It cannot be reached');
    reporter.report(away);
    now = 0;
    reporter.report(away);
    expect(warn).toHaveBeenCalledTimes(2);
    warn.mockRestore();
  });
});
