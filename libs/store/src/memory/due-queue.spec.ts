import { DueQueue } from './due-queue.js';

function drain(queue: DueQueue<string>): string[] {
  const keys: string[] = [];
  for (let first = queue.peek(); first; first = queue.peek()) {
    keys.push(first.key);
    queue.delete(first.key);
  }
  return keys;
}

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % limit;
  };
}

describe('DueQueue', () => {
  it('answers with the earliest time, equal times in the order they came', () => {
    const queue = new DueQueue<string>();
    const times = { a: 30, b: 10, c: 20, d: 10, e: 20 };
    for (const [key, time] of Object.entries(times)) {
      queue.set(key, time);
    }
    expect(queue.size).toBe(5);
    expect(queue.peek()).toMatchObject({ key: 'b', time: 10 });
    expect(drain(queue)).toEqual(['b', 'd', 'c', 'e', 'a']);
    expect(queue.peek()).toBeUndefined();
  });

  it('moves a key to a later and to an earlier time', () => {
    const queue = new DueQueue<string>();
    queue.set('a', 10);
    queue.set('b', 20);
    queue.set('c', 30);
    queue.set('a', 25);
    queue.set('c', 5);
    expect(queue.size).toBe(3);
    expect(drain(queue)).toEqual(['c', 'b', 'a']);
  });

  it('keeps the place of a key whose time stays the same', () => {
    const queue = new DueQueue<string>();
    queue.set('a', 10);
    queue.set('b', 10);
    queue.set('a', 10);
    expect(drain(queue)).toEqual(['a', 'b']);
  });

  it('forgets a key, and bears one that it does not know', () => {
    const queue = new DueQueue<string>();
    queue.set('a', 10);
    queue.set('b', 20);
    queue.delete('a');
    queue.delete('a');
    queue.delete('unknown');
    queue.set('a', 30);
    expect(drain(queue)).toEqual(['b', 'a']);
  });

  it('agrees with a sorted list over many changes', () => {
    const next = numbers(42);
    const queue = new DueQueue<string>();
    const model = new Map<string, number>();
    for (let round = 0; round < 5_000; round += 1) {
      const key = `k${next(60)}`;
      if (next(4) === 0) {
        queue.delete(key);
        model.delete(key);
      } else {
        const time = next(1_000);
        queue.set(key, time);
        model.set(key, time);
      }
      const earliest = Math.min(...model.values());
      expect(queue.size).toBe(model.size);
      expect(queue.peek()?.time ?? Infinity).toBe(earliest);
    }
    const times = drain(queue).map((key) => model.get(key) ?? NaN);
    expect(times).toEqual([...model.values()].sort((a, b) => a - b));
  });

  it('keeps no more old slots than keys, and none without keys', () => {
    const queue = new DueQueue<string>();
    const slots = () => (queue as unknown as { heap: unknown[] }).heap.length;
    queue.set('a', 0);
    queue.set('b', 0);
    for (let time = 1; time < 1_000; time += 1) {
      queue.set('a', time);
      queue.set('b', time);
      expect(slots()).toBeLessThanOrEqual(4);
    }
    queue.delete('a');
    queue.delete('b');
    expect(slots()).toBe(0);
  });
});
