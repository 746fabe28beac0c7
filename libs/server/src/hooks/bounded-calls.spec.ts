import { AsyncLocalStorage } from 'node:async_hooks';
import { BoundedCalls } from './bounded-calls.js';

const NEVER = new Promise<void>(() => undefined);

/** Calls that a test ends one by one. */
class Held {
  readonly begun: number[] = [];
  private readonly ends: (() => void)[] = [];

  readonly call = (number: number) => () => {
    this.begun.push(number);
    return new Promise<void>((resolve) => (this.ends[number] = resolve));
  };

  async end(number: number): Promise<void> {
    this.ends[number]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('BoundedCalls', () => {
  let held: Held;
  let calls: BoundedCalls;

  beforeEach(() => {
    held = new Held();
    calls = new BoundedCalls({ underWay: 2, waiting: 2 });
  });

  const addAll = (...numbers: number[]) =>
    numbers.map((number) => calls.add(held.call(number)));

  it('has so many under way, and begins the next in their order', async () => {
    addAll(0, 1, 2, 3);
    expect(held.begun).toEqual([0, 1]);
    await held.end(1);
    expect(held.begun).toEqual([0, 1, 2]);
    await held.end(2);
    expect(held.begun).toEqual([0, 1, 2, 3]);
    expect(calls.size).toBe(2);
  });

  it('takes no more than may wait', async () => {
    expect(addAll(0, 1, 2, 3, 4)).toEqual([true, true, true, true, false]);
    await held.end(0);
    expect(addAll(5, 6)).toEqual([true, false]);
  });

  it('stops when all are over, also those that waited', async () => {
    addAll(0, 1, 2);
    let left: number | undefined;
    const stopped = calls.stop(NEVER).then((size) => (left = size));
    await held.end(0);
    await held.end(1);
    expect(left).toBeUndefined();
    await held.end(2);
    await stopped;
    expect(left).toBe(0);
  });

  it('stops when it must, and begins none of the others', async () => {
    addAll(0, 1, 2);
    expect(await calls.stop(Promise.resolve())).toBe(3);
    expect(addAll(3)).toEqual([false]);
    await held.end(0);
    expect(held.begun).toEqual([0, 1]);
  });

  it('runs each in the context of whoever has asked for it, also one that has waited', async () => {
    const tenant = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const note = (number: number) => async () => {
      seen.push(tenant.getStore());
      await held.call(number)();
    };
    for (const [number, name] of ['a', 'b', 'c'].entries()) {
      tenant.run(name, () => calls.add(note(number)));
    }
    await held.end(0);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('stops at once where nothing was ever called', async () => {
    expect(await calls.stop(NEVER)).toBe(0);
  });
});
