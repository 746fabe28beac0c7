import { createPublicKey, KeyObject } from 'node:crypto';
import { isJsonObject } from '../../validation/json-value.js';
import { AgentCardSignatureError } from './agent-card-signature-error.js';
import { type Jwk, type JwkSet, thumbprintOf } from './json-web-key.js';
import {
  algorithmNamed,
  algorithmOf,
  type SignatureAlgorithm,
} from './signature-algorithms.js';

/**
 * A key whose signatures are believed. In a JWK set the times are the members
 * `nbf` and `exp`, in seconds, and a member `revoked` revokes the key, as in
 * OpenID Federation.
 */
export interface TrustedKeyInput {
  /** The public key, or the private one it belongs to: as a `KeyObject`, as PEM, also of a certificate, or as a JWK. */
  readonly key: KeyObject | string | Jwk;
  /** What signatures call it. @default the `kid` of the JWK, else the thumbprint of the key (RFC 7638) */
  readonly kid?: string;
  /** Not to be used before. @default no such time */
  readonly notBefore?: Date;
  /** Not to be used from then on. @default no such time */
  readonly expiresAt?: Date;
  /** Not to be used any more at all. @default false */
  readonly isRevoked?: boolean;
}

/** The keys whose signatures are believed. */
export type TrustedKeys = JwkSet | readonly (TrustedKeyInput | Jwk)[];

/** A key that is ready to verify. */
export interface TrustedKey {
  readonly key: KeyObject;
  readonly algorithm: SignatureAlgorithm;
  readonly kid: string;
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
  readonly isRevoked: boolean;
  /** Signatures that say their key is elsewhere, or nowhere, are not verified with it. */
  readonly jku?: string;
}

/**
 * Reads the keys that an operator trusts.
 *
 * @throws AgentCardSignatureError `key-not-usable`, for one that is none
 */
export function readTrustedKeys(keys: TrustedKeys): TrustedKey[] {
  const given: unknown = keys;
  const list = isJsonObject(given) ? given.keys : given;
  if (!Array.isArray(list)) {
    throw notUsable('Trusted keys must be a JWK set or a list of keys');
  }
  return list.map((input: unknown, i) => {
    const trusted = readTrustedKey(input);
    if (trusted === undefined) {
      throw notUsable(
        `Trusted key ${i} must be a public key of the curve P-256, Ed25519, ` +
          'or RSA of at least 2048 bits, whose times are times',
      );
    }
    return trusted;
  });
}

/**
 * Reads a JWK set that came from where a signature said. Keys that are not for
 * signatures of cards are left out.
 *
 * @param jku its URL
 * @throws AgentCardSignatureError `key-not-usable` where it is no JWK set
 */
export function readRemoteKeys(value: unknown, jku: string): TrustedKey[] {
  const keys = isJsonObject(value) ? value.keys : undefined;
  if (!Array.isArray(keys)) {
    throw notUsable('The answer is not a JWK set');
  }
  return keys.flatMap((key: unknown) => {
    const trusted = isJwk(key) ? readTrustedKey(key) : undefined;
    return trusted === undefined ? [] : [{ ...trusted, jku }];
  });
}

function readTrustedKey(input: unknown): TrustedKey | undefined {
  if (!isJsonObject(input)) {
    return undefined;
  }
  const wrapped: Partial<TrustedKeyInput> = isJwk(input)
    ? { key: input }
    : input;
  const jwk: Jwk = isJwk(wrapped.key) ? wrapped.key : {};
  const key = readPublicKey(wrapped.key);
  const algorithm = key && algorithmOf(key);
  if (key === undefined || algorithm === undefined || !fits(jwk, algorithm)) {
    return undefined;
  }
  const kid: unknown = wrapped.kid ?? jwk.kid ?? thumbprintOf(key);
  const notBeforeMs = timeOf(wrapped.notBefore, jwk.nbf, -Infinity);
  const expiresAtMs = timeOf(wrapped.expiresAt, jwk.exp, Infinity);
  if (typeof kid !== 'string' || isNaN(notBeforeMs) || isNaN(expiresAtMs)) {
    return undefined;
  }
  const isRevoked = isSaid(wrapped.isRevoked) || isSaid(jwk.revoked);
  return { key, algorithm, kid, notBeforeMs, expiresAtMs, isRevoked };
}

/** Not a number where it is no time: a key whose end cannot be read must not live for ever. */
function timeOf(date: unknown, seconds: unknown, none: number): number {
  if (date !== undefined) {
    return date instanceof Date ? date.getTime() : NaN;
  }
  if (seconds !== undefined && seconds !== null) {
    return typeof seconds === 'number' ? seconds * 1_000 : NaN;
  }
  return none;
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

function readPublicKey(input: unknown): KeyObject | undefined {
  try {
    if (input instanceof KeyObject && input.type === 'public') {
      return input;
    }
    const isMaterial = typeof input === 'string' || input instanceof KeyObject;
    if (isMaterial) {
      return createPublicKey(input);
    }
    return isJwk(input) && isForSignatures(input)
      ? createPublicKey({ key: input, format: 'jwk' })
      : undefined;
  } catch {
    return undefined;
  }
}

/** The private half of a key may be trusted as well; what it may do is called `sign`. */
function isForSignatures({ kty, use = 'sig', key_ops = ['verify'] }: Jwk) {
  const isAble =
    Array.isArray(key_ops) &&
    (key_ops.includes('verify') || key_ops.includes('sign'));
  return kty !== 'oct' && use === 'sig' && isAble;
}

function fits({ alg }: Jwk, algorithm: SignatureAlgorithm): boolean {
  return alg === undefined || algorithmNamed(alg) === algorithm;
}

function isJwk(input: unknown): input is Jwk {
  return isJsonObject(input) && typeof input.kty === 'string';
}

function notUsable(message: string): AgentCardSignatureError {
  return new AgentCardSignatureError('key-not-usable', message);
}
