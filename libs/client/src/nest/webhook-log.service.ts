import { Injectable, Logger } from '@nestjs/common';
import {
  type WebhookError,
  isWebhookError,
} from '../webhooks/webhook-error.js';
import { type WebhookNotification } from '../webhooks/webhook-notification.js';
import { describe } from './notification-handlers.service.js';

/** Whoever sends nonsense all day gets a line in a while and no more. */
const PAUSE_MS = 60_000;

/** What an operator has to know of webhooks. */
@Injectable()
export class WebhookLog {
  private readonly logger = new Logger('A2AWebhookModule');
  /** By code, of which there are few: when it was told last, and how many came since. */
  private readonly told = new Map<string, { at: number; silent: number }>();

  /** Says why a webhook was not taken: once in a while for each reason. Nothing of what came is told. */
  refused(error: unknown, now = Date.now()): void {
    const code = isWebhookError(error) ? error.code : 'check-failed';
    // Those say it themselves, or are no trouble.
    if (['handler-failed', 'in-progress', 'closing'].includes(code)) {
      return;
    }
    const last = this.told.get(code);
    if (last && now - last.at < PAUSE_MS) {
      last.silent += 1;
      return;
    }
    this.told.set(code, { at: now, silent: 0 });
    const before = last?.silent ? ` (and ${last.silent} before)` : '';
    this.logger.warn(
      `A webhook was refused: ${code}${before}. ${textOf(error)}`,
    );
  }

  /** Says which events are missing. */
  gap(notification: WebhookNotification): void {
    const { gap } = notification;
    if (gap) {
      this.logger.warn(
        `Events are missing before the webhook ${describe(notification)}: ` +
          `the last one here was ${gap.lastSeen}, the sender has sent ${gap.previous}. Ask the agent for the task.`,
      );
    }
  }
}

function textOf(error: unknown): string {
  const { message, cause } = error as WebhookError;
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return `${message}${reason}`;
}
