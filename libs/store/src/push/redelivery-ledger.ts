import { type Seq } from '../log/task-event.js';
import { type CallContext } from '../scope.js';
import { type PushConfig } from './push-config.js';
import {
  type DeliveryFailure,
  type DeliverySuccess,
  type PushFence,
  type Settled,
} from './push-ledger.js';

/** Which events to send to a configuration once more. */
export interface NewRedelivery {
  readonly taskId: string;
  readonly configId: string;
  /** The first, 1 or more. */
  readonly from: Seq;
  /** The last. */
  readonly to: Seq;
}

/** What became of the wish to send events once more. */
export type RedeliveryAnswer =
  | {
      readonly kind: 'accepted';
      readonly from: Seq;
      /** As far as the configuration is: what lies behind is delivered for the first time. */
      readonly to: Seq;
    }
  /** Of the range nothing is done yet. */
  | { readonly kind: 'nothingDone' }
  | { readonly kind: 'notFound' };

/** Proof of who redelivers now. A new claim makes it void. */
export interface RedeliveryFence extends PushFence {
  readonly redelivery: number;
}

/** A part of a log that is to be sent once more. */
export interface DueRedelivery {
  /** As it is now: one that was replaced gets the rest at its new address. */
  readonly config: PushConfig;
  /** The last event that was sent once more, or is not meant. */
  readonly cursor: Seq;
  /** The last event that is to be sent once more. */
  readonly to: Seq;
  /** Attempts for the next event that failed. */
  readonly failures: number;
  readonly fence: RedeliveryFence;
}

/**
 * Events that are sent once more because an operator wants it, beside the
 * deliveries of {@link PushLedger}, of which nothing changes. They go with their
 * configuration, and wait while it is not active. Of one configuration they are
 * done in the order of their creation, one at a time.
 */
export interface RedeliveryLedger {
  /**
   * Adds one.
   *
   * @throws StoreError `TOO_MANY_REDELIVERIES` where ten wait for the configuration
   */
  add(
    redelivery: NewRedelivery,
    context: CallContext,
  ): Promise<RedeliveryAnswer>;

  /**
   * Takes on what is due, the longest due first, one at a time for an origin,
   * whoever takes it on: beside the deliveries for it, which are counted by
   * themselves. Nothing while the breaker of the origin is open for the tenant;
   * while it is half open, only where no delivery waits that would be the probe.
   */
  claimDue(command: {
    readonly max: number;
    readonly leaseMs: number;
  }): Promise<readonly DueRedelivery[]>;

  /**
   * Moves the cursor to `upTo` and gives the claim back: due again at once, or
   * gone where nothing is left of the range. Attempts and what is noted of the
   * origin are as with {@link PushLedger.succeed}.
   *
   * @returns `undefined` where the fence held no more
   */
  succeed(
    fence: RedeliveryFence,
    result: DeliverySuccess,
  ): Promise<Settled | undefined>;

  /**
   * Notes a failed attempt and gives the claim back: due again at
   * `attempt.nextAt`; a `dead` attempt moves the cursor behind its event. It is
   * no failure of the configuration, but `disable` disables that as with
   * {@link PushLedger.fail}.
   *
   * @returns `undefined` where the fence held no more
   */
  fail(
    fence: RedeliveryFence,
    result: DeliveryFailure,
  ): Promise<Settled | undefined>;

  /**
   * Gives the claim back without an attempt: due again at `dueAt`, milliseconds.
   *
   * @returns whether the fence still held
   */
  release(
    fence: RedeliveryFence,
    result: { readonly dueAt: number },
  ): Promise<boolean>;

  /**
   * When one may be due, milliseconds; `undefined` where none waits. Past also
   * while something is in its way that ends without a time.
   */
  nextDueAt(): Promise<number | undefined>;
}
