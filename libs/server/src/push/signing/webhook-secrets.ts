import { type KeyObject } from 'node:crypto';
import { readWebhookSecret } from '@nest-a2a/protocol';
import { type Clock } from '@nest-a2a/store';
import {
  type WebhookSecretQuery,
  type WebhookSecretResolver,
} from '../../options/a2a-module-options.js';
import { type WebhookSigning } from '../../options/resolve-signing.js';
import { WebhookSigningError } from './webhook-signing-error.js';

/** An attempt that is claimed cannot wait for ever: another instance would make it too. */
const PATIENCE_MS = 5_000;

/**
 * The secrets that the receiver of a webhook shares with the application.
 *
 * @throws WebhookSigningError `SECRETS_NOT_USABLE`
 */
export async function secretsFor(
  webhook: WebhookSecretQuery,
  { secrets }: Pick<WebhookSigning, 'secrets'>,
  clock: Clock,
): Promise<readonly KeyObject[]> {
  if (typeof secrets !== 'function') {
    return secrets.get(webhook.origin) ?? [];
  }
  try {
    const answer = await inTime(async () => secrets(webhook), clock);
    return [answer ?? []].flat().map(readWebhookSecret);
  } catch (cause) {
    throw new WebhookSigningError(
      'SECRETS_NOT_USABLE',
      'The function push.signing.secrets answers no secrets',
      { cause },
    );
  }
}

function inTime(
  ask: () => Promise<Awaited<ReturnType<WebhookSecretResolver>>>,
  clock: Clock,
): ReturnType<typeof ask> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(PATIENCE_MS, () =>
      reject(new Error(`No answer within ${PATIENCE_MS} ms`)),
    );
    ask().finally(cancel).then(resolve, reject);
  });
}
