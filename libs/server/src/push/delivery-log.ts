import {
  type DeliveryAttempt,
  type OriginChange,
  type PushConfig,
} from '@nest-a2a/store';
import { type Logger } from '@nestjs/common';

/**
 * The lines about deliveries. They name configurations, and never a URL or an
 * origin: with some services the name of the host is all that a sender has to know.
 */
export class DeliveryLog {
  constructor(private readonly logger: Logger) {}

  /** An attempt that failed. */
  failure(attempt: DeliveryAttempt, isDisabled: boolean): void {
    const { taskId, configId, seq, status, error, nextAt } = attempt;
    const again = attempt.isRedelivery ? ' once more' : '';
    const what = `Webhook ${configId} of task ${taskId}, event ${seq}${again}, attempt ${attempt.attempt}`;
    const why = status === undefined ? `failed: ${error}` : `HTTP ${status}`;
    if (isDisabled) {
      this.logger.error(`${what}: ${why}. The webhook is disabled.`);
    } else if (nextAt === undefined) {
      this.logger.error(`${what}: ${why}. The event is dead.`);
    } else {
      const next = new Date(nextAt).toISOString();
      this.logger.warn(`${what}: ${why}. Next attempt at ${next}.`);
    }
  }

  /** The breaker of an origin has opened or closed. */
  origin({ id, taskId, scope }: PushConfig, change: OriginChange): void {
    const what = `The origin of webhook ${id} of task ${taskId}`;
    const whose = `tenant ${JSON.stringify(scope.tenant)} of agent ${scope.agent}`;
    if (change.kind === 'closed') {
      this.logger.log(
        `${what} answers again. What ${whose} has for it is sent.`,
      );
    } else {
      const { failures, openUntil } = change;
      const until = new Date(openUntil).toISOString();
      this.logger.warn(
        `${what} does not take what is sent (failures in a row: ${failures}). What ${whose} has for it waits until ${until}.`,
      );
    }
  }
}
