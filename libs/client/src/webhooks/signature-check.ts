import { type KeyObject } from 'node:crypto';
import {
  isWebhookSigned,
  isWebhookToken,
  readWebhookSecret,
  type TrustedKey,
} from '@nest-a2a/protocol';
import { assertKnownOptions } from './known-options.js';
import { KeyRing, type RemoteKeySets } from './sender-keys.js';
import { WebhookError } from './webhook-error.js';
import { type HeaderReader, type WebhookFacts } from './webhook-headers.js';
import {
  type JwtCheckOptions,
  type SignatureCheckOptions,
} from './webhook-receiver-options.js';

/** What a signature is checked against. */
export interface SignedRequest {
  readonly header: HeaderReader;
  readonly facts: WebhookFacts;
  readonly body: Uint8Array;
  /** Milliseconds. */
  readonly now: number;
  readonly toleranceMs: number;
}

/** Passes, or throws a WebhookError. */
export type SignatureCheck = (request: SignedRequest) => Promise<void>;

/**
 * The check of `webhook-signature`.
 *
 * @throws TypeError for options that cannot work
 */
export function signatureCheck(
  options: SignatureCheckOptions,
  remote: RemoteKeySets,
): SignatureCheck {
  const names = { keys: true, jwksUrl: true, secrets: true } as const;
  assertKnownOptions(options, names, 'signature');
  const secrets = (options.secrets ?? []).map(readWebhookSecret);
  const ring = new KeyRing(options, { name: 'signature', remote });
  if (ring.isEmpty && secrets.length === 0) {
    throw new TypeError('signature needs keys, a jwksUrl or secrets');
  }
  if (!ring.given.every(isForSignatures)) {
    throw new TypeError('signature.keys must be keys of Ed25519');
  }
  return async (request) => {
    const { id, timestamp } = assertSigned(request.facts);
    const value = request.header('webhook-signature');
    if (value === '') {
      throw new WebhookError(
        'signature-missing',
        'A webhook has no webhook-signature',
      );
    }
    const webhook = { id, timestamp, body: request.body };
    const isSignedBy = (keys: readonly KeyObject[]) =>
      isWebhookSigned(value, webhook, keys);
    const isSigned =
      isSignedBy(secrets) ||
      (await ring.passes((keys) => isSignedBy(usable(keys, request.now))));
    if (!isSigned) {
      throw new WebhookError(
        'signature-mismatch',
        'No signature of a webhook is by a known key over its id, its time and its body',
      );
    }
  };
}

/**
 * The check of a JWT in `Authorization`.
 *
 * @throws TypeError for options that cannot work
 */
export function jwtCheck(
  options: JwtCheckOptions,
  remote: RemoteKeySets,
): SignatureCheck {
  const names = { keys: true, jwksUrl: true, audience: true, issuer: true };
  assertKnownOptions(options, names as Record<keyof typeof names, true>, 'jwt');
  const ring = new KeyRing(options, { name: 'jwt', remote });
  if (ring.isEmpty) {
    throw new TypeError('jwt needs keys or a jwksUrl');
  }
  const { audience: url, issuer } = options;
  if (!URL.canParse(url) || new URL(url).origin === 'null') {
    throw new TypeError('jwt.audience must be the URL of the webhook');
  }
  const audience = new URL(url).origin;
  return async ({ header, facts, body, now, toleranceMs }) => {
    const { id } = assertSigned(facts);
    const token = /^bearer +(\S+)$/i.exec(header('authorization'))?.[1] ?? '';
    const expected = {
      audience,
      id,
      body,
      now: Math.floor(now / 1_000),
      toleranceS: toleranceMs / 1_000,
    };
    const isGood = await ring.passes((keys) =>
      isWebhookToken(token, expected, keys),
    );
    if (!isGood || (issuer !== undefined && issuerOf(token) !== issuer)) {
      throw new WebhookError(
        'jwt-mismatch',
        'The JWT of a webhook is missing, or was not made for it by a known key',
      );
    }
  };
}

/** Keys that may not be used now verify nothing. */
function usable(keys: readonly TrustedKey[], now: number): KeyObject[] {
  return keys
    .filter(isForSignatures)
    .filter(
      ({ notBeforeMs, expiresAtMs, isRevoked }) =>
        !isRevoked && now >= notBeforeMs && now < expiresAtMs,
    )
    .map(({ key }) => key);
}

function isForSignatures({ algorithm }: TrustedKey): boolean {
  return algorithm === 'EdDSA';
}

/** Of a token that was verified. */
function issuerOf(token: string): unknown {
  const [, claims = ''] = token.split('.');
  const text = Buffer.from(claims, 'base64url').toString();
  return (JSON.parse(text) as { iss?: unknown }).iss;
}

function assertSigned({ id, timestamp }: WebhookFacts): {
  id: string;
  timestamp: number;
} {
  if (id === undefined || timestamp === undefined) {
    throw new WebhookError(
      'header-missing',
      'A webhook that must be signed has no webhook-id or no webhook-timestamp',
    );
  }
  return { id, timestamp };
}
