import { type Clock, isStoreError } from '@nest-a2a/store';

const DELAY_MS = 250;

/** Who waits for a store that is not there. */
export interface Waiting {
  readonly clock: Clock;
  /** Throws where it is no use to wait any longer. Is told why the last call failed. */
  readonly assertOpen: (cause: unknown) => void;
  /** Ends a pause early. */
  readonly signal?: AbortSignal;
}

/** Makes a call to the store, and makes it again as long as the store is not there. */
export async function outlastOutage<T>(
  call: () => Promise<T>,
  { clock, assertOpen, signal }: Waiting,
): Promise<T> {
  for (;;) {
    let cause: unknown;
    try {
      return await call();
    } catch (error) {
      if (!isStoreError(error, 'UNAVAILABLE')) throw error;
      cause = error;
    }
    await pauseOfOutage(clock, signal);
    assertOpen(cause);
  }
}

/** Resolves when it is time to ask a store again that was not there, or when the signal says so. */
export function pauseOfOutage(
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  if (signal?.aborted) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.schedule(DELAY_MS, end);
    signal?.addEventListener('abort', end);
  });
}
