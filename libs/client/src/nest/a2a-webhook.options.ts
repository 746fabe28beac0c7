import { type WebhookReceiverOptions } from '../webhooks/webhook-receiver-options.js';

/** Options of `A2AWebhookModule`: those of a receiver, and those of its route. */
export interface A2AWebhookModuleOptions
  extends WebhookReceiverOptions, WebhookRouteOptions {}

/** What shapes the route. With `forRootAsync` it stands beside the factory. */
export interface WebhookRouteOptions {
  /**
   * Where webhooks are sent to, below the global prefix of the application. A
   * parameter `:source` tells senders apart (`hooks/:source`). `false` for no
   * route: controllers of the application then use `A2AWebhookGuard`.
   * @default 'webhook'
   */
  path?: string | false;

  /** Decorators for the route, such as the one that tells a guard of the whole application to leave it alone. @default [] */
  decorators?: readonly ClassDecorator[];
}

/** The values of omitted route options. */
export const DEFAULT_WEBHOOK_ROUTE: Required<WebhookRouteOptions> =
  Object.freeze({
    path: 'webhook',
    decorators: Object.freeze([]),
  });
