import {
  type AgentCard,
  type AgentExtension,
  type AgentSkill,
} from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';

/**
 * The card of an agent (A2A §4.4.1).
 *
 * @param url where its routes are, without a slash at the end
 * @param added extensions that the runtime itself has
 */
export function toAgentCard(
  agent: AgentDefinition,
  url: string,
  added: readonly AgentExtension[] = [],
): AgentCard {
  const { card, streaming, pushNotifications } = agent;
  const { capabilities, ...rest } = card;
  return {
    ...rest,
    supportedInterfaces: agent.versions.flatMap((protocolVersion) =>
      agent.bindings.map((protocolBinding) => ({
        url:
          protocolBinding === 'GRPC'
            ? (agent.grpc?.addressBeside(url) ?? url)
            : url,
        protocolBinding,
        protocolVersion,
      })),
    ),
    capabilities: {
      ...capabilities,
      streaming,
      pushNotifications,
      ...(added.length > 0 && {
        extensions: [...(capabilities?.extensions ?? []), ...added],
      }),
    },
    skills: skillsOf(card),
  };
}

/** The skills of an agent. */
export function skillsOf(card: AgentDefinition['card']): AgentSkill[] {
  return card.skills?.length ? card.skills : [derivedSkill(card)];
}

/** A card must name a skill; one that was not asked for is what the agent says about itself. */
function derivedSkill({
  name,
  description,
}: AgentDefinition['card']): AgentSkill {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return { id: id || 'agent', name, description, tags: [id || 'agent'] };
}
