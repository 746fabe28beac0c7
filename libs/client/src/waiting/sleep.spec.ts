import { getEventListeners } from 'node:events';
import { sleep } from './sleep.js';

describe('sleep', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('ends after its time and leaves no listener', async () => {
    const { signal } = new AbortController();
    const slept = sleep(100, signal);
    jest.advanceTimersByTime(100);
    await slept;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends with the reason of the signal and leaves no timer', async () => {
    const controller = new AbortController();
    const slept = sleep(100, controller.signal);
    controller.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
  });

  it('does not begin when the signal has fired', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(sleep(100, signal)).rejects.toThrow('enough');
  });
});
