import { type WebhookFailure } from './webhook-failure.js';

/** Metadata key of methods that are told of dead events. */
export const ON_DEAD_LETTER = '@nest-a2a/server:on-dead-letter';

/**
 * Has a method of a provider called with each event that a webhook will not get
 * any more: its last attempt has failed, or its receiver wants nothing more.
 *
 * The process that has noted the attempt calls once, after it is stored. One that
 * dies in between, or has no answer from the store, has not called:
 * `PushNotificationService.attempts()` and the log tell all. Deliveries do not
 * wait for the method, a shutdown does for as long as `drainMs` allows. What it
 * throws is logged. There are sixteen calls at a time, and behind them a thousand
 * wait; further ones are left out, which the log says. A request-scoped provider
 * has an instance for each call, whose `REQUEST` is what the method is given.
 */
export function OnDeadLetter() {
  return <T extends (failure: WebhookFailure) => unknown>(
    _prototype: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    Reflect.defineMetadata(ON_DEAD_LETTER, true, descriptor.value as object);
  };
}
