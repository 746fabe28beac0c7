import { setMaxListeners } from 'node:events';
import {
  type AttemptQuery,
  type Clock,
  type DeliveryAttempt,
  type DueDelivery,
  type OpenRuntime,
  type OriginState,
  type PushConfigState,
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
import { PollLoop } from '../runtime/poll-loop.js';
import {
  A2A_CLOCK,
  INSTANCE_NAME,
  OPEN_RUNTIME,
} from '../runtime/runtime.tokens.js';
import { AlarmLog } from './alarm-log.js';
import { PushConfigurations } from './push-configurations.service.js';
import { UnopenedSecretError } from './secret-box.js';
import { WebhookSigningError } from './signing/webhook-signing-error.js';
import {
  deliveryLeaseMs,
  WebhookDelivery,
} from './webhook-delivery.service.js';

const CONFIGS_PER_PAGE = 100;
const ORIGINS_SHOWN = 100;

/**
 * Delivers push notifications: each webhook gets the events that it selects at
 * least once and in order, or the event is visibly dead. Woken by a Subject
 * that the wake-up bus feeds; what is due stands in the store.
 */
@Injectable()
export class PushNotificationService {
  private readonly logger = new Logger('A2APush');
  private readonly alarms = new AlarmLog(this.logger, () => this.store.now());
  private readonly wakeUps = new Subject<void>();
  private readonly attemptsMade = new Subject<DeliveryAttempt>();
  private readonly inFlight = new Set<Promise<void>>();
  private readonly abort = new AbortController();
  private readonly store: TaskStore;
  private readonly wake: WakeBus;
  private readonly loop: PollLoop;
  private subscription: Subscription | undefined;
  private unsubscribe: Unsubscribe | undefined;

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
    // Each attempt listens; Node.js would take more than ten for a leak.
    setMaxListeners(options.push.concurrency, this.abort.signal);
    this.loop = new PollLoop(clock, {
      run: () => this.claimDue(),
      onError: (error) => this.logger.error('Webhooks wait', stackOf(error)),
    });
  }

  /** Each attempt that this process has made, after it was noted. */
  get deliveries$(): Observable<DeliveryAttempt> {
    return this.attemptsMade.asObservable();
  }

  /** Begins to deliver. */
  start(): void {
    this.warnOfSwitches();
    this.subscription = this.wakeUps.subscribe(() => this.loop.wake());
    this.unsubscribe = this.wake.on('push', () => this.wakeUps.next());
    this.loop.start();
  }

  /** Delivers what is due until `grace` resolves, then breaks off what is under way. */
  async stop(grace: Promise<void>): Promise<void> {
    this.unsubscribe?.();
    let isOver = false;
    const end = grace.then(() => (isOver = true));
    await Promise.race([this.untilNothingIsDue(() => isOver), end]);
    await this.loop.stop();
    this.abort.abort();
    await Promise.all(this.inFlight);
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
    this.wake.ring(['push']);
    return isThere;
  }

  /** Takes on what is due, as far as there is room. @returns when to look again, milliseconds */
  private async claimDue(): Promise<number> {
    const { concurrency, perOrigin } = this.options.push;
    const room = concurrency - this.inFlight.size;
    if (room > 0) {
      const due = await this.store.push.claimDue({
        owner: this.owner,
        max: room,
        perOrigin,
        leaseMs: deliveryLeaseMs(this.options.push),
      });
      due.forEach((one) => this.begin(one));
    }
    const nextDueAt = await this.store.push.nextDueAt();
    const waitMs = (nextDueAt ?? Infinity) - this.store.now();
    // What is due now and was not claimed waits for a slot: its end wakes us.
    return waitMs > 0 ? Math.min(waitMs, this.wake.pollMs) : this.wake.pollMs;
  }

  private async untilNothingIsDue(isOver: () => boolean): Promise<void> {
    do {
      await Promise.all(this.inFlight);
      this.loop.wake();
      await this.loop.idle();
    } while (this.inFlight.size > 0 && !isOver());
  }

  private begin(due: DueDelivery): void {
    const attempt = this.delivery
      .deliver(due, this.abort.signal)
      .then((made) => {
        if (made) {
          this.attemptsMade.next(made);
        }
      })
      .catch((error: unknown) => this.reportWaiting(due, error))
      .finally(() => {
        this.inFlight.delete(attempt);
        this.loop.wake();
      });
    this.inFlight.add(attempt);
  }

  /** Names the webhook and never its URL. What many may wait for at once, such as a key, is no line for each. */
  private reportWaiting({ config }: DueDelivery, error: unknown): void {
    if (
      error instanceof UnopenedSecretError ||
      error instanceof WebhookSigningError
    ) {
      const { code, message, cause } = error;
      this.alarms.error(code, `A webhook waits: ${message}`, stackOf(cause));
    } else {
      const what = `Webhook ${config.id} of task ${config.taskId} waits`;
      this.logger.error(what, stackOf(error));
    }
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

function stackOf(error: unknown): unknown {
  return error instanceof Error ? error.stack : error;
}
