import { createHash } from 'node:crypto';
import { type SendMessageRequest } from '@nest-a2a/protocol';
import { type IdempotencyKey } from '@nest-a2a/store';
import { type ResolvedOptions } from '../options/resolved-options.js';

/**
 * The key under which a repeated send has no second effect. Its fingerprint
 * covers what is asked, and not how the answer should come: a client that asks
 * again without waiting, or with more history, still asks the same.
 */
export function idempotencyKey(
  { message, metadata, configuration }: SendMessageRequest,
  mode: ResolvedOptions['idempotency'],
): IdempotencyKey | undefined {
  if (mode === 'off') {
    return undefined;
  }
  const { acceptedOutputModes, taskPushNotificationConfig } =
    configuration ?? {};
  const asked = [
    message,
    metadata,
    acceptedOutputModes,
    taskPushNotificationConfig,
  ];
  return {
    messageId: message.messageId,
    fingerprint: createHash('sha256')
      .update(JSON.stringify(asked))
      .digest('base64url'),
    isStrict: mode === 'strict',
  };
}
