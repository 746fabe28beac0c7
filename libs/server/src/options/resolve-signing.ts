import { type KeyObject } from 'node:crypto';
import {
  createSigningKey,
  readWebhookSecret,
  type SigningKey,
} from '@nest-a2a/protocol';
import {
  type PushSigningOptions,
  type WebhookSecretResolver,
} from './a2a-module-options.js';
import { DEFAULT_SIGNING } from './default-options.js';

/** How webhooks are signed, each key ready to sign. */
export interface WebhookSigning {
  /** Those of the application; `undefined` where they are made, and kept in the store. */
  readonly keys: readonly SigningKey[] | undefined;
  /** By origin, or what answers them. */
  readonly secrets:
    ReadonlyMap<string, readonly KeyObject[]> | WebhookSecretResolver;
  readonly overlapMs: number;
  readonly jwt: boolean;
}

/** Gets keys and secrets ready that were found to be good. */
export function resolveSigning(
  signing: PushSigningOptions | false = {},
): WebhookSigning | false {
  if (signing === false) {
    return false;
  }
  const {
    keys,
    secrets = {},
    overlapMs,
    jwt,
  } = {
    ...DEFAULT_SIGNING,
    ...signing,
  };
  return {
    keys: keys?.map(createSigningKey),
    secrets: typeof secrets === 'function' ? secrets : byOrigin(secrets),
    overlapMs,
    jwt,
  };
}

function byOrigin(
  secrets: Readonly<Record<string, string | readonly string[]>>,
): ReadonlyMap<string, readonly KeyObject[]> {
  return new Map(
    Object.entries(secrets).map(([origin, list]) => [
      origin,
      [list].flat().map(readWebhookSecret),
    ]),
  );
}
