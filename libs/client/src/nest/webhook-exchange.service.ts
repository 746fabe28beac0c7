import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type WebhookAnswer } from '../webhooks/webhook-answer.js';
import { type WebhookReceiver } from '../webhooks/webhook-receiver.js';
import { A2A_WEBHOOK_RECEIVER } from './a2a-webhook.tokens.js';
import { NotificationHandlers } from './notification-handlers.service.js';
import {
  closeOf,
  type PlatformRequest,
  type PlatformResponse,
  webhookOf,
} from './platform-request.js';
import { WebhookLog } from './webhook-log.service.js';

/** Answers webhooks over HTTP, the same on Express and Fastify. */
@Injectable()
export class WebhookExchange {
  private readonly open = new Set<Promise<void>>();

  constructor(
    @Inject(A2A_WEBHOOK_RECEIVER) private readonly receiver: WebhookReceiver,
    @Inject(NotificationHandlers)
    private readonly handlers: NotificationHandlers,
    @Inject(WebhookLog) private readonly log: WebhookLog,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  /** Resolves when the answer is out or the sender is gone. */
  async answer(
    request: PlatformRequest,
    response: PlatformResponse,
  ): Promise<void> {
    const closed = closeOf(response);
    this.open.add(closed);
    void closed.then(() => this.open.delete(closed));
    const answer = await this.receiver.handle(
      webhookOf(request),
      (notification) => {
        this.log.gap(notification);
        return this.handlers.notify(notification);
      },
    );
    if (answer.error !== undefined) {
      this.log.refused(answer.error);
    }
    this.write(response, answer);
    await closed;
  }

  /** Answers what was refused before a route was reached. */
  write(
    response: PlatformResponse,
    { status, headers, body }: WebhookAnswer,
  ): void {
    const raw = 'raw' in response ? response.raw : response;
    if (raw.headersSent || raw.closed) {
      return;
    }
    const adapter = this.host.httpAdapter;
    for (const [name, value] of Object.entries(headers)) {
      adapter.setHeader(response, name, value);
    }
    // Not returned: an interceptor of the application must not change it.
    adapter.reply(response, body, status);
  }

  /** Finishes what is being handled, and waits until the answers are out. */
  async close(): Promise<void> {
    await this.receiver.close();
    // A sender that is gone or does not read must not hold up the process.
    await Promise.race([Promise.all(this.open), patience()]);
  }
}

const CLOSE_TIMEOUT_MS = 2_000;

function patience(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, CLOSE_TIMEOUT_MS).unref();
  });
}
