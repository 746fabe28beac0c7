import {
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from 'node:tls';

/** The oldest version of TLS that is spoken. */
export const MIN_TLS_VERSION = 'TLSv1.2';

/**
 * TLS 1.2 and newer, trusting these authorities (PEM) beside those that come
 * with Node. Share it between connections: reading certificates takes
 * milliseconds.
 */
export function secureContextFor(
  authorities: readonly string[] = [],
): SecureContext {
  const ca = authoritiesWith(authorities);
  return createSecureContext({
    minVersion: MIN_TLS_VERSION,
    ...(ca && { ca }),
  });
}

/** These authorities and those that come with Node; `undefined` where the latter are all. */
export function authoritiesWith(
  authorities: readonly (string | Buffer)[],
): (string | Buffer)[] | undefined {
  return authorities.length === 0
    ? undefined
    : [...rootCertificates, ...authorities];
}
