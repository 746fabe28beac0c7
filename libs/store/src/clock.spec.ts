import { systemClock } from './clock.js';

describe('systemClock', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('has the time of the machine', () => {
    jest.setSystemTime(1_234);
    expect(systemClock.now()).toBe(1_234);
  });

  it('calls once after the delay, and not after a cancel', () => {
    const called = jest.fn();
    const cancelled = jest.fn();
    systemClock.schedule(100, called);
    const cancel = systemClock.schedule(100, cancelled);
    cancel();
    jest.advanceTimersByTime(99);
    expect(called).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1_000);
    expect(called).toHaveBeenCalledTimes(1);
    expect(cancelled).not.toHaveBeenCalled();
    cancel();
  });

  it('takes delays that are longer than a timer can be for the longest', () => {
    const called = jest.fn();
    systemClock.schedule(Number.MAX_SAFE_INTEGER, called);
    jest.advanceTimersByTime(1_000_000);
    expect(called).not.toHaveBeenCalled();
    jest.runOnlyPendingTimers();
    expect(called).toHaveBeenCalledTimes(1);
  });
});
