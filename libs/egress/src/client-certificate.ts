import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { parseHttpUrl } from './http-url.js';
import { authoritiesWith, MIN_TLS_VERSION } from './secure-context.js';

/** A certificate that shows a server who calls, and its key. */
export interface ClientCertificate {
  /** The certificate and those between it and its authority, in PEM form. */
  readonly cert: string | Buffer;
  /** The private key in PEM form. */
  readonly key: string | Buffer;
  /** That of the key. @default none */
  readonly passphrase?: string | undefined;
  /**
   * Certificate authorities in PEM form that the servers are verified by, beside
   * those that are trusted anyway.
   * @default none
   */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
}

/** A certificate, and who may see it. */
export interface OriginCertificate extends ClientCertificate {
  /** The only origins (`https://agents.example.com`) that it is shown to. */
  readonly origins: readonly string[];
}

/**
 * TLS 1.2 and newer with a client certificate, trusting its `ca` and these
 * authorities beside those that come with Node.
 *
 * @throws TypeError for what is no certificate, no key, or not a pair
 */
export function clientContextFor(
  { cert, key, passphrase, ca = [] }: ClientCertificate,
  authorities: readonly string[] = [],
): SecureContext {
  const own = typeof ca === 'string' || Buffer.isBuffer(ca) ? [ca] : ca;
  const trusted = authoritiesWith([...authorities, ...own]);
  assertGiven({ cert, key });
  try {
    // OpenSSL passes over authorities that it cannot read.
    own.forEach((authority) => new X509Certificate(authority));
    return createSecureContext({
      minVersion: MIN_TLS_VERSION,
      cert,
      key,
      ...(passphrase !== undefined && { passphrase }),
      ...(trusted && { ca: trusted }),
    });
  } catch (cause) {
    throw new TypeError(
      'The client certificate, its key or ca cannot be read, or do not belong together',
      { cause },
    );
  }
}

/**
 * Which context a connection to an origin has.
 *
 * @throws TypeError for a certificate or an origin that cannot be read
 */
export function contextsFor(
  usual: SecureContext,
  certificate: OriginCertificate | undefined,
  authorities?: readonly string[],
): (origin: string) => SecureContext {
  if (!certificate) {
    return () => usual;
  }
  const shown = clientContextFor(certificate, authorities);
  const origins = new Set(certificate.origins.map(originOf));
  return (origin) => (origins.has(origin) ? shown : usual);
}

/** OpenSSL takes nothing for nothing, and connects without a certificate. */
function assertGiven(pair: Pick<ClientCertificate, 'cert' | 'key'>): void {
  const areGiven = Object.values(pair).every(
    (value: unknown) =>
      (typeof value === 'string' || Buffer.isBuffer(value)) && value.length > 0,
  );
  if (!areGiven) {
    throw new TypeError('A client certificate needs cert and key in PEM form');
  }
}

function originOf(origin: string): string {
  try {
    return parseHttpUrl(origin).origin;
  } catch (cause) {
    throw new TypeError(
      'An origin of the client certificate is not an http(s) origin',
      { cause },
    );
  }
}
