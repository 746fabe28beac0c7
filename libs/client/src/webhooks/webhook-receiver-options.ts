import { type EgressPolicy } from '@nest-a2a/egress';
import { type TrustedKeys } from '@nest-a2a/protocol';
import { type WebhookStore } from './webhook-store.js';

/** Which registration a webhook claims to be for. */
export interface WebhookRegistration {
  /** Empty for a message that names no task. */
  readonly taskId: string;
  /** What the application has called the sender; see `WebhookRequest.source`. */
  readonly source: string | undefined;
}

/** A secret that the sender shows. Several, while one replaces another. */
export type SharedSecret = string | readonly string[];

/**
 * The secret of one registration. `undefined` for one that is not known, which
 * refuses the webhook. It is asked when the body has been read.
 */
export type SecretLookup = (
  registration: WebhookRegistration,
) => SharedSecret | undefined | Promise<SharedSecret | undefined>;

/** Public keys of the sender. */
export interface SenderKeys {
  /** The keys themselves: a JWK set, or a list of PEM texts, `KeyObject`s and JWKs. @default none */
  readonly keys?: TrustedKeys | undefined;
  /** Where the sender publishes its JWK set; several for several senders. @default none */
  readonly jwksUrl?: string | readonly string[] | undefined;
}

/** The signature of Standard Webhooks (`webhook-signature`); one of those in the header must be good. */
export interface SignatureCheckOptions extends SenderKeys {
  /** Secrets of the form `whsec_…` (`v1`, HMAC-SHA256). Keys of Ed25519 are for `v1a`. @default none */
  readonly secrets?: readonly string[] | undefined;
}

/** A JWT for this very webhook in `Authorization: Bearer`. */
export interface JwtCheckOptions extends SenderKeys {
  /** The URL that the webhook was registered with: its origin must be the `aud` of the token. */
  readonly audience: string;
  /** The `iss` that a token must have. @default any, the keys decide */
  readonly issuer?: string | undefined;
}

/** Options of a webhook receiver. Every check that is configured must be passed; there must be one. */
export interface WebhookReceiverOptions {
  /** The notification token of the registration (`pushToken`). @default not checked */
  readonly token?: SharedSecret | SecretLookup | undefined;

  /** The whole value of `Authorization`, such as `Bearer 1f7c…`. Not together with `jwt`. @default not checked */
  readonly authorization?: SharedSecret | SecretLookup | undefined;

  /** @default not checked */
  readonly signature?: SignatureCheckOptions | undefined;

  /** @default not checked */
  readonly jwt?: JwtCheckOptions | undefined;

  /**
   * Takes webhooks from anybody, without a check. For receivers whose network
   * or proxy has made sure already who sends.
   * @default false
   */
  readonly acceptUnverified?: boolean | undefined;

  /**
   * How far `webhook-timestamp` may be from the clock, milliseconds, in both
   * directions; `Infinity` for no limit. A webhook without that header is
   * refused only where its signature or JWT is checked.
   * @default 300000 (5 minutes)
   */
  readonly toleranceMs?: number | undefined;

  /** Bytes of a body. @default 10485760 (10 MiB), what our agents send at most */
  readonly maxBodyBytes?: number | undefined;

  /**
   * Remembers what was handled. Give one of your own where several instances
   * receive for the same registrations.
   * @default `createMemoryWebhookStore()`
   */
  readonly store?: WebhookStore | undefined;

  /** Which hosts a `jwksUrl` may lead to. @default https to public addresses */
  readonly egress?: EgressPolicy | undefined;

  /** How long `close` waits for handlers, milliseconds. @default 20000 */
  readonly drainMs?: number | undefined;

  /** Milliseconds since 1970. @default the clock of the system */
  readonly clock?: { now(): number } | undefined;
}

/** The values of omitted options. */
export const DEFAULT_WEBHOOK_RECEIVER_OPTIONS = Object.freeze({
  acceptUnverified: false,
  toleranceMs: 300_000,
  maxBodyBytes: 10 * 1_048_576,
  drainMs: 20_000,
});
