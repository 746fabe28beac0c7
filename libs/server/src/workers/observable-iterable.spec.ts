import {
  BehaviorSubject,
  concat,
  NEVER,
  Observable,
  of,
  Subject,
  throwError,
} from 'rxjs';
import {
  isAsyncIterable,
  isObservable,
  iterateObservable,
} from './observable-iterable.js';

const NO_ABORT = new AbortController().signal;

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

describe('iterateObservable', () => {
  it('hands out every value and ends with the source', async () => {
    const values = await collect(iterateObservable(of(1, 2, 3), NO_ABORT));
    expect(values).toEqual([1, 2, 3]);
  });

  it('keeps what comes while nobody reads', async () => {
    const source = new Subject<number>();
    const iterator = iterateObservable(source, NO_ABORT);
    const first = iterator.next();
    source.next(1);
    expect(await first).toEqual({ done: false, value: 1 });
    source.next(2);
    source.next(3);
    source.complete();
    expect(await collect(iterator)).toEqual([2, 3]);
  });

  it('throws the error of the source after the values before it', async () => {
    const failing = concat(
      of(1),
      throwError(() => new Error('broken')),
    );
    const iterator = iterateObservable(failing, NO_ABORT);
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    await expect(iterator.next()).rejects.toThrow('broken');
  });

  it('unsubscribes when its reader stops', async () => {
    const source = new BehaviorSubject(1);
    for await (const value of iterateObservable(source, NO_ABORT)) {
      expect(value).toBe(1);
      expect(source.observed).toBe(true);
      break;
    }
    expect(source.observed).toBe(false);
  });

  it('ends and unsubscribes when the signal aborts, also while it waits', async () => {
    const abort = new AbortController();
    const ended: string[] = [];
    const source = concat(of(1), NEVER).pipe(
      (inner) =>
        new Observable<number>((subscriber) => {
          const subscription = inner.subscribe(subscriber);
          return () => {
            ended.push('unsubscribed');
            subscription.unsubscribe();
          };
        }),
    );
    const iterator = iterateObservable(source, abort.signal);
    await iterator.next();
    const waiting = iterator.next();
    abort.abort();
    expect((await waiting).done).toBe(true);
    expect(ended).toEqual(['unsubscribed']);
  });

  it('breaks off a source that emits without end before anybody could read', async () => {
    let produced = 0;
    const endless = new Observable<number>((subscriber) => {
      while (!subscriber.closed && produced < 100_000) {
        subscriber.next(produced++);
      }
    });
    const values: number[] = [];
    const reading = (async () => {
      for await (const value of iterateObservable(endless, NO_ABORT)) {
        values.push(value);
      }
    })();
    await expect(reading).rejects.toThrow('too fast');
    expect(produced).toBe(10_001);
    // What it had said until then is whole.
    expect(values).toEqual(Array.from({ length: 10_001 }, (_, index) => index));
  });

  it('leaves nothing out of the middle when the source goes on while it is read', async () => {
    const source = new Subject<number>();
    const iterator = iterateObservable(source, NO_ABORT);
    const first = iterator.next();
    for (let value = 0; value < 10_500; value++) source.next(value);
    const values = [(await first).value];
    await expect(
      (async () => {
        for (let more = 10_500; ; more++) {
          source.next(more);
          const { value } = await iterator.next();
          values.push(value);
        }
      })(),
    ).rejects.toThrow('too fast');
    expect(values).toEqual(values.map((_, index) => index));
    expect(source.observed).toBe(false);
  });
});

describe('what a worker may answer', () => {
  it('is told apart by its shape, so that a second copy of RxJS does as well', () => {
    expect(isObservable(of(1))).toBe(true);
    expect(
      isObservable({ subscribe: () => undefined, pipe: () => undefined }),
    ).toBe(true);
    for (const value of [null, undefined, 1, 'x', {}, [], Promise.resolve(1)]) {
      expect(isObservable(value)).toBe(false);
      expect(isAsyncIterable(value)).toBe(false);
    }
    expect(isAsyncIterable((async function* () {})())).toBe(true);
  });
});
