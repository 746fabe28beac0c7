import {
  Controller,
  Inject,
  Post,
  Req,
  Res,
  SetMetadata,
  type Type,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import {
  type PlatformRequest,
  type PlatformResponse,
} from './platform-request.js';
import { WebhookExchange } from './webhook-exchange.service.js';

/** Metadata key that tells our controller from those of the application. */
export const A2A_WEBHOOK_CONTROLLER = Symbol.for(
  '@nest-a2a/client:WEBHOOK_CONTROLLER',
);

/** Metadata key by which `@nestjs/swagger` leaves a controller out. */
const SWAGGER_EXCLUDE = 'swagger/apiExcludeController';

/** The route for webhooks. A class for each path, which stands in its metadata. */
export function createWebhookController(
  path: string,
  decorators: readonly ClassDecorator[],
): Type<unknown> {
  class A2AWebhookController {
    constructor(
      @Inject(WebhookExchange) private readonly webhooks: WebhookExchange,
    ) {}

    @Post()
    receive(
      @Req() request: PlatformRequest,
      @Res() response: PlatformResponse,
    ): Promise<void> {
      return this.webhooks.answer(request, response);
    }
  }
  Controller({ path, version: VERSION_NEUTRAL })(A2AWebhookController);
  SetMetadata(A2A_WEBHOOK_CONTROLLER, true)(A2AWebhookController);
  SetMetadata(SWAGGER_EXCLUDE, [true])(A2AWebhookController);
  for (const decorate of decorators) {
    decorate(A2AWebhookController);
  }
  return A2AWebhookController;
}
