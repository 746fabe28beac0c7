import { type AgentExtension } from '../agent-card/agent-card.js';

/**
 * The extension of agent cards that promises that a message has its effect once:
 * a send that repeats a `messageId` with the same content is answered as the
 * first was, and makes no second task and no second turn. A client need not
 * declare it to rely on it.
 */
export const IDEMPOTENT_SEND_EXTENSION = 'urn:nest-a2a:idempotent-send:v1';

/** The extension as it stands in a card. */
export function toIdempotentSendExtension(): AgentExtension {
  return {
    uri: IDEMPOTENT_SEND_EXTENSION,
    description:
      'A message that is sent again with the same messageId has no second effect.',
  };
}
