import { memory, type OpenRuntime, systemClock } from '@nest-a2a/store';
import {
  WAKE_FAULTS,
  WakeFaults,
  type WakeFaultOptions,
} from './wake-faults.js';
import { withWakeFaults } from './with-wake-faults.js';

const DELAY_MS = 200;

/** Lets what is to come at once come: hints arrive in a microtask. */
const soon = async () => {
  await Promise.resolve();
  await Promise.resolve();
};

describe('withWakeFaults', () => {
  let faults: WakeFaults;
  let happened: WakeFaultOptions[];
  let opened: OpenRuntime;
  let heard: number;

  const begin = (fault: WakeFaultOptions['fault'], durationMs = 1_000) =>
    faults.begin({ fault, durationMs, delayMs: DELAY_MS });

  const ring = async () => {
    opened.wake.ring(['work']);
    await soon();
  };

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    happened = [];
    heard = 0;
    faults = new WakeFaults((fault) => happened.push(fault));
    opened = await withWakeFaults(memory(), faults).open({
      clock: systemClock,
    });
    opened.wake.on('work', () => (heard += 1));
  });

  afterEach(async () => {
    await opened.close();
    jest.useRealTimers();
  });

  it('passes hints on while nothing is wrong', async () => {
    await ring();
    expect(heard).toBe(1);
    expect(happened).toEqual([]);
  });

  it('loses every hint for a while, and then none', async () => {
    begin('LOSE');
    await ring();
    await ring();
    jest.advanceTimersByTime(1_000);
    expect(heard).toBe(0);
    await ring();
    expect(heard).toBe(1);
  });

  it('doubles a hint, the second a moment later', async () => {
    begin('DOUBLE');
    await ring();
    expect(heard).toBe(1);
    jest.advanceTimersByTime(DELAY_MS);
    expect(heard).toBe(2);
  });

  it('delays a hint', async () => {
    begin('DELAY');
    await ring();
    jest.advanceTimersByTime(DELAY_MS - 1);
    expect(heard).toBe(0);
    jest.advanceTimersByTime(1);
    expect(heard).toBe(1);
  });

  it.each(WAKE_FAULTS)(
    'tells of %s once, when a hint suffers',
    async (fault) => {
      begin(fault);
      expect(happened).toEqual([]);
      await ring();
      await ring();
      expect(happened).toEqual([
        { fault, durationMs: 1_000, delayMs: DELAY_MS },
      ]);
    },
  );

  it('calls nobody late who listens no more', async () => {
    let calls = 0;
    const end = opened.wake.on('push', () => (calls += 1));
    begin('DELAY');
    opened.wake.ring(['push']);
    await soon();
    end();
    jest.advanceTimersByTime(DELAY_MS);
    expect(calls).toBe(0);
  });

  it('calls nobody once it is closed', async () => {
    begin('DELAY');
    await ring();
    await opened.close();
    jest.advanceTimersByTime(DELAY_MS);
    expect(heard).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('looks as often by itself as before', async () => {
    const { wake } = await memory().open({ clock: systemClock });
    expect(opened.wake.pollMs).toBe(wake.pollMs);
  });
});
