import { StoreError } from '../store-error.js';

/** So many may wait for one configuration. */
const MAX_REDELIVERIES = 10;

/**
 * @param waiting how many wait for the configuration already
 * @throws StoreError `TOO_MANY_REDELIVERIES`
 */
export function assertRoomForRedelivery(waiting: number): void {
  if (waiting >= MAX_REDELIVERIES) {
    throw new StoreError(
      'TOO_MANY_REDELIVERIES',
      `For a push notification configuration ${MAX_REDELIVERIES} redeliveries may wait at most`,
    );
  }
}
