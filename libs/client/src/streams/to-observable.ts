import { Observable, type Subscriber } from 'rxjs';

/**
 * An Observable over an iterable that is opened for each subscriber. Leaving
 * it aborts the signal: an iterable that waits for its next value would notice
 * nothing else.
 *
 * @param callerSignal ends it as well
 */
export function toObservable<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  callerSignal?: AbortSignal,
): Observable<T> {
  return new Observable<T>((subscriber) => {
    const controller = new AbortController();
    const stop = () => controller.abort(callerSignal?.reason);
    callerSignal?.addEventListener('abort', stop);
    if (callerSignal?.aborted) {
      stop();
    }
    void pump(open(controller.signal), subscriber);
    return () => {
      callerSignal?.removeEventListener('abort', stop);
      controller.abort();
    };
  });
}

async function pump<T>(
  values: AsyncIterable<T>,
  subscriber: Subscriber<T>,
): Promise<void> {
  try {
    for await (const value of values) {
      subscriber.next(value);
      if (subscriber.closed) {
        return;
      }
    }
    subscriber.complete();
  } catch (error) {
    // Of no effect after the subscriber has left.
    subscriber.error(error);
  }
}
