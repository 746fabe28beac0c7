import {
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from 'node:tls';

/**
 * TLS 1.2 and newer, trusting these authorities (PEM) beside those that come
 * with Node. Share it between connections: reading certificates takes
 * milliseconds.
 */
export function secureContextFor(
  authorities: readonly string[] = [],
): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(authorities.length > 0 && {
      ca: [...rootCertificates, ...authorities],
    }),
  });
}
