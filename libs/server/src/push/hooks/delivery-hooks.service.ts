import {
  type Clock,
  type DeliveryAttempt,
  type PushConfig,
} from '@nest-a2a/store';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../../options/resolved-options.js';
import { A2A_CLOCK } from '../../runtime/runtime.tokens.js';
import { AlarmLog } from '../../hooks/alarm-log.js';
import { BoundedCalls } from '../../hooks/bounded-calls.js';
import { type Hook, HookExplorer, type HookKind } from './hook.explorer.js';
import {
  type DisabledWebhook,
  type DisableReason,
  toWebhookFailure,
  type WebhookFailure,
} from './webhook-failure.js';

const LIMITS = { underWay: 16, waiting: 1_000 };

/** What is known of a failed attempt besides. */
export interface NotedFailure {
  /** Why the webhook was disabled with it. */
  readonly reason?: DisableReason | undefined;
  /** Whether it was to deliver the end of the task. */
  readonly isEnd?: boolean;
}

/** Tells methods of the application of webhooks in trouble, without having anybody wait for them. */
@Injectable()
export class DeliveryHooks implements OnModuleInit {
  private readonly logger = new Logger('A2APush');
  private readonly alarms: AlarmLog;
  private readonly calls = new BoundedCalls(LIMITS);
  private hooks: readonly Hook[] = [];

  constructor(
    @Inject(HookExplorer)
    private readonly explorer: Pick<HookExplorer, 'explore'>,
    @Inject(A2A_CLOCK) clock: Clock,
    @Inject(RESOLVED_OPTIONS)
    private readonly options: Pick<ResolvedOptions, 'roles'>,
  ) {
    this.alarms = new AlarmLog(this.logger, () => clock.now());
  }

  onModuleInit(): void {
    if (!this.options.roles.includes('push')) {
      return;
    }
    this.hooks = this.explorer.explore();
    for (const { kind, name } of this.hooks) {
      this.logger.log(`Tells ${name} of ${kind}`);
    }
  }

  /**
   * Tells of a failed attempt that was noted, where it concerns anybody.
   *
   * @param config as it was when the attempt began
   */
  noted(
    config: PushConfig,
    attempt: DeliveryAttempt,
    { reason, isEnd = false }: NotedFailure = {},
  ): void {
    const failure = toWebhookFailure(config, attempt, isEnd);
    if (attempt.outcome === 'dead') {
      this.tell('dead letters', failure);
    }
    if (reason) {
      this.tell('disabled webhooks', { ...failure, reason });
    }
  }

  /** Waits until all methods have returned, or `grace` resolves. */
  async stop(grace: Promise<void>): Promise<void> {
    const left = await this.calls.stop(grace);
    if (left > 0) {
      this.logger.warn(
        `Calls of methods that are told of dead letters and disabled webhooks were not over in time: ${left}`,
      );
    }
  }

  private tell(kind: HookKind, told: WebhookFailure | DisabledWebhook): void {
    for (const hook of this.hooks.filter((one) => one.kind === kind)) {
      if (!this.calls.add(() => this.call(hook, told))) {
        this.alarms.error(
          hook.name,
          `${hook.name} is not told of ${describe(told)}: too many calls wait for their turn`,
        );
      }
    }
  }

  private async call(
    hook: Hook,
    told: WebhookFailure | DisabledWebhook,
  ): Promise<void> {
    try {
      await hook.call(told);
    } catch (error) {
      this.logger.error(
        `${hook.name} failed for ${describe(told)}`,
        error instanceof Error ? error.stack : String(error),
      );
    }
  }
}

function describe({ configId, taskId, seq }: WebhookFailure): string {
  return `webhook ${configId} of task ${taskId}, event ${seq}`;
}
