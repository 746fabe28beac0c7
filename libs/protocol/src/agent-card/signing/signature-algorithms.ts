import { constants, type KeyObject, sign, verify } from 'node:crypto';

/** The algorithms of card signatures (JWA, RFC 7518 §3.1 and RFC 8037). */
export type SignatureAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

/** RFC 7518 §3.3 */
const LEAST_RSA_BITS = 2_048;

/** RFC 9864 gives one of the curves of `EdDSA` a name of its own; nobody has to write it. */
const ALIASES: Readonly<Record<string, SignatureAlgorithm>> = {
  ES256: 'ES256',
  EdDSA: 'EdDSA',
  Ed25519: 'EdDSA',
  RS256: 'RS256',
};

/** The algorithm that a protected header names; `undefined` for `none` and every other that is not allowed. */
export function algorithmNamed(name: unknown): SignatureAlgorithm | undefined {
  return typeof name === 'string' && Object.hasOwn(ALIASES, name)
    ? ALIASES[name]
    : undefined;
}

/**
 * The one algorithm that a key is for. That it follows from the key, and never
 * from what a signature says, is what makes a public key useless as the secret
 * of another algorithm.
 */
export function algorithmOf(key: KeyObject): SignatureAlgorithm | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails = {} } = key;
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails;
  switch (asymmetricKeyType) {
    case 'ec':
      return namedCurve === 'prime256v1' ? 'ES256' : undefined;
    case 'ed25519':
      return 'EdDSA';
    case 'rsa':
      return modulusLength >= LEAST_RSA_BITS ? 'RS256' : undefined;
    default:
      return undefined;
  }
}

/** The signature over a text. */
export function signText(
  text: string,
  algorithm: SignatureAlgorithm,
  key: KeyObject,
): Buffer {
  return sign(digestOf(algorithm), Buffer.from(text), { key, ...FORMAT });
}

/** Whether the signature is over this text. */
export function isSignatureOf(
  text: string,
  signature: Uint8Array,
  { algorithm, key }: { algorithm: SignatureAlgorithm; key: KeyObject },
): boolean {
  const input = { key, ...FORMAT };
  return verify(digestOf(algorithm), Buffer.from(text), input, signature);
}

/** ES256 is the two numbers and nothing around them; each setting counts for its own kind of key. */
const FORMAT = {
  dsaEncoding: 'ieee-p1363',
  padding: constants.RSA_PKCS1_PADDING,
} as const;

/** EdDSA has its own. */
function digestOf(algorithm: SignatureAlgorithm): string | null {
  return algorithm === 'EdDSA' ? null : 'sha256';
}
