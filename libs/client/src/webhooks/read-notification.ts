import {
  isA2AError,
  isJsonObject,
  parseStreamResponse,
  type ProtocolVersion,
  type StreamResponse,
  type StreamResponseKind,
} from '@nest-a2a/protocol';
import { V03_JSON_RPC } from '@nest-a2a/protocol/v0.3';
import { WebhookError } from './webhook-error.js';

/** The members of a `StreamResponse`, one of which is there in 1.0. */
const MEMBERS: readonly StreamResponseKind[] = [
  'task',
  'message',
  'statusUpdate',
  'artifactUpdate',
];

/**
 * Reads the payload of either version. It is told by what it looks like:
 * senders do not agree on the media types.
 *
 * @throws WebhookError `body-not-valid`; `cause` names what is wrong with it
 */
export function readPayload(payload: unknown): {
  raw: StreamResponse;
  version: ProtocolVersion;
} {
  const version = versionOf(payload);
  try {
    const event = version === '0.3' ? V03_JSON_RPC.readEvent(payload) : payload;
    return { raw: parseStreamResponse(event), version };
  } catch (cause) {
    if (!isA2AError(cause)) {
      throw cause;
    }
    throw new WebhookError(
      'body-not-valid',
      'The body of a webhook is neither a StreamResponse nor a task',
      { cause },
    );
  }
}

function versionOf(payload: unknown): ProtocolVersion {
  const isWrapped =
    isJsonObject(payload) &&
    MEMBERS.some((member) => payload[member] !== undefined);
  return isWrapped ? '1.0' : '0.3';
}
