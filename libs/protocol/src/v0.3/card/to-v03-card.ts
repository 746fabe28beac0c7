import {
  type AgentCard,
  type AgentInterface,
  type AgentSkill,
} from '../../agent-card/agent-card.js';
import { parseProtocolVersion } from '../../service-parameters.js';
import { toUnionScheme, toV03Security } from './to-v03-security.js';

/** What cards of A2A 0.3 call their version. */
const PROTOCOL_VERSION = '0.3.0';

/**
 * What makes a card readable for clients of A2A 0.3: the members to put over
 * those of the card. The result is read by both, as 1.0 passes over what it
 * does not know: `{ ...card, ...toV03Card(card) }`.
 *
 * Names the interfaces for 0.3, in the form of the JSON-RPC binding; those of
 * the card where it has none for 0.3. Tenants cannot be said in 0.3.
 */
export function toV03Card(card: AgentCard): object {
  const { securitySchemes, securityRequirements: requirements } = card;
  return {
    ...commonMembers(card),
    ...(securitySchemes && {
      securitySchemes: Object.fromEntries(
        Object.entries(securitySchemes).map(([name, scheme]) => [
          name,
          toUnionScheme(scheme),
        ]),
      ),
    }),
    ...(requirements && { security: toV03Security(requirements) }),
    skills: card.skills.map(toUnionSkill),
  };
}

/**
 * The whole card as JSON of the protocol buffers of A2A 0.3, which the gRPC
 * service `a2a.v1` answers.
 */
export function toV03ProtoCard(card: AgentCard): object {
  const {
    supportedInterfaces: _supportedInterfaces,
    securityRequirements: security,
    capabilities,
    skills,
    ...rest
  } = card;
  const { extendedAgentCard: _extendedAgentCard, ...known } = capabilities;
  return {
    ...rest,
    ...commonMembers(card),
    capabilities: known,
    ...(security && { security }),
    skills: skills.map(({ securityRequirements, ...skill }) => ({
      ...skill,
      ...(securityRequirements && { security: securityRequirements }),
    })),
  };
}

function commonMembers(card: AgentCard): object {
  const [preferred, ...others] = interfacesOf(card);
  return {
    protocolVersion: PROTOCOL_VERSION,
    ...(preferred && {
      url: preferred.url,
      preferredTransport: preferred.transport,
      // Whoever looks for a transport looks here: the preferred one is among them.
      additionalInterfaces: [preferred, ...others],
    }),
    supportsAuthenticatedExtendedCard:
      card.capabilities.extendedAgentCard ?? false,
  };
}

function interfacesOf({ supportedInterfaces }: AgentCard) {
  const old = supportedInterfaces.filter(isForV03);
  const named = old.length > 0 ? old : supportedInterfaces;
  return named.map(({ url, protocolBinding }) => ({
    url,
    transport: protocolBinding,
  }));
}

function isForV03({ protocolVersion }: AgentInterface): boolean {
  return parseProtocolVersion(protocolVersion) === '0.3';
}

function toUnionSkill(skill: AgentSkill): object {
  const { securityRequirements: requirements } = skill;
  return requirements
    ? { ...skill, security: toV03Security(requirements) }
    : skill;
}
