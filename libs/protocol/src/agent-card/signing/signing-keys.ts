import { createPrivateKey, KeyObject } from 'node:crypto';
import { isJsonObject } from '../../validation/json-value.js';
import { AgentCardSignatureError } from './agent-card-signature-error.js';
import {
  type Jwk,
  type JwkSet,
  publicJwkOf,
  thumbprintOf,
} from './json-web-key.js';
import {
  algorithmOf,
  type SignatureAlgorithm,
} from './signature-algorithms.js';

/** A key that signs cards, as an application has it. */
export interface SigningKeyInput {
  /**
   * A private key: of the curve P-256 (ES256), Ed25519 (EdDSA), or RSA of at
   * least 2048 bits (RS256). As a `KeyObject`, as PEM without a passphrase, or
   * as a JWK.
   */
  readonly key: KeyObject | string | Jwk;
  /** The name by which clients find the public key. @default the `kid` of the JWK, else the thumbprint of the key (RFC 7638) */
  readonly kid?: string;
  /** Where clients find the public key: an https URL of a JWK set. @default none */
  readonly jku?: string;
}

/** A key that is ready to sign. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly algorithm: SignatureAlgorithm;
  readonly kid: string;
  readonly jku?: string;
}

/**
 * Gets a key ready to sign.
 *
 * @throws AgentCardSignatureError `key-not-usable`
 */
export function createSigningKey(input: SigningKeyInput): SigningKey {
  const key = readPrivateKey(input.key);
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) {
    throw notUsable(
      'Must be of the curve P-256, Ed25519, or RSA of at least 2048 bits',
    );
  }
  const named = isJwk(input.key) ? input.key : {};
  const kid = input.kid ?? named.kid ?? thumbprintOf(key);
  if (typeof kid !== 'string' || kid === '') {
    throw notUsable('Must have a kid that is a text');
  }
  const { jku } = input;
  if (jku !== undefined && !isHttpsUrl(jku)) {
    throw notUsable('Must have a jku that is an https URL');
  }
  return { key, algorithm, kid, ...(jku !== undefined && { jku }) };
}

/** The public keys of these, for the URL that `jku` names or for whoever verifies. */
export function toJwkSet(keys: readonly SigningKey[]): JwkSet {
  return {
    keys: keys.map(({ key, kid, algorithm }) => ({
      ...publicJwkOf(key),
      kid,
      alg: algorithm,
      use: 'sig',
    })),
  };
}

function readPrivateKey(input: SigningKeyInput['key']): KeyObject {
  if (typeof input === 'string') {
    return reading(() => createPrivateKey(input));
  }
  if (isJwk(input)) {
    assertForSigning(input);
    return reading(() => createPrivateKey({ key: input, format: 'jwk' }));
  }
  if (!(input instanceof KeyObject) || input.type !== 'private') {
    throw notUsable('Must be a private key');
  }
  return input;
}

function assertForSigning({ use = 'sig', key_ops = ['sign'] }: Jwk): void {
  const isAble = Array.isArray(key_ops) && key_ops.includes('sign');
  if (use !== 'sig' || !isAble) {
    throw notUsable('Must be a key for signatures');
  }
}

/** The messages of OpenSSL say nothing to a user; they may quote what they were given. */
function reading(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw notUsable('Must be a private key, in PEM or as a JWK');
  }
}

function isJwk(input: SigningKeyInput['key']): input is Jwk {
  return isJsonObject(input) && typeof input.kty === 'string';
}

function isHttpsUrl(url: unknown): boolean {
  return (
    typeof url === 'string' && URL.canParse(url) && /^https:\/\//i.test(url)
  );
}

function notUsable(message: string): AgentCardSignatureError {
  return new AgentCardSignatureError('key-not-usable', message);
}
