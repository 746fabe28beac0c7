import { createHash, timingSafeEqual } from 'node:crypto';
import { type SigningKey } from '../agent-card/signing/signing-keys.js';
import { type TrustedKey } from '../agent-card/signing/trusted-keys.js';
import {
  algorithmNamed,
  isSignatureOf,
  signText,
} from '../agent-card/signing/signature-algorithms.js';
import { isJsonObject } from '../validation/json-value.js';

/** How long a token is good for, seconds. */
const LIFETIME_S = 300;

/** A token longer than this is none of ours. */
const MOST_CHARACTERS = 4_096;

type Claims = Readonly<Record<string, unknown>>;

/** What a token of a webhook is about. */
export interface WebhookTokenSubject {
  /** `aud`: the origin of the webhook, such as `https://hooks.example.com`. */
  readonly audience: string;
  /** `jti`: the `webhook-id`. */
  readonly id: string;
  /** `request_body_sha256` is made of it. */
  readonly body: string | Uint8Array;
}

/** What {@link createWebhookToken} writes besides. */
export interface NewWebhookToken extends WebhookTokenSubject {
  /** `iss`: the base URL of the agent. */
  readonly issuer: string;
  readonly taskId: string;
  /** `iat`, seconds. */
  readonly issuedAt: number;
}

/** What a receiver expects of a token. */
export interface WebhookTokenExpectation extends WebhookTokenSubject {
  /** Seconds. */
  readonly now: number;
  /** How far the clocks may be apart, seconds. */
  readonly toleranceS: number;
}

/**
 * A JSON Web Token (RFC 7519) for one webhook, good for five minutes, with the
 * claims `iss`, `aud`, `iat`, `exp`, `jti`, `taskId` and `request_body_sha256`
 * (hexadecimal).
 */
export function createWebhookToken(
  { audience, id, body, issuer, taskId, issuedAt }: NewWebhookToken,
  { key, algorithm, kid }: SigningKey,
): string {
  const header = encode({ alg: algorithm, kid, typ: 'JWT' });
  const claims = encode({
    iss: issuer,
    aud: audience,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_S,
    jti: id,
    taskId,
    request_body_sha256: digestOf(body),
  });
  const text = `${header}.${claims}`;
  return `${text}.${signText(text, algorithm, key).toString('base64url')}`;
}

/**
 * Whether a token was made for this very webhook by one of the keys, and is
 * neither too old nor of the future.
 */
export function isWebhookToken(
  token: string,
  expected: WebhookTokenExpectation,
  keys: readonly TrustedKey[],
): boolean {
  const [head = '', payload = '', signature = '', ...rest] =
    token.length > MOST_CHARACTERS ? [] : token.split('.');
  const header = decode(head);
  const claims = decode(payload);
  if (!header || !claims || rest.length > 0 || header.crit !== undefined) {
    return false;
  }
  const bytes = Buffer.from(signature, 'base64url');
  const isSigned = keys
    .filter((key) => mayHaveSigned(key, header, expected.now))
    .some((key) => isSignatureOf(`${head}.${payload}`, bytes, key));
  return isSigned && isAbout(claims, expected) && isInTime(claims, expected);
}

function mayHaveSigned(
  { algorithm, kid, notBeforeMs, expiresAtMs, isRevoked }: TrustedKey,
  header: Claims,
  now: number,
): boolean {
  const isInUse = now * 1_000 >= notBeforeMs && now * 1_000 < expiresAtMs;
  return (
    algorithmNamed(header.alg) === algorithm &&
    header.kid === kid &&
    isInUse &&
    !isRevoked
  );
}

function isAbout(
  claims: Claims,
  { audience, id, body }: WebhookTokenSubject,
): boolean {
  const audiences = [claims.aud].flat();
  return (
    audiences.includes(audience) &&
    claims.jti === id &&
    isSameText(claims.request_body_sha256, digestOf(body))
  );
}

function isInTime(
  { iat, exp }: Claims,
  { now, toleranceS }: WebhookTokenExpectation,
): boolean {
  return (
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    iat <= now + toleranceS &&
    exp > now - toleranceS &&
    exp - iat <= LIFETIME_S
  );
}

function isSameText(given: unknown, expected: string): boolean {
  const bytes = Buffer.from(typeof given === 'string' ? given : '');
  const others = Buffer.from(expected);
  return bytes.length === others.length && timingSafeEqual(bytes, others);
}

function digestOf(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(
      Buffer.from(text, 'base64url').toString(),
    );
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
