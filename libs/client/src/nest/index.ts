export { InvalidClientModuleError } from './a2a-client.errors.js';
export { A2AClientModule, type ClientsOf } from './a2a-client.module.js';
export {
  type A2AClientConfiguration,
  type A2AClientConfigurationFactory,
  type A2AClientModuleOptions,
  type A2AClientRegistration,
  type AsyncNamedClient,
  type NamedClient,
} from './a2a-client.options.js';
export { getA2AClientToken } from './a2a-client.tokens.js';
export { InjectA2AClient } from './inject-a2a-client.decorator.js';
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
