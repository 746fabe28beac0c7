import { setMaxListeners } from 'node:events';
import {
  type Clock,
  type DeliveryAttempt,
  type TaskStore,
  type WakeBus,
} from '@nest-a2a/store';
import { Logger } from '@nestjs/common';
import { PollLoop } from '../runtime/poll-loop.js';
import { AlarmLog } from '../hooks/alarm-log.js';
import { type DeliveryWork } from './delivery-work.js';
import { UnopenedSecretError } from './secret-box.js';
import { WebhookSigningError } from './signing/webhook-signing-error.js';
import { type WebhookDelivery } from './webhook-delivery.service.js';

/** What a {@link DeliveryLoop} works with. */
export interface DeliveryLoopParts {
  readonly clock: Clock;
  readonly store: TaskStore;
  readonly wake: WakeBus;
  readonly delivery: WebhookDelivery;
}

/** What a {@link DeliveryLoop} works on. */
export interface DeliverySource {
  /** How many attempts may be under way at once. */
  readonly concurrency: number;
  /** Takes on what is due, so much at most. */
  claim(max: number): Promise<readonly DeliveryWork[]>;
  /** When to look again without a wake-up, milliseconds. */
  nextDueAt(): Promise<number | undefined>;
  /** Called with each attempt, after it was noted. */
  onAttempt(attempt: DeliveryAttempt): void;
}

/** Takes on what is due, as far as there is room, and delivers it. */
export class DeliveryLoop {
  private readonly logger = new Logger('A2APush');
  private readonly alarms: AlarmLog;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly abort = new AbortController();
  private readonly loop: PollLoop;

  constructor(
    private readonly parts: DeliveryLoopParts,
    private readonly source: DeliverySource,
  ) {
    const { clock, store } = parts;
    this.alarms = new AlarmLog(this.logger, () => store.now());
    // Each attempt listens; Node.js would take more than ten for a leak.
    setMaxListeners(source.concurrency, this.abort.signal);
    this.loop = new PollLoop(clock, {
      run: () => this.claimDue(),
      onError: (error) => this.logger.error('Webhooks wait', stackOf(error)),
    });
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  /** Delivers what is due until `grace` resolves, then breaks off what is under way. */
  async stop(grace: Promise<void>): Promise<void> {
    let isOver = false;
    const end = grace.then(() => (isOver = true));
    await Promise.race([this.untilNothingIsDue(() => isOver), end]);
    await this.loop.stop();
    this.abort.abort();
    await Promise.all(this.inFlight);
  }

  /** @returns when to look again, milliseconds */
  private async claimDue(): Promise<number> {
    const { store, wake } = this.parts;
    const room = this.source.concurrency - this.inFlight.size;
    if (room > 0) {
      const due = await this.source.claim(room);
      due.forEach((one) => this.begin(one));
    }
    const nextDueAt = await this.source.nextDueAt();
    const waitMs = (nextDueAt ?? Infinity) - store.now();
    // What is due now and was not claimed waits for a slot: its end wakes us.
    return waitMs > 0 ? Math.min(waitMs, wake.pollMs) : wake.pollMs;
  }

  private async untilNothingIsDue(isOver: () => boolean): Promise<void> {
    do {
      await Promise.all(this.inFlight);
      this.loop.wake();
      await this.loop.idle();
    } while (this.inFlight.size > 0 && !isOver());
  }

  private begin(work: DeliveryWork): void {
    const attempt = this.parts.delivery
      .deliver(work, this.abort.signal)
      .then((made) => {
        if (made) {
          this.source.onAttempt(made);
        }
      })
      .catch((error: unknown) => this.reportWaiting(work, error))
      .finally(() => {
        this.inFlight.delete(attempt);
        this.loop.wake();
      });
    this.inFlight.add(attempt);
  }

  /** Names the webhook and never its URL. What many may wait for at once, such as a key, is no line for each. */
  private reportWaiting({ config }: DeliveryWork, error: unknown): void {
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
}

function stackOf(error: unknown): unknown {
  return error instanceof Error ? error.stack : error;
}
