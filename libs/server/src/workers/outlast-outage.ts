import { type Clock, isStoreError } from '@nest-a2a/store';

const DELAY_MS = 250;

/** Who waits for a store that is not there. */
export interface Waiting {
  readonly clock: Clock;
  /** Throws where it is no use to wait any longer. */
  readonly assertOpen: () => void;
}

/** Makes a call to the store, and makes it again as long as the store is not there. */
export async function outlastOutage<T>(
  call: () => Promise<T>,
  { clock, assertOpen }: Waiting,
): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isStoreError(error, 'UNAVAILABLE')) throw error;
    }
    await pauseOfOutage(clock);
    assertOpen();
  }
}

/** Resolves when it is time to ask a store again that was not there. */
export function pauseOfOutage(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(DELAY_MS, resolve);
  });
}
