import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** A key as JSON (RFC 7517). */
export interface Jwk {
  readonly kty?: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
  readonly [member: string]: unknown;
}

/** A set of keys as JSON (RFC 7517 §5). */
export interface JwkSet {
  readonly keys: readonly Jwk[];
}

/** The members that make a key what it is (RFC 7638 §3.2). */
const IDENTITY = ['crv', 'e', 'kty', 'n', 'x', 'y'];

/** The public half of a key, as JSON. */
export function publicJwkOf(key: KeyObject): Jwk {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ format: 'jwk' });
}

/** A name that follows from the key itself (RFC 7638). */
export function thumbprintOf(key: KeyObject): string {
  const identity = Object.entries(publicJwkOf(key)).filter(([name]) =>
    IDENTITY.includes(name),
  );
  const text = canonicalJson(Object.fromEntries(identity));
  return createHash('sha256').update(text).digest('base64url');
}
