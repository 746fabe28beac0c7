import { StoreError } from '../store-error.js';
import { type OriginLimits } from './push-config.js';

/** For so long it is remembered that an origin is new. */
export const MAX_NEW_WITHIN_MS = 60_000;

/** The origins of the webhooks of a tenant. */
export interface OriginCounts {
  /** At present, without the one that is to be added. */
  readonly present: number;
  /** Those that are new, whether or not they are there still. */
  readonly arrived: number;
  /** Whether the one that is to be added is among those. */
  readonly hasArrived: boolean;
}

/**
 * Whether one more origin fits.
 *
 * @throws StoreError `TOO_MANY_PUSH_ORIGINS`, `TOO_MANY_NEW_PUSH_ORIGINS`
 */
export function assertOriginFits(
  { present, arrived, hasArrived }: OriginCounts,
  { max, maxNew }: OriginLimits,
): void {
  if (present >= max) {
    throw new StoreError(
      'TOO_MANY_PUSH_ORIGINS',
      `The webhooks of a tenant are at ${max} origins at most`,
    );
  }
  if (!hasArrived && arrived >= maxNew) {
    throw new StoreError(
      'TOO_MANY_NEW_PUSH_ORIGINS',
      `A tenant may have webhooks at ${maxNew} new origins at a time`,
    );
  }
}
