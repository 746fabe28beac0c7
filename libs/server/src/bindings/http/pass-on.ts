import { type PlatformResponse } from './http-exchange.js';

/**
 * Lets a request go that one of our routes matched but that is not ours:
 * Express asks the next route, Fastify has no further one and answers that
 * there is none.
 */
export function passOn(response: PlatformResponse, next: unknown): void {
  const { callNotFound } = response as { callNotFound?: () => void };
  if (callNotFound) {
    callNotFound.call(response);
  } else if (typeof next === 'function') {
    (next as () => void)();
  }
}
