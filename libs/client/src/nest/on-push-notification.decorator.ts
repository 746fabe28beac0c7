import { type WebhookNotification } from '../webhooks/webhook-notification.js';

/** Metadata key of methods that handle notifications. */
export const ON_PUSH_NOTIFICATION = '@nest-a2a/client:on-push-notification';

type Handler = (notification: WebhookNotification) => unknown;

/**
 * Has a method of a provider called with each webhook that `A2AWebhookModule`
 * receives. The sender gets its 2xx when all such methods have finished; where
 * one fails it sends the webhook again, and all are called again.
 */
export function OnPushNotification() {
  return <T extends Handler>(
    _prototype: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    Reflect.defineMetadata(
      ON_PUSH_NOTIFICATION,
      true,
      descriptor.value as object,
    );
  };
}
