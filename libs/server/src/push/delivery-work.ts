import {
  type DeliveryFailure,
  type DeliverySuccess,
  type DueDelivery,
  type DueRedelivery,
  type PushConfig,
  type Settled,
  type TaskStore,
} from '@nest-a2a/store';
import { type NextDelivery, nextDelivery } from './next-delivery.js';

/** A claim on what a webhook is to be sent: for the first time, or once more. */
export interface DeliveryWork {
  readonly config: PushConfig;
  /** Attempts for the next event that failed. */
  readonly failures: number;
  readonly isRedelivery: boolean;
  /** Finds what to send. @param coalesce whether one task may take the place of all that wait */
  next(coalesce: boolean): Promise<NextDelivery>;
  /** @returns `undefined` where the claim was lost */
  succeed(result: DeliverySuccess): Promise<Settled | undefined>;
  /** @returns `undefined` where the claim was lost */
  fail(result: DeliveryFailure): Promise<Settled | undefined>;
  /** Gives the claim back, due again at a time in milliseconds. @returns whether it was still held */
  release(dueAt: number): Promise<boolean>;
}

/** What a webhook is sent for the first time. */
export function deliveryWork(
  { push, log }: TaskStore,
  { config, fence }: DueDelivery,
): DeliveryWork {
  return {
    config,
    failures: config.failures,
    isRedelivery: false,
    next: (coalesce) => nextDelivery(config, log, { coalesce }),
    succeed: (result) => push.succeed(fence, result),
    fail: (result) => push.fail(fence, result),
    release: (dueAt) => push.release(fence, { dueAt }),
  };
}

/** What a webhook is sent once more: each event by itself, whatever took their place the first time. */
export function redeliveryWork(
  { redeliveries, log }: TaskStore,
  { config, cursor, to, failures, fence }: DueRedelivery,
): DeliveryWork {
  return {
    config,
    failures,
    isRedelivery: true,
    next: () => nextDelivery({ ...config, cursor }, log, { to }),
    succeed: (result) => redeliveries.succeed(fence, result),
    fail: (result) => redeliveries.fail(fence, result),
    release: (dueAt) => redeliveries.release(fence, { dueAt }),
  };
}
