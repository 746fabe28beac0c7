export { InvalidWebhookModuleError } from './a2a-webhook.errors.js';
export { A2AWebhookGuard } from './a2a-webhook.guard.js';
export { A2AWebhookModule } from './a2a-webhook.module.js';
export {
  type A2AWebhookModuleOptions,
  DEFAULT_WEBHOOK_ROUTE,
  type WebhookRouteOptions,
} from './a2a-webhook.options.js';
export {
  A2A_WEBHOOK_OPTIONS,
  A2A_WEBHOOK_RECEIVER,
} from './a2a-webhook.tokens.js';
export { OnPushNotification } from './on-push-notification.decorator.js';
export { PushNotification } from './push-notification.decorator.js';
