import {
  createHmac,
  createSecretKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';

/** What a signature covers (Standard Webhooks, "Signature scheme"). */
export interface SignedWebhook {
  /** `webhook-id` */
  readonly id: string;
  /** `webhook-timestamp`, seconds. */
  readonly timestamp: number;
  /** The bytes of the body. */
  readonly body: string | Uint8Array;
}

const SECRET_PREFIX = 'whsec_';
const LEAST_SECRET_BYTES = 24;
const MOST_SECRET_BYTES = 64;

/** So that a long header costs no more than a short one. */
const MOST_SIGNATURES = 20;

/**
 * Reads a secret that both sides know, in the form of Standard Webhooks:
 * `whsec_` and 24 to 64 bytes in base64.
 *
 * @throws TypeError for anything else; it does not quote what it was given
 */
export function readWebhookSecret(secret: string): KeyObject {
  const encoded = secret.startsWith(SECRET_PREFIX)
    ? secret.slice(SECRET_PREFIX.length)
    : undefined;
  const bytes = Buffer.from(encoded ?? '', 'base64');
  const isBase64 = encoded === bytes.toString('base64');
  const { length } = bytes;
  if (!isBase64 || length < LEAST_SECRET_BYTES || length > MOST_SECRET_BYTES) {
    throw new TypeError(
      `A webhook secret is "${SECRET_PREFIX}" and ${LEAST_SECRET_BYTES} to ${MOST_SECRET_BYTES} bytes in base64`,
    );
  }
  return createSecretKey(bytes);
}

/**
 * The value of `webhook-signature`: one signature for each key, so that keys
 * can be replaced one side after the other. A secret key signs as `v1`
 * (HMAC-SHA256), a private key of Ed25519 as `v1a`.
 */
export function signWebhook(
  webhook: SignedWebhook,
  keys: readonly KeyObject[],
): string {
  const content = signedContent(webhook);
  return keys.map((key) => signatureBy(key, content)).join(' ');
}

/**
 * Whether one of the signatures in `webhook-signature` is of one of the keys:
 * secrets for `v1`, public keys of Ed25519 for `v1a`. A signature of another
 * version says nothing.
 */
export function isWebhookSigned(
  header: string,
  webhook: SignedWebhook,
  keys: readonly KeyObject[],
): boolean {
  const content = signedContent(webhook);
  const signatures = header.split(' ', MOST_SIGNATURES);
  return keys.some((key) =>
    signatures.some((signature) => isSignatureBy(key, signature, content)),
  );
}

function signedContent({ id, timestamp, body }: SignedWebhook): Buffer {
  return Buffer.concat([
    Buffer.from(`${id}.${timestamp}.`),
    typeof body === 'string' ? Buffer.from(body) : body,
  ]);
}

function signatureBy(key: KeyObject, content: Buffer): string {
  return key.type === 'secret'
    ? `v1,${hmac(key, content).toString('base64')}`
    : `v1a,${sign(null, content, key).toString('base64')}`;
}

function isSignatureBy(
  key: KeyObject,
  signature: string,
  content: Buffer,
): boolean {
  const comma = signature.indexOf(',');
  const version = signature.slice(0, comma);
  const given = Buffer.from(signature.slice(comma + 1), 'base64');
  if (version !== (key.type === 'secret' ? 'v1' : 'v1a')) {
    return false;
  }
  if (key.type !== 'secret') {
    return verify(null, content, key, given);
  }
  const expected = hmac(key, content);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function hmac(key: KeyObject, content: Buffer): Buffer {
  return createHmac('sha256', key).update(content).digest();
}
