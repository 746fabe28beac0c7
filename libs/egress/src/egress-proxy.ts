import { isIP } from 'node:net';
import { isHeaderValue } from './header-values.js';
import { withoutBrackets } from './hostnames.js';
import { parseHttpUrl } from './http-url.js';

/**
 * A forward proxy that all requests go through, by `CONNECT`. It is told the
 * address that was checked and never the name, so it resolves nothing.
 */
export interface EgressProxy {
  /** `http://proxy.example:3128`, or `https:` where the proxy itself speaks TLS. */
  readonly url: string;

  /**
   * The value of `Proxy-Authorization`, such as `Basic dXNlcjpzZWNyZXQ=`. Only
   * the proxy gets it.
   * @default none
   */
  readonly authorization?: string;
}

/** Where a proxy is and what it is told. */
export interface ProxyTarget {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** The name that its certificate is for; empty for an address. */
  readonly servername: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws TypeError, which repeats nothing of what was given: it may be a secret */
export function readProxy({ url, authorization }: EgressProxy): ProxyTarget {
  const { protocol, hostname, port } = readUrl(url);
  if (authorization !== undefined && !isHeaderValue(authorization)) {
    throw new TypeError(
      'The authorization of a proxy must be visible ASCII characters',
    );
  }
  const host = withoutBrackets(hostname);
  return {
    isTls: protocol === 'https:',
    host,
    port,
    servername: isIP(host) ? '' : host,
    headers:
      authorization === undefined
        ? {}
        : { 'proxy-authorization': authorization },
  };
}

/**
 * Checks a proxy before it is used.
 * @throws TypeError, which repeats nothing of what was given: it may be a secret
 */
export function assertProxy(proxy: EgressProxy): void {
  readProxy(proxy);
}

function readUrl(url: string) {
  const text =
    'The url of a proxy must be an http(s) URL of a host and a port alone; credentials are in authorization';
  let parsed;
  try {
    parsed = parseHttpUrl(url);
  } catch {
    throw new TypeError(text);
  }
  if (parsed.href !== `${parsed.origin}/`) {
    throw new TypeError(text);
  }
  return parsed;
}
