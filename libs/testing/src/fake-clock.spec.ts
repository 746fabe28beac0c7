import { FakeClock } from './fake-clock.js';

describe('FakeClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new FakeClock(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.advance(0);
    expect(clock.now()).toBe(1_000);
    await clock.advance(250);
    expect(clock.now()).toBe(1_250);
  });

  it('runs timers in the order of time, each at its own time, equal times in the order of scheduling', async () => {
    const clock = new FakeClock(0);
    const seen: [string, number][] = [];
    const note = (name: string) => () => seen.push([name, clock.now()]);
    clock.schedule(30, note('c'));
    clock.schedule(10, note('a'));
    clock.schedule(20, note('b1'));
    clock.schedule(20, note('b2'));
    await clock.advance(25);
    expect(seen).toEqual([
      ['a', 10],
      ['b1', 20],
      ['b2', 20],
    ]);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(5);
    expect(seen.at(-1)).toEqual(['c', 30]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lets a chain of promises schedule its next timer before the time moves on', async () => {
    const clock = new FakeClock(0);
    const beats: number[] = [];
    const beat = async () => {
      beats.push(clock.now());
      for (let hops = 0; hops < 20; hops += 1) {
        await Promise.resolve();
      }
      clock.schedule(10, () => void beat());
    };
    clock.schedule(10, () => void beat());
    await clock.advance(50);
    expect(beats).toEqual([10, 20, 30, 40, 50]);
    expect(clock.pendingTimers).toBe(1);
  });

  it('lets what was under way before settle first', async () => {
    const clock = new FakeClock(0);
    const seen: number[] = [];
    void Promise.resolve().then(() =>
      clock.schedule(10, () => seen.push(clock.now())),
    );
    await clock.advance(10);
    expect(seen).toEqual([10]);
  });

  it('waits as it was told to, before it moves, after each timer and in the end', async () => {
    const seen: string[] = [];
    const settle = async () => {
      await Promise.resolve();
      seen.push(`settled at ${clock.now()}`);
    };
    const clock: FakeClock = new FakeClock(0, settle);
    for (const time of [10, 20]) {
      clock.schedule(time, () => seen.push(`timer at ${time}`));
    }
    await clock.advance(25);
    expect(seen).toEqual([
      'settled at 0',
      'timer at 10',
      'settled at 10',
      'timer at 20',
      'settled at 20',
      'settled at 25',
    ]);
  });

  it('calls nobody who has cancelled, and bears a second cancel', async () => {
    const clock = new FakeClock(0);
    const callback = jest.fn();
    const cancel = clock.schedule(10, callback);
    clock.schedule(5, cancel);
    await clock.advance(20);
    cancel();
    expect(callback).not.toHaveBeenCalled();
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not stand still for ever where timers of no delay follow each other', async () => {
    const clock = new FakeClock(0);
    let calls = 0;
    const again = () => {
      calls += 1;
      clock.schedule(0, again);
    };
    clock.schedule(0, again);
    await clock.advance(3);
    expect(calls).toBe(3);
  });

  it('refuses to go back, to be moved from two places, and passes on what a timer throws', async () => {
    const clock = new FakeClock(0);
    await expect(clock.advance(-1)).rejects.toThrow(TypeError);
    await expect(clock.advance(NaN)).rejects.toThrow(TypeError);

    const first = clock.advance(10);
    await expect(clock.advance(10)).rejects.toThrow(TypeError);
    await first;

    clock.schedule(1, () => {
      throw new Error('broken timer');
    });
    await expect(clock.advance(5)).rejects.toThrow('broken timer');
    await clock.advance(5);
    expect(clock.now()).toBe(16);
  });
});
