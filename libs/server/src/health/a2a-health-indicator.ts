import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  type HealthIndicatorResult,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { RuntimeStatus } from '../runtime-status.service.js';
import { within } from './within.js';

/** How long the store may take to answer. */
export interface StoreCheckOptions {
  /** Milliseconds. @default 1000 */
  readonly timeoutMs?: number;
}

/** How long work may wait for an instance. */
export interface BacklogCheckOptions extends StoreCheckOptions {
  /** Milliseconds. @default 60000 */
  readonly maxWaitMs?: number;
}

/** What a question has found; the rest is shown. */
interface Finding {
  readonly isUp: boolean;
  readonly [fact: string]: unknown;
}

const TIMEOUT_MS = 1_000;
const MAX_WAIT_MS = 60_000;

/**
 * Health indicators for `@nestjs/terminus`. What they answer names no host and
 * no error; why something is down is in the log, once until it is up again.
 *
 * ```ts
 * this.health.check([() => this.a2a.readiness('a2a'), () => this.a2a.store('store')]);
 * ```
 */
@Injectable()
export class A2AHealthIndicator {
  private readonly logger = new Logger('A2AHealth');
  private readonly reported = new Set<string>();

  constructor(
    @Inject(RuntimeStatus) private readonly status: RuntimeStatus,
    @Inject(HealthIndicatorService)
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** Up while this process takes on new messages: not before it has started, and not while it drains. For readiness. */
  readiness<Key extends string>(key: Key): HealthIndicatorResult<Key> {
    const session = this.indicators.check(key);
    return this.status.takesOn ? session.up() : session.down();
  }

  /** Up while the store answers in time. For readiness; not for liveness, as a restart mends no database. */
  store<Key extends string>(
    key: Key,
    { timeoutMs = TIMEOUT_MS }: StoreCheckOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.ask(key, timeoutMs, async () => {
      await this.status.assertStore();
      return { isUp: true };
    });
  }

  /** Up while hints of other instances arrive. Without them everything works, up to 250 milliseconds later: for dashboards. */
  wakeUps<Key extends string>(key: Key): HealthIndicatorResult<Key> {
    const session = this.indicators.check(key);
    return this.status.hearsOthers ? session.up() : session.down();
  }

  /** Up while no turn waits for longer than `maxWaitMs` for an instance that runs it. Shows `runningTurns` of this process and `oldestWaitMs`. */
  workers<Key extends string>(
    key: Key,
    {
      timeoutMs = TIMEOUT_MS,
      maxWaitMs = MAX_WAIT_MS,
    }: BacklogCheckOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.ask(key, timeoutMs, async () => {
      const oldestWaitMs = await this.status.turnsOverdueMs();
      const { runningTurns } = this.status;
      return { isUp: oldestWaitMs <= maxWaitMs, runningTurns, oldestWaitMs };
    });
  }

  /**
   * Up while no webhook waits for longer than `maxWaitMs` for an instance that
   * sends it; those that wait for their receivers do not count. Shows
   * `oldestWaitMs`.
   */
  webhooks<Key extends string>(
    key: Key,
    {
      timeoutMs = TIMEOUT_MS,
      maxWaitMs = MAX_WAIT_MS,
    }: BacklogCheckOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.ask(key, timeoutMs, async () => {
      const oldestWaitMs = await this.status.webhooksOverdueMs();
      return { isUp: oldestWaitMs <= maxWaitMs, oldestWaitMs };
    });
  }

  private async ask<Key extends string>(
    key: Key,
    timeoutMs: number,
    question: () => Promise<Finding>,
  ): Promise<HealthIndicatorResult<Key>> {
    const session = this.indicators.check(key);
    try {
      const { isUp, ...facts } = await within(timeoutMs, question());
      if (isUp) {
        this.reported.delete(key);
        return session.up(facts);
      }
      this.reportOnce(key, JSON.stringify(facts));
      return session.down(facts);
    } catch (error) {
      this.reportOnce(key, (error as Error).message);
      return session.down();
    }
  }

  /** Probes come every few seconds. */
  private reportOnce(key: string, why: string): void {
    if (!this.reported.has(key)) {
      this.reported.add(key);
      this.logger.warn(`"${key}" is down: ${why}`);
    }
  }
}
