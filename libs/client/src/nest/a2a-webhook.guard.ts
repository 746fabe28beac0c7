import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
} from '@nestjs/common';
import { isWebhookError } from '../webhooks/webhook-error.js';
import { type WebhookReceiver } from '../webhooks/webhook-receiver.js';
import { A2A_WEBHOOK_RECEIVER } from './a2a-webhook.tokens.js';
import {
  NOTIFICATION,
  type PlatformRequest,
  webhookOf,
} from './platform-request.js';
import { WebhookLog } from './webhook-log.service.js';

/**
 * Lets webhooks pass that the receiver of `A2AWebhookModule` accepts, for a
 * controller of the application. The handler gets the notification by
 * `@PushNotification()`, and its payload by `@Body()`. It sees duplicates, and
 * gaps are not told.
 *
 * The bytes of the body are there where the guard stands on a controller or its
 * method (`@UseGuards`). As a guard of the whole application it needs the option
 * `rawBody` of `NestFactory.create`.
 */
@Injectable()
export class A2AWebhookGuard implements CanActivate {
  constructor(
    @Inject(A2A_WEBHOOK_RECEIVER) private readonly receiver: WebhookReceiver,
    @Inject(WebhookLog) private readonly log: WebhookLog,
  ) {}

  /** @throws HttpException with the status of the reason */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PlatformRequest>();
    try {
      const notification = await this.receiver.read(webhookOf(request));
      request[NOTIFICATION] = notification;
      request.body = notification.payload;
      return true;
    } catch (error) {
      if (!isWebhookError(error)) {
        throw error;
      }
      this.log.refused(error);
      throw new HttpException({ error: error.publicText }, error.status, {
        cause: error,
      });
    }
  }
}
