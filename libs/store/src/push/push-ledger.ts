import { type Seq } from '../log/task-event.js';
import { type Page } from '../page.js';
import { type CallContext } from '../scope.js';
import {
  type PushConfig,
  type PushConfigState,
  type PushRegistration,
} from './push-config.js';
import {
  type OriginChange,
  type OriginBacklog,
  type OriginNote,
  type OriginState,
} from './push-origin.js';

/** Proof of who delivers now. A new claim and a replaced configuration make it void. */
export interface PushFence {
  readonly taskId: string;
  readonly configId: string;
  readonly epoch: number;
}

/** A configuration that has something to deliver. */
export interface DueDelivery {
  readonly config: PushConfig;
  readonly fence: PushFence;
}

/** What became of one attempt. */
export type AttemptOutcome = 'delivered' | 'failed' | 'dead';

/** One attempt to deliver one event. */
export interface DeliveryAttempt {
  readonly taskId: string;
  readonly configId: string;
  readonly seq: Seq;
  /** 1 for the first attempt of this event. */
  readonly attempt: number;
  /** When it began, milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** Stable reason, such as `address-not-allowed`; never an address or a secret. */
  readonly error?: string;
  /** When the next attempt is due, milliseconds. */
  readonly nextAt?: number;
  /** Whether an operator wanted the event sent once more. */
  readonly isRedelivery?: true;
}

/** How a delivery has succeeded. */
export interface DeliverySuccess {
  /** The last event that is done. */
  readonly upTo: Seq;
  readonly attempt?: DeliveryAttempt;
  readonly origin?: OriginNote;
}

/** How a delivery has failed. */
export interface DeliveryFailure {
  readonly attempt: DeliveryAttempt;
  /** The last event behind which the attempted one lies: what is not selected before it is done. Without it the cursor stays. */
  readonly upTo?: Seq;
  readonly disable: boolean;
  readonly origin?: OriginNote;
}

/** What was written when a delivery ended. */
export interface Settled {
  /** What has changed for the origin, where something has. */
  readonly origin?: OriginChange;
}

/** Which attempts to show. */
export interface AttemptQuery {
  readonly taskId: string;
  readonly configId?: string;
  readonly limit: number;
}

/**
 * Push notification configurations, each with a durable cursor on the log of
 * its task. A configuration is due when an event that it selects lies behind
 * its cursor; appending such an event makes it due in the same commit. At most
 * one instance delivers for a configuration at a time.
 */
export interface PushLedger {
  /**
   * Adds a configuration; later events of the task are for it. One with the
   * same id is replaced and keeps its position; its failures are forgotten, a
   * `disabled` one is active again, a `paused` one stays paused. Another
   * selection counts for what lies behind the position: what the one before has
   * passed over stays passed over.
   *
   * @throws StoreError `TASK_NOT_FOUND`, `TOO_MANY_PUSH_CONFIGS`,
   *   `TOO_MANY_PUSH_ORIGINS`, `TOO_MANY_NEW_PUSH_ORIGINS`
   */
  put(
    command: PushRegistration & { readonly taskId: string },
    context: CallContext,
  ): Promise<PushConfig>;

  /** One configuration, or `undefined`. */
  get(
    taskId: string,
    configId: string,
    context: CallContext,
  ): Promise<PushConfig | undefined>;

  /**
   * The configurations of a task in the order of their creation.
   *
   * @throws StoreError `INVALID_PAGE_TOKEN`
   */
  list(
    query: {
      readonly taskId: string;
      readonly pageSize: number;
      readonly pageToken?: string;
    },
    context: CallContext,
  ): Promise<Page<PushConfig>>;

  /** Removes one; an attempt that is under way is the last. @returns whether it was there */
  remove(
    taskId: string,
    configId: string,
    context: CallContext,
  ): Promise<boolean>;

  /**
   * Pauses, disables or reactivates one. Reactivated, it goes on where it was,
   * at once and with its failures forgotten.
   *
   * @returns whether it was there
   */
  setState(
    command: {
      readonly taskId: string;
      readonly configId: string;
      readonly state: PushConfigState;
    },
    context: CallContext,
  ): Promise<boolean>;

  /**
   * Takes on configurations that are due, those of a tenant the longest due
   * first, at most `perOrigin` at a time for one origin. That room is shared: it
   * goes to the tenants that have the fewest deliveries under way there, in
   * turns where they have as many. Nothing is taken on for a tenant at an origin
   * whose breaker is open, and one at a time while it is half open.
   */
  claimDue(command: {
    readonly owner: string;
    readonly max: number;
    readonly perOrigin: number;
    readonly leaseMs: number;
  }): Promise<readonly DueDelivery[]>;

  /**
   * Moves the cursor to `upTo` and gives the claim back. Due again at once
   * where more selected events follow. Without an attempt, nothing was sent
   * because nothing was selected. What is noted of the origin is in the same
   * commit; where nothing was wrong with it before, that writes nothing.
   *
   * @returns `undefined` where the fence held no more
   */
  succeed(
    fence: PushFence,
    result: DeliverySuccess,
  ): Promise<Settled | undefined>;

  /**
   * Notes a failed attempt and gives the claim back: due again at
   * `attempt.nextAt`. The cursor moves to `upTo`, and behind the event where the
   * attempt says that it is `dead`. With `disable` the configuration is disabled in the same commit; what is noted of
   * the origin is in it as well.
   *
   * @returns `undefined` where the fence held no more
   */
  fail(fence: PushFence, result: DeliveryFailure): Promise<Settled | undefined>;

  /**
   * Gives the claim back without an attempt: due again at `dueAt`, milliseconds.
   *
   * @returns whether the fence still held
   */
  release(
    fence: PushFence,
    result: { readonly dueAt: number },
  ): Promise<boolean>;

  /** The newest attempts first. */
  attempts(
    query: AttemptQuery,
    context: CallContext,
  ): Promise<readonly DeliveryAttempt[]>;

  /** When the next configuration may be claimed, milliseconds; `undefined` for not before something else happens. */
  nextDueAt(): Promise<number | undefined>;

  /**
   * The origins that have failed and have not answered since, of all tenants,
   * those that are open for longest first. One for which nothing waits any more
   * is forgotten by the next `purge` of the log.
   */
  origins(query: { readonly limit: number }): Promise<readonly OriginState[]>;

  /**
   * What waits for each origin, of all tenants, where the oldest event is first.
   * Counted are active configurations that have something to deliver, now or
   * later, those that somebody delivers for now included. Looks at each of
   * them: for a look once in a while, such as a scrape, not for each request.
   */
  backlog(query: { readonly limit: number }): Promise<readonly OriginBacklog[]>;
}
