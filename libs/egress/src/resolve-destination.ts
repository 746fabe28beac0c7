import { isIP } from 'node:net';
import { EgressError } from './egress-error.js';
import { EgressRules } from './egress-rules.js';
import { type GuardedHttpOptions } from './guarded-http.js';
import { withoutBrackets } from './hostnames.js';
import {
  type ResolvedAddress,
  resolveBySystem,
  resolveChecked,
} from './pinned-lookup.js';

/** What a destination is judged by. */
export type DestinationRules = Pick<
  GuardedHttpOptions,
  'policy' | 'trustedOrigins' | 'resolve'
>;

/**
 * The addresses of a destination, for connections that {@link GuardedHttp} does
 * not open, such as those of gRPC. Judges the URL and each address by the same
 * rules. Connect to these addresses, never to the name: a second answer of the
 * resolver could be another. Ask again for each new connection.
 *
 * @param url of a destination that speaks no HTTP: `http:` where it does without TLS, else `https:`
 * @returns at least one
 * @throws EgressError
 * @throws TypeError for a policy or trusted origin that cannot be read
 */
export async function resolveDestination(
  url: string,
  { policy, trustedOrigins, resolve = resolveBySystem }: DestinationRules = {},
): Promise<readonly ResolvedAddress[]> {
  const rules = new EgressRules(policy, trustedOrigins);
  const destination = rules.admit(url);
  const host = withoutBrackets(destination.hostname);
  const isAllowed = (address: string) =>
    rules.allowsAddress(address, { ...destination, hostname: host });
  const family = isIP(host);
  if (family === 0) {
    return resolveChecked(resolve, host, isAllowed);
  }
  if (!isAllowed(host)) {
    throw new EgressError('address-not-allowed');
  }
  return [{ address: host, family }];
}
