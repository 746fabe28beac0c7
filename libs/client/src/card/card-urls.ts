import { AGENT_CARD_PATH } from '@nest-a2a/protocol';

/** Where agents had their card before A2A 0.3. */
const OLD_CARD_PATH = '/.well-known/agent.json';

/** Where a card may be. */
export interface CardUrls {
  /** In the order to look. */
  current: string[];
  /** Where it was in former versions: to look there when there is nothing elsewhere. */
  former: string[];
}

/**
 * Where the card of the agent at a URL may be: a URL that ends in `.json` is
 * the card's own; otherwise below the path, if there is one, and at the origin
 * (A2A §8.2).
 *
 * @throws TypeError unless it is an absolute http(s) URL
 */
export function cardUrls(url: string): CardUrls {
  const { protocol, pathname, origin, search } = parseUrl(url);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError('The URL of an agent must begin with http or https');
  }
  if (pathname.endsWith('.json')) {
    return { current: [origin + pathname + search], former: [] };
  }
  const path = pathname.replace(/\/+$/, '');
  const places = path === '' ? [''] : [path, ''];
  const at = (card: string) =>
    places.map((place) => origin + place + card + search);
  return { current: at(AGENT_CARD_PATH), former: at(OLD_CARD_PATH) };
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new TypeError('The URL of an agent must be absolute');
  }
}
