import { TimeIndex } from './time-index.js';

interface Item {
  readonly id: string;
}

function idsOf(items: Iterable<Item>): string[] {
  return [...items].map(({ id }) => id);
}

function slotsOf(index: TimeIndex<Item>): number {
  return (index as unknown as { slots: unknown[] }).slots.length;
}

describe('TimeIndex', () => {
  it('has the newest first, equal times by id, and the reverse', () => {
    const index = new TimeIndex<Item>();
    const times = { b: 2, a: 1, c: 2, d: 3, a2: 2 };
    for (const [id, time] of Object.entries(times)) {
      index.set({ id }, time);
    }
    expect(index.size).toBe(5);
    expect(idsOf(index.newestFirst())).toEqual(['d', 'a2', 'b', 'c', 'a']);
    expect(idsOf(index.oldestFirst())).toEqual(['a', 'c', 'b', 'a2', 'd']);
  });

  it('goes on behind a position, whether something is there or not', () => {
    const index = new TimeIndex<Item>();
    for (const [id, time] of Object.entries({ a: 1, b: 2, c: 2, d: 3 })) {
      index.set({ id }, time);
    }
    const after = (time: number, id: string) =>
      idsOf(index.newestFirst({ time, id }));
    expect(after(2, 'b')).toEqual(['c', 'a']);
    expect(after(2, 'bb')).toEqual(['c', 'a']);
    expect(after(2, '')).toEqual(['b', 'c', 'a']);
    expect(after(9, 'x')).toEqual(['d', 'b', 'c', 'a']);
    expect(after(1, 'a')).toEqual([]);
  });

  it('moves an item, also back to where it was', () => {
    const index = new TimeIndex<Item>();
    const [a, b] = [{ id: 'a' }, { id: 'b' }];
    index.set(a, 1);
    index.set(b, 2);
    index.set(a, 3);
    expect(idsOf(index.newestFirst())).toEqual(['a', 'b']);
    index.set(a, 1);
    expect(idsOf(index.newestFirst())).toEqual(['b', 'a']);
    expect(index.size).toBe(2);
  });

  it('forgets an item, and bears one that it does not know', () => {
    const index = new TimeIndex<Item>();
    index.set({ id: 'a' }, 1);
    index.delete({ id: 'a' });
    index.delete({ id: 'a' });
    index.delete({ id: 'b' });
    expect([index.size, slotsOf(index)]).toEqual([0, 0]);
    expect(idsOf(index.newestFirst())).toEqual([]);
  });

  it('agrees with a sorted list over many changes', () => {
    const index = new TimeIndex<Item>();
    const model = new Map<string, number>();
    for (let round = 0; round < 3_000; round += 1) {
      const id = `k${(round * 7) % 41}`;
      if (round % 5 === 0) {
        index.delete({ id });
        model.delete(id);
      } else {
        const time = (round * 37) % 101;
        index.set({ id }, time);
        model.set(id, time);
      }
      const expected = [...model]
        .sort(([a, s], [b, t]) => t - s || (a < b ? -1 : 1))
        .map(([key]) => key);
      expect(idsOf(index.newestFirst())).toEqual(expected);
    }
  });

  it('keeps no more old slots than items', () => {
    const index = new TimeIndex<Item>();
    for (let time = 0; time < 3_000; time += 1) {
      index.set({ id: `k${time % 10}` }, time);
      expect(slotsOf(index)).toBeLessThanOrEqual(20);
    }
  });
});
