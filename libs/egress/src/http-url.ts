import { isIP } from 'node:net';
import { EgressError } from './egress-error.js';
import { isDnsName, withoutBrackets, withoutTrailingDot } from './hostnames.js';

/** Characters of a URL, before and after it was made canonical. */
export const MAX_URL_LENGTH = 2_048;

const DEFAULT_PORTS: Readonly<Record<string, number>> = Object.freeze({
  'http:': 80,
  'https:': 443,
});

/** A URL that passed a policy, in the one form to store, compare and show. */
export interface AdmittedUrl {
  /** The whole URL without fragment. */
  readonly href: string;
  readonly origin: string;
  readonly protocol: 'http:' | 'https:';
  /** Lower case, punycode, no trailing dot; IPv6 in brackets. */
  readonly hostname: string;
  /** The effective port, also where the URL names none. */
  readonly port: number;
}

/**
 * Parses and makes canonical. What the platform's parser drops or rewrites
 * (tabs, backslashes, numeric hosts) is judged only afterwards.
 * @throws EgressError `invalid-url`, `scheme-not-allowed`, `user-info-not-allowed`
 */
export function parseHttpUrl(input: string): AdmittedUrl {
  if (!URL.canParse(input)) {
    throw new EgressError('invalid-url');
  }
  const url = new URL(input);
  const { protocol } = url;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new EgressError('scheme-not-allowed');
  }
  if (url.username !== '' || url.password !== '') {
    throw new EgressError('user-info-not-allowed');
  }
  url.hostname = withoutTrailingDot(url.hostname);
  url.hash = '';
  const { href, origin, hostname } = url;
  if (!isIP(withoutBrackets(hostname)) && !isDnsName(hostname)) {
    throw new EgressError('invalid-url');
  }
  const port = Number(url.port || DEFAULT_PORTS[protocol]);
  return { href, origin, protocol, hostname, port };
}
