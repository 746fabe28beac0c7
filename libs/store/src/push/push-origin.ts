/** When failures of an origin hold back what its tenant has for it. */
export interface BreakerPolicy {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it is open at first, milliseconds; twice as long each time that the probe fails. */
  readonly openMs: number;
  /** The longest that it is open at a time, milliseconds. */
  readonly maxOpenMs: number;
}

/**
 * What an attempt says about the whole origin, for the tenant of its webhook:
 * `up`, something there answers; `down`, nothing does, or it has too much to do.
 */
export type OriginNote =
  | { readonly kind: 'up' }
  | {
      readonly kind: 'down';
      /** Without it failures are counted, and open nothing. */
      readonly breaker?: BreakerPolicy;
      /** Until when the origin has asked to be left alone, milliseconds. */
      readonly heldUntil?: number;
    };

/** What a note has changed for an origin. */
export type OriginChange =
  | {
      readonly kind: 'opened';
      readonly failures: number;
      readonly openUntil: number;
    }
  | { readonly kind: 'closed' };

/** An origin that has failed a tenant of an agent, and has not answered since. */
export interface OriginState {
  readonly agent: string;
  readonly tenant: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Failures in a row. Those that end while it is open are not counted. */
  readonly failures: number;
  /** Nothing is sent before, milliseconds; missing while the breaker is closed, past while it is half open. */
  readonly openUntil?: number;
}

/** What waits for an origin, for a tenant of an agent, and how the origin does: no `failures` where it is well. */
export interface OriginBacklog extends OriginState {
  /** So many configurations have something to deliver. */
  readonly waiting: number;
  /**
   * When the oldest event was written that is still to be delivered,
   * milliseconds. Between two events that are delivered, and after a pause, that
   * of one before it may stand here which is not selected, until the next attempt.
   */
  readonly oldestAt: number;
}
