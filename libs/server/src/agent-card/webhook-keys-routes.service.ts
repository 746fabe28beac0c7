import { Inject, Injectable, Logger } from '@nestjs/common';
import { type AbstractHttpAdapter } from '@nestjs/core';
import { WebhookKeys } from '../push/signing/webhook-keys.service.js';
import { RETRY_AFTER_SECONDS } from '../runtime/retry-after.js';
import { etagOf, isKnown } from './conditional-request.js';
import { type ForwardedRequest } from './public-url.service.js';

/** How long keys may be used without asking again. A new one signs beside the old one for longer. */
const MAX_AGE_SECONDS = 300;

/** Serves the public keys that webhooks are signed with. Like the card, they are for everybody. */
@Injectable()
export class WebhookKeysRoutes {
  private readonly logger = new Logger('A2APush');

  constructor(@Inject(WebhookKeys) private readonly keys: WebhookKeys) {}

  /** Must be called before the routes of the application are registered. */
  register(adapter: AbstractHttpAdapter, paths: readonly string[]): void {
    for (const path of paths) {
      adapter.get(path, (request: ForwardedRequest, response: unknown) => {
        void this.answer(adapter, request, response);
      });
    }
  }

  private async answer(
    adapter: AbstractHttpAdapter,
    { headers }: ForwardedRequest,
    response: unknown,
  ): Promise<void> {
    try {
      const body = JSON.stringify(await this.keys.published());
      const etag = etagOf(body);
      adapter.setHeader(response, 'ETag', etag);
      adapter.setHeader(
        response,
        'Cache-Control',
        `public, max-age=${MAX_AGE_SECONDS}`,
      );
      if (isKnown(headers['if-none-match'], etag)) {
        adapter.reply(response, '', 304);
        return;
      }
      adapter.setHeader(response, 'Content-Type', 'application/jwk-set+json');
      adapter.reply(response, body, 200);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.logger.error(`The keys of webhooks cannot be served: ${why}`);
      const seconds = String(RETRY_AFTER_SECONDS);
      adapter.setHeader(response, 'Retry-After', seconds);
      adapter.reply(response, '', 503);
    }
  }
}
