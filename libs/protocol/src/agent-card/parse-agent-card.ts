import { invalidAgentResponse } from '../errors/a2a-errors.js';
import { answerParser } from '../validation/answer-parser.js';
import { isJsonObject, jsonObject } from '../validation/json-value.js';
import { list } from '../validation/list.js';
import {
  expected,
  type Fields,
  member,
  object,
  optional,
  optionalText,
  record,
  required,
} from '../validation/object.js';
import { boolean, nonEmptyText, text } from '../validation/scalars.js';
import {
  type AgentCapabilities,
  type AgentCard,
  type AgentCardSignature,
  type AgentExtension,
  type AgentInterface,
  type AgentProvider,
  type AgentSkill,
} from './agent-card.js';
import {
  securityRequirementParser,
  securitySchemeParser,
} from './parse-security-scheme.js';

const texts = list(text);
const expectedText = expected(nonEmptyText, () => '');
const expectedModes = expected(list(nonEmptyText, { least: 1 }), () => []);

/** An interface of an agent. */
const agentInterface = object<AgentInterface>({
  url: required(nonEmptyText),
  protocolBinding: required(nonEmptyText),
  tenant: optionalText(text),
  protocolVersion: required(nonEmptyText),
});

const agentExtension = object<AgentExtension>({
  uri: expectedText,
  description: optionalText(text),
  required: optional(boolean),
  params: optional(jsonObject),
});

/** Capabilities of an agent. */
const agentCapabilities = object<AgentCapabilities>({
  streaming: optional(boolean),
  pushNotifications: optional(boolean),
  extensions: optional(list(agentExtension)),
  extendedAgentCard: optional(boolean),
});

const agentProvider = object<AgentProvider>({
  url: expectedText,
  organization: expectedText,
});

const agentSkill = object<AgentSkill>({
  id: required(nonEmptyText),
  name: expectedText,
  description: expectedText,
  tags: expected(texts, () => []),
  examples: optional(texts),
  inputModes: optional(texts),
  outputModes: optional(texts),
  securityRequirements: optional(list(securityRequirementParser)),
});

const signature = object<AgentCardSignature>({
  protected: required(nonEmptyText),
  signature: required(nonEmptyText),
  header: optional(jsonObject),
});

/** How each member of a card is read (A2A §4.4.1). */
export const AGENT_CARD_FIELDS = Object.freeze({
  name: expectedText,
  description: expectedText,
  supportedInterfaces: required(list(agentInterface, { least: 1 })),
  provider: optional(agentProvider),
  version: expectedText,
  documentationUrl: optionalText(text),
  capabilities: expected<AgentCapabilities>(agentCapabilities, () => ({})),
  securitySchemes: optional(record(securitySchemeParser)),
  securityRequirements: optional(list(securityRequirementParser)),
  defaultInputModes: expectedModes,
  defaultOutputModes: expectedModes,
  skills: expected(list(agentSkill, { least: 1 }), () => []),
  signatures: optional(list(signature)),
  iconUrl: optionalText(text),
}) satisfies Fields<AgentCard>;

const readAgentCard = answerParser(
  'AgentCard',
  object<AgentCard>(AGENT_CARD_FIELDS),
);

/**
 * Reads the card of another agent. Only its interfaces must be there: members
 * that the specification wants filled may be empty or missing. Members that it
 * does not know are left out, so a signature is checked over what was received
 * and not over this (A2A §8.4). Security schemes are taken as they are.
 *
 * @throws A2AError `INVALID_AGENT_RESPONSE` with the path of each wrong member
 */
export function parseAgentCard(value: unknown): AgentCard {
  if (hasNoInterfaces(value)) {
    throw invalidAgentResponse(
      'The agent card has no supportedInterfaces: it is not a card of A2A 1.0',
      [{ field: 'supportedInterfaces', description: 'Is required' }],
    );
  }
  return readAgentCard(value);
}

function hasNoInterfaces(value: unknown): boolean {
  return isJsonObject(value) && !member(value, 'supportedInterfaces');
}
