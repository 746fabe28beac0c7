import { type HttpExchange } from './http-exchange.js';

/** 508 Loop Detected (RFC 5842 §7.2), which ends the webhook where the sender is one of ours. */
const STATUS = 508;

/** RFC 9457 */
const PROBLEM = JSON.stringify({
  title: 'A webhook is not a call: an agent cannot be its own receiver',
  status: STATUS,
});

/**
 * Refuses what an agent has sent as a webhook: whoever registers the address of
 * an agent would make agents call themselves, or each other, for ever.
 *
 * @returns whether it was one, and is answered
 */
export function refusesWebhook(exchange: HttpExchange): boolean {
  const isWebhook =
    exchange.header('webhook-id') !== undefined &&
    exchange.header('a2a-event-sequence') !== undefined;
  if (isWebhook) {
    const mediaType = 'application/problem+json';
    exchange.reply(PROBLEM, { status: STATUS, mediaType });
  }
  return isWebhook;
}
