import { type AgentCard, parseAgentCard } from '@nest-a2a/protocol';
import { fromV03Card } from '@nest-a2a/protocol/v0.3';

/**
 * Reads a card of either version; the result is one of 1.0. A card that names
 * interfaces as 1.0 does is taken as one of 1.0, whatever else it says.
 *
 * @throws A2AError `INVALID_AGENT_RESPONSE`
 */
export function readCard(value: unknown): AgentCard {
  return parseAgentCard(fromV03Card(value));
}
