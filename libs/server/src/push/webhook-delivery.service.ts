import { type GuardedResponse, isEgressError } from '@nest-a2a/egress';
import {
  type Clock,
  type DeliveryAttempt,
  type Seq,
  type TaskStore,
} from '@nest-a2a/store';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { type DeliveryFacts } from '../instrumentation/telemetry.js';
import { outlastOutage } from '../runtime/outlast-outage.js';
import { A2A_CLOCK, TASK_STORE } from '../runtime/runtime.tokens.js';
import { DeliveryLog } from './delivery-log.js';
import { DeliveryHooks } from './hooks/delivery-hooks.service.js';
import { type DisableReason } from './hooks/webhook-failure.js';
import { originNote } from './origin-health.js';
import { PushConfigurations } from './push-configurations.service.js';
import { type DeliveryWork } from './delivery-work.js';
import { isEndOfTask } from './next-delivery.js';
import { nextDelayMs } from './retry-schedule.js';
import { type PushTarget } from './secret-box.js';
import {
  judgeError,
  judgeStatus,
  retryAfterMs,
  type Verdict,
} from './webhook-answer.js';
import {
  WebhookClient,
  type WebhookRequest,
} from './webhook-client.service.js';
import { webhookPayload } from './webhook-payload.js';

/** The wait where something is wrong on our side, such as the key: long enough that the log stays readable. */
const OWN_FAULT_DELAY_MS = 60_000;

/** How much longer a claim lasts than its attempt may: so long there is time to note what became of it. */
const LEASE_MARGIN_MS = 10_000;

/** The facts of one attempt that are known before it begins. */
type BegunAttempt = Pick<
  DeliveryAttempt,
  'taskId' | 'configId' | 'seq' | 'attempt' | 'at' | 'isRedelivery'
>;

/** As long as what became of an attempt is to be noted. */
interface Noting {
  readonly heldUntil: number;
  readonly signal: AbortSignal;
}

/** What is sent to whom. */
type Outgoing = Pick<
  WebhookRequest,
  'target' | 'config' | 'delivery' | 'isRedelivery' | 'traceparent'
>;

/** How one attempt ended. */
interface Answer {
  readonly verdict: Verdict;
  readonly status?: number;
  readonly error?: string;
  readonly retryAfterMs?: number | undefined;
}

/** An attempt that has ended, for the event behind `upTo`. */
interface Ended {
  readonly attempt: DeliveryAttempt;
  readonly upTo: Seq;
  readonly isEnd: boolean;
  readonly answer: Answer;
}

/** How long to claim a delivery. A claim must outlive its attempt, or two instances would send the same event at once. */
export function deliveryLeaseMs({
  deadlineMs,
}: ResolvedOptions['push']): number {
  return deadlineMs + LEASE_MARGIN_MS;
}

/** Delivers the next event of one webhook and notes what became of it. */
@Injectable()
export class WebhookDelivery {
  private readonly log = new DeliveryLog(new Logger('A2APush'));
  private lostEnds = 0;

  constructor(
    @Inject(TASK_STORE) private readonly store: TaskStore,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(PushConfigurations)
    private readonly configurations: PushConfigurations,
    @Inject(WebhookClient) private readonly client: WebhookClient,
    @Inject(A2A_CLOCK) private readonly clock: Clock,
    @Inject(DeliveryHooks) private readonly hooks: DeliveryHooks,
  ) {}

  /** How many ends of tasks are dead that this process has tried to deliver. */
  get deadEnds(): number {
    return this.lostEnds;
  }

  /**
   * One attempt for the first selected event behind the cursor.
   *
   * @param signal ends the attempt; without an answer nothing is noted then
   * @returns what was noted; `undefined` where nothing was sent or the claim was lost
   * @throws what went wrong on our own side: nothing is noted against the receiver, and the event is tried again
   */
  async deliver(
    work: DeliveryWork,
    signal: AbortSignal,
  ): Promise<DeliveryAttempt | undefined> {
    const { config, isRedelivery } = work;
    const heldUntil = this.store.now() + deliveryLeaseMs(this.options.push);
    const target = await this.open(work);
    if (!target) {
      return undefined;
    }
    const { coalesce = this.options.push.coalesce } = target;
    const { delivery, upTo } = await work.next(coalesce);
    if (!delivery) {
      await work.succeed({ upTo });
      return undefined;
    }
    const outgoing = { target, config, delivery, isRedelivery };
    return this.options.telemetry.delivery(
      deliveryFacts(outgoing, work.failures + 1),
      (traceparent) =>
        this.send(
          work,
          { ...outgoing, traceparent },
          { upTo, heldUntil, signal },
        ),
    );
  }

  /** Waits until the application has been told what became of the attempts, or `grace` resolves. */
  stop(grace: Promise<void>): Promise<void> {
    return this.hooks.stop(grace);
  }

