import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { NOTIFICATION, type PlatformRequest } from './platform-request.js';

/** The `WebhookNotification` that `A2AWebhookGuard` has read, as a parameter of a route. */
export const PushNotification: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<PlatformRequest>()[NOTIFICATION],
);
