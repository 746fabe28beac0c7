import {
  type AttemptQuery,
  type Clock,
  type DeliveryAttempt,
  type OpenRuntime,
  type OriginState,
  type NewRedelivery,
  type PushConfigState,
  type RedeliveryAnswer,
  SYSTEM_CONTEXT,
  type TaskStore,
  type Unsubscribe,
  type WakeBus,
} from '@nest-a2a/store';
import { type TaskPushNotificationConfig } from '@nest-a2a/protocol';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Observable, Subject, type Subscription } from 'rxjs';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import {
  A2A_CLOCK,
  INSTANCE_NAME,
  OPEN_RUNTIME,
} from '../runtime/runtime.tokens.js';
import { ClockSkew } from './clock-skew.js';
import { DeliveryLoop } from './delivery-loop.js';
import {
  type DeliveryWork,
  deliveryWork,
  redeliveryWork,
} from './delivery-work.js';
import { PushConfigurations } from './push-configurations.service.js';
import {
  deliveryLeaseMs,
  WebhookDelivery,
} from './webhook-delivery.service.js';
import {
  AttemptCounts,
  toWebhookBacklog,
  type WebhookMetrics,
} from './webhook-metrics.js';

const CONFIGS_PER_PAGE = 100;
const ORIGINS_SHOWN = 100;

/** An operator waits for these, and clients for the others. */
const REDELIVERIES_AT_ONCE = 4;

/** Which events to send again; all that are done behind `from` where `to` is missing. */
export type RedeliveryOptions = Omit<NewRedelivery, 'to'> &
  Partial<Pick<NewRedelivery, 'to'>>;

/**
 * Delivers push notifications: each webhook gets the events that it selects at
 * least once and in order, or the event is visibly dead. Woken by a Subject
 * that the wake-up bus feeds; what is due stands in the store.
 */
@Injectable()
export class PushNotificationService {
  private readonly logger = new Logger('A2APush');
  private readonly wakeUps = new Subject<void>();
  private readonly attemptsMade = new Subject<DeliveryAttempt>();
  private readonly counts = new AttemptCounts();
  private readonly skew: ClockSkew;
  private readonly store: TaskStore;
  private readonly wake: WakeBus;
  private readonly deliveries: DeliveryLoop;
  private readonly redeliveries: DeliveryLoop;
  private subscription: Subscription | undefined;
  private readonly unsubscribe: Unsubscribe[] = [];

  constructor(
    @Inject(OPEN_RUNTIME) { store, wake }: OpenRuntime,
    @Inject(A2A_CLOCK) clock: Clock,
    @Inject(INSTANCE_NAME) private readonly owner: string,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(PushConfigurations)
    private readonly pushConfigurations: PushConfigurations,
    @Inject(WebhookDelivery) private readonly delivery: WebhookDelivery,
  ) {
    this.store = store;
    this.wake = wake;
    this.skew = new ClockSkew(this.logger, clock, store);
    const parts = { clock, store, wake, delivery };
    const onAttempt = (attempt: DeliveryAttempt) => {
      this.counts.add(attempt.outcome);
      this.attemptsMade.next(attempt);
    };
    this.deliveries = new DeliveryLoop(parts, {
      concurrency: options.push.concurrency,
      claim: (max) => this.claimDeliveries(max),
      nextDueAt: () => store.push.nextDueAt(),
      onAttempt,
    });
    this.redeliveries = new DeliveryLoop(parts, {
      concurrency: REDELIVERIES_AT_ONCE,
      claim: (max) => this.claimRedeliveries(max),
      nextDueAt: () => store.redeliveries.nextDueAt(),
      onAttempt,
    });
  }

  /** Each attempt that this process has made, after it was noted. */
  get deliveries$(): Observable<DeliveryAttempt> {
    return this.attemptsMade.asObservable();
  }

  /** Begins to deliver. */
  start(): void {
    this.warnOfSwitches();
    this.subscription = this.wakeUps.subscribe(() => this.deliveries.wake());
    this.unsubscribe.push(
      this.wake.on('push', () => this.wakeUps.next()),
      this.wake.on('redelivery', () => this.redeliveries.wake()),
    );
    this.deliveries.start();
    this.redeliveries.start();
  }

  /** Delivers what is due until `grace` resolves, then breaks off what is under way. */
  async stop(grace: Promise<void>): Promise<void> {
    this.unsubscribe.forEach((end) => end());
    await Promise.all([
      this.deliveries.stop(grace),
      this.redeliveries.stop(grace),
    ]);
    await this.delivery.stop(grace);
    this.subscription?.unsubscribe();
    this.wakeUps.complete();
    this.attemptsMade.complete();
  }

