import { getEventListeners } from 'node:events';
import { firstValueFrom, take, toArray } from 'rxjs';
import { toObservable } from './to-observable.js';

/** Counts, then waits until it is aborted; notes how it ended. */
function countTo(most: number) {
  const ends: string[] = [];
  let opened = 0;
  async function* open(signal: AbortSignal) {
    opened++;
    try {
      for (let i = 1; i <= most; i++) {
        yield i;
      }
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    } finally {
      ends.push(signal.aborted ? 'aborted' : 'left');
    }
  }
  return { open, ends, opened: () => opened };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('toObservable', () => {
  it('opens nothing without a subscriber, once for each otherwise', async () => {
    const { open, opened } = countTo(1);
    const values = toObservable(open);
    expect(opened()).toBe(0);
    await firstValueFrom(values);
    await firstValueFrom(values);
    expect(opened()).toBe(2);
  });

  it('emits and completes', async () => {
    async function* open() {
      yield* [1, 2, 3];
    }
    const all = toObservable(open).pipe(toArray());
    await expect(firstValueFrom(all)).resolves.toEqual([1, 2, 3]);
  });

  it('emits the error', async () => {
    // eslint-disable-next-line require-yield
    async function* open(): AsyncGenerator<number> {
      throw new Error('x');
    }
    await expect(firstValueFrom(toObservable(open))).rejects.toThrow('x');
  });

  it('leaves the iterable when the subscriber has enough', async () => {
    const { open, ends } = countTo(3);
    const two = toObservable(open).pipe(take(2), toArray());
    await expect(firstValueFrom(two)).resolves.toEqual([1, 2]);
    await turn();
    expect(ends).toHaveLength(1);
  });

  it('aborts an iterable that waits, and is silent then', async () => {
    const { open, ends } = countTo(1);
    const seen: unknown[] = [];
    const subscription = toObservable(open).subscribe({
      next: (value) => seen.push(value),
      error: (error) => seen.push(error),
      complete: () => seen.push('complete'),
    });
    await turn();
    expect(ends).toEqual([]);
    subscription.unsubscribe();
    await turn();
    expect(ends).toEqual(['aborted']);
    expect(seen).toEqual([1]);
  });

  it('ends with the signal of the caller, and leaves no listener there', async () => {
    const controller = new AbortController();
    const { open, ends } = countTo(0);
    const done = firstValueFrom(toObservable(open, controller.signal));
    await turn();
    controller.abort();
    await expect(done).rejects.toThrow('aborted');
    expect(ends).toEqual(['aborted']);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('gives on a signal that was aborted before', async () => {
    const seen: boolean[] = [];
    async function* open(signal: AbortSignal) {
      seen.push(signal.aborted);
      yield 1;
    }
    await firstValueFrom(toObservable(open, AbortSignal.abort()));
    expect(seen).toEqual([true]);
  });
});
