import { type Observable, Subject, takeUntil } from 'rxjs';

/** Values of an Observable that nobody has taken yet. A source that is further ahead than this is broken off. */
const MAX_BUFFERED = 10_000;

/** Whether a value is an Observable, of whatever copy of RxJS. */
export function isObservable(value: unknown): value is Observable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'subscribe' in value &&
    typeof value.subscribe === 'function' &&
    'pipe' in value
  );
}

/** Whether a value is an async iterable. */
export function isAsyncIterable(
  value: unknown,
): value is AsyncIterable<unknown> {
  return (
    typeof value === 'object' && value !== null && Symbol.asyncIterator in value
  );
}

/**
 * Reads an Observable one value at a time, and unsubscribes when the reader
 * stops or the signal aborts. An Observable knows no back-pressure, so what it
 * is ahead is kept, up to a limit.
 */
export async function* iterateObservable<T>(
  source: Observable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const buffer: T[] = [];
  let isDone = false;
  let failure: { error: unknown } | undefined;
  let wake: () => void = () => undefined;
  // A source may emit all it has while it is subscribed to: nothing else could stop it then.
  const tooFast = new Subject<void>();
  const subscription = source.pipe(takeUntil(tooFast)).subscribe({
    next: (value) => {
      buffer.push(value);
      if (buffer.length > MAX_BUFFERED) {
        failure = { error: new RangeError('The Observable is too fast') };
        tooFast.next();
      }
      wake();
    },
    error: (error: unknown) => {
      failure = { error };
      wake();
    },
    complete: () => {
      isDone = true;
      wake();
    },
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      yield* takeAll(buffer);
      // Leaving takeAll takes a moment, in which more may have come.
      if (buffer.length > 0) continue;
      if (failure) throw failure.error;
      if (isDone) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted) resolve();
      });
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    subscription.unsubscribe();
  }
}

/** The values that are there, each leaving the buffer before it is handed out; linear in their number. */
function* takeAll<T>(buffer: T[]): Generator<T> {
  while (buffer.length > 0) {
    yield* buffer.splice(0);
  }
}