  /** The webhooks of a task. Secrets as the option `push.redactSecrets` says. */
  async configurations(taskId: string): Promise<TaskPushNotificationConfig[]> {
    const found: TaskPushNotificationConfig[] = [];
    let pageToken = '';
    do {
      const page = await this.pushConfigurations.list(
        {
          taskId,
          pageSize: CONFIGS_PER_PAGE,
          ...(pageToken !== '' && { pageToken }),
        },
        SYSTEM_CONTEXT,
      );
      found.push(...page.items);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return found;
  }

  /** What was tried, the newest first. */
  attempts(query: AttemptQuery): Promise<readonly DeliveryAttempt[]> {
    return this.store.push.attempts(query, SYSTEM_CONTEXT);
  }

  /**
   * The origins that have failed and have not answered since, for each tenant,
   * those that are left alone for longest first. Unlike the log this names them.
   */
  origins({ limit = ORIGINS_SHOWN }: { readonly limit?: number } = {}): Promise<
    readonly OriginState[]
  > {
    return this.store.push.origins({ limit });
  }

  /**
   * What waits, how old it is, and how the origins do that it is for; what became
   * of the attempts of this process; and whether its clock is right. Everything
   * that waits is looked at, so ask once for each scrape and not for each request:
   * half a second where 100,000 webhooks wait, during which SQLite and memory do
   * nothing else. Unlike the log this names origins. What is sent again is not
   * among what waits.
   *
   * @param limit how many origins of tenants to show, the oldest event first @default 100
   */
  async metrics({
    limit = ORIGINS_SHOWN,
  }: { readonly limit?: number } = {}): Promise<WebhookMetrics> {
    const backlog = await this.store.push.backlog({ limit });
    const now = this.store.now();
    return {
      attempts: this.counts.toJson(),
      deadEnds: this.delivery.deadEnds,
      backlog: backlog.map((one) => toWebhookBacklog(one, now)),
      clockSkewMs: this.skew.ms,
    };
  }

  /**
   * Sends a webhook once more what it selects of a range of events, in their
   * order and under the ids that they had, also what is dead. What it has not
   * been sent yet is not part of it: that comes by itself. It goes on beside
   * that, in whichever instance, and is tried again as that is; of one webhook
   * one range after the other. While the webhook is paused or disabled it waits;
   * with the webhook it is gone.
   *
   * @returns the range that will be sent, `nothingDone` where all of it is still
   *   to come, `notFound` where there is no such webhook
   * @throws RangeError for positions that are none, StoreError `TOO_MANY_REDELIVERIES` where ten wait for the webhook
   */
  async redeliver({
    to = Number.MAX_SAFE_INTEGER,
    ...rest
  }: RedeliveryOptions): Promise<RedeliveryAnswer> {
    assertPosition('from', rest.from);
    assertPosition('to', to);
    if (to < rest.from) {
      throw new RangeError('to must not come before from');
    }
    const answer = await this.store.redeliveries.add(
      { ...rest, to },
      SYSTEM_CONTEXT,
    );
    this.wake.ring(['redelivery']);
    return answer;
  }

  /** Holds a webhook back; its events wait. @returns whether it is there */
  pause(taskId: string, configId: string): Promise<boolean> {
    return this.setState(taskId, configId, 'paused');
  }

  /** Goes on with a webhook that was paused, where it was. @returns whether it is there */
  resume(taskId: string, configId: string): Promise<boolean> {
    return this.setState(taskId, configId, 'active');
  }

  /** Gives a webhook up; its events wait for {@link enable}. @returns whether it is there */
  disable(taskId: string, configId: string): Promise<boolean> {
    return this.setState(taskId, configId, 'disabled');
  }

  /** Goes on with a webhook that was disabled, where it was. @returns whether it is there */
  enable(taskId: string, configId: string): Promise<boolean> {
    return this.setState(taskId, configId, 'active');
  }

  private async setState(
    taskId: string,
    configId: string,
    state: PushConfigState,
  ): Promise<boolean> {
    const isThere = await this.store.push.setState(
      { taskId, configId, state },
      SYSTEM_CONTEXT,
    );
    this.wake.ring(['push', 'redelivery']);
    return isThere;
  }

  private async claimDeliveries(max: number): Promise<DeliveryWork[]> {
    const { push } = this.options;
    const due = await this.store.push.claimDue({
      owner: this.owner,
      max,
      perOrigin: push.perOrigin,
      leaseMs: deliveryLeaseMs(push),
    });
    this.skew.check();
    return due.map((one) => deliveryWork(this.store, one));
  }

  private async claimRedeliveries(max: number): Promise<DeliveryWork[]> {
    const dueAt = (await this.store.redeliveries.nextDueAt()) ?? Infinity;
    if (dueAt > this.store.now()) {
      // Nearly always: a look is cheaper than a claim, for which instances wait for each other.
      return [];
    }
    const leaseMs = deliveryLeaseMs(this.options.push);
    const claim = { max, leaseMs };
    const due = await this.store.redeliveries.claimDue(claim);
    return due.map((one) => redeliveryWork(this.store, one));
  }

  private warnOfSwitches(): void {
    const { allowHttp, allowPrivateNetworks } = this.options.push;
    if (allowHttp) {
      this.logger.warn(
        'push.allowHttp is on: webhooks may be sent unencrypted. For development only.',
      );
    }
    if (allowPrivateNetworks) {
      this.logger.warn(
        'push.allowPrivateNetworks is on: clients can make this process call your internal network. For development only.',
      );
    }
  }
}

/** @throws RangeError */
function assertPosition(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${name} must be the place of an event, 1 or more`);
  }
}
