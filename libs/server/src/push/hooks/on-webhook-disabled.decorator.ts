import { type DisabledWebhook } from './webhook-failure.js';

/** Metadata key of methods that are told of disabled webhooks. */
export const ON_WEBHOOK_DISABLED = '@nest-a2a/server:on-webhook-disabled';

/**
 * Has a method of a provider called with each webhook that the runtime gives up:
 * its receiver wants nothing more, or has failed for too long. Not where the
 * operator disables one. When and how `OnDeadLetter` says.
 */
export function OnWebhookDisabled() {
  return <T extends (webhook: DisabledWebhook) => unknown>(
    _prototype: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    Reflect.defineMetadata(
      ON_WEBHOOK_DISABLED,
      true,
      descriptor.value as object,
    );
  };
}
