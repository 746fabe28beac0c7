import { type A2AClientOptions } from '../client-options.js';
import { type ConnectTarget } from '../connection/open-connection.js';
import { type A2AClientConfiguration } from './a2a-client.options.js';

/**
 * The agent of a client and its options, apart. Configurations come out of
 * factories that read them from somewhere, so that their types promise little.
 *
 * @throws TypeError where it is not clear what agent is meant; without the values, which may be secret
 */
export function parseConfiguration(configuration: A2AClientConfiguration): {
  target: ConnectTarget;
  options: A2AClientOptions;
} {
  if (!isObject(configuration)) {
    throw new TypeError('its configuration must be an object');
  }
  const { url, card, ...options } = configuration;
  const target = url ?? card;
  if (target == null || (url != null && card != null)) {
    throw new TypeError('give either its url or its card');
  }
  if (url != null && typeof url !== 'string' && !(url instanceof URL)) {
    throw new TypeError('its url must be a string or a URL');
  }
  if (card != null && !isObject(card)) {
    throw new TypeError('its card must be an object');
  }
  return { target, options };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