  private async send(
    work: DeliveryWork,
    outgoing: Outgoing,
    { upTo, heldUntil, signal }: Noting & { readonly upTo: Seq },
  ): Promise<DeliveryAttempt | undefined> {
    const { config, delivery, isRedelivery } = outgoing;
    const begun: BegunAttempt = {
      taskId: config.taskId,
      configId: config.id,
      seq: delivery.event.seq,
      attempt: work.failures + 1,
      at: this.store.now(),
      ...(isRedelivery && { isRedelivery }),
    };
    const { at } = begun;
    const answer = await this.attempt(outgoing, { at, signal }).catch(
      (error: unknown) => this.postpone(work, error),
    );
    if (!answer) {
      return undefined;
    }
    if (signal.aborted && answer.status === undefined) {
      await work.release(begun.at);
      return undefined;
    }
    const attempt = this.conclude(begun, answer);
    const isEnd = isEndOfTask(delivery.event);
    const note = () => this.note(work, { attempt, upTo, isEnd, answer });
    const isNoted = await this.outlastOutage(note, { heldUntil, signal });
    return isNoted ? attempt : undefined;
  }

  /** Notes what was sent also where the store is away for a while: whoever takes over an expired claim sends it once more. */
  private outlastOutage(
    note: () => Promise<boolean>,
    { heldUntil, signal }: Noting,
  ): Promise<boolean> {
    const assertOpen = (cause: unknown) => {
      if (signal.aborted || this.store.now() >= heldUntil) {
        throw cause;
      }
    };
    return outlastOutage(note, { clock: this.clock, assertOpen, signal });
  }

  private async open(work: DeliveryWork): Promise<PushTarget | undefined> {
    try {
      return this.configurations.target(work.config);
    } catch (error) {
      return this.postpone(work, error);
    }
  }

  private async attempt(
    outgoing: Outgoing,
    { at, signal }: { at: number; signal: AbortSignal },
  ): Promise<Answer> {
    const { log } = this.store;
    const { maxBodyBytes: maxBytes } = this.options.push;
    const source = { log, maxBytes };
    const { delivery, config } = outgoing;
    const payload = await webhookPayload(delivery, config, source);
    try {
      return this.judge(
        await this.client.send({ ...outgoing, payload, at, signal }),
      );
    } catch (error) {
      if (!isEgressError(error)) {
        throw error;
      }
      return { verdict: judgeError(error.code), error: error.code };
    }
  }

  /** @throws the error, unless the webhook or its task has gone meanwhile, which explains it */
  private async postpone(
    work: DeliveryWork,
    error: unknown,
  ): Promise<undefined> {
    const release = work.release(this.store.now() + OWN_FAULT_DELAY_MS);
    // Where the store does not answer, the claim expires by itself.
    const isHeld = await release.catch(() => true);
    if (isHeld) {
      throw error;
    }
  }

  private judge({ status, headers }: GuardedResponse): Answer {
    return {
      verdict: judgeStatus(status),
      status,
      retryAfterMs: retryAfterMs(headers['retry-after'], this.store.now()),
    };
  }

  private conclude(begun: BegunAttempt, answer: Answer): DeliveryAttempt {
    const { verdict, status, error } = answer;
    const now = this.store.now();
    const facts = {
      ...begun,
      durationMs: now - begun.at,
      ...(status !== undefined && { status }),
      ...(error !== undefined && { error }),
    };
    if (verdict === 'delivered') {
      return { ...facts, outcome: 'delivered' };
    }
    const delayMs =
      verdict === 'gone'
        ? undefined
        : nextDelayMs(this.options.push.scheduleMs, {
            verdict,
            attempts: begun.attempt,
            retryAfterMs: answer.retryAfterMs,
          });
    return delayMs === undefined
      ? { ...facts, outcome: 'dead' }
      : { ...facts, outcome: 'failed', nextAt: now + delayMs };
  }

  private async note(work: DeliveryWork, ended: Ended): Promise<boolean> {
    const { attempt, upTo, isEnd, answer } = ended;
    const { config } = work;
    const { breaker } = this.options.push;
    const origin = originNote(answer, breaker, this.store.now());
    const reason = this.disableReason(work, ended);
    const disable = reason !== undefined;
    const isDelivered = attempt.outcome === 'delivered';
    const settled = await (isDelivered
      ? work.succeed({ upTo: attempt.seq, attempt, origin })
      : work.fail({ attempt, upTo, disable, origin }));
    if (settled && !isDelivered) {
      this.log.failure(attempt, disable);
      this.hooks.noted(config, attempt, { reason, isEnd });
    }
    if (settled && isEnd && attempt.outcome === 'dead') {
      this.lostEnds += 1;
    }
    if (settled?.origin) {
      this.log.origin(config, settled.origin);
    }
    return settled !== undefined;
  }

  /** Why a failed attempt is the last for its webhook, where it is. */
  private disableReason(
    { config, isRedelivery }: DeliveryWork,
    { attempt, answer }: Ended,
  ): DisableReason | undefined {
    if (answer.verdict === 'gone') {
      return 'gone';
    }
    const failingMs = attempt.at - (config.failingSince ?? attempt.at);
    const isFailing =
      !isRedelivery && failingMs >= this.options.push.disableAfterMs;
    return isFailing ? 'failing' : undefined;
  }
}

function deliveryFacts(
  { target, config, delivery, isRedelivery }: Outgoing,
  attempt: number,
): DeliveryFacts {
  const { seq, at, body } = delivery.event;
  return {
    agent: config.scope.agent,
    taskId: config.taskId,
    configId: config.id,
    seq,
    attempt,
    isRedelivery,
    url: target.url,
    committedAt: at,
    traceparent: 'turn' in body ? body.turn?.traceparent : undefined,
  };
}
