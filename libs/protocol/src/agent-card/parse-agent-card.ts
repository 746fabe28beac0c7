import { invalidAgentResponse } from '../errors/a2a-errors.js';
import { isJsonObject, jsonObject } from '../validation/json-value.js';
import {
  list,
  object,
  optional,
  record,
  required,
} from '../validation/object.js';
import { ParseContext, type Parser } from '../validation/parse-context.js';
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
  type SecurityRequirement,
  type SecurityScheme,
} from './security-scheme.js';

const securityRequirement = object<SecurityRequirement>({
  schemes: required(record(object<{ list: string[] }>({ list: listOrNone() }))),
});

function listOrNone() {
  const texts = list(text);
  return required<string[]>((value, at, context) =>
    texts(value ?? [], at, context),
  );
}

/** Schemes are published and chosen by clients; their members are the operator's affair. */
const securityScheme: Parser<SecurityScheme> = (value, at, context) =>
  jsonObject(value, at, context) as SecurityScheme | undefined;

/** An interface of an agent. */
const agentInterface = object<AgentInterface>({
  url: required(nonEmptyText),
  protocolBinding: required(nonEmptyText),
  tenant: optional(text),
  protocolVersion: required(nonEmptyText),
});

const agentExtension = object<AgentExtension>({
  uri: required(nonEmptyText),
  description: optional(text),
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
  url: required(nonEmptyText),
  organization: required(nonEmptyText),
});

const agentSkill = object<AgentSkill>({
  id: required(nonEmptyText),
  name: required(nonEmptyText),
  description: required(nonEmptyText),
  tags: required(list(text)),
  examples: optional(list(text)),
  inputModes: optional(list(text)),
  outputModes: optional(list(text)),
  securityRequirements: optional(list(securityRequirement)),
});

const signature = object<AgentCardSignature>({
  protected: required(nonEmptyText),
  signature: required(nonEmptyText),
  header: optional(jsonObject),
});

/** How each member of a card is read (A2A §4.4.1). */
export const AGENT_CARD_FIELDS = {
  name: required(nonEmptyText),
  description: required(text),
  supportedInterfaces: required(list(agentInterface, { least: 1 })),
  provider: optional(agentProvider),
  version: required(nonEmptyText),
  documentationUrl: optional(text),
  capabilities: required(agentCapabilities),
  securitySchemes: optional(record(securityScheme)),
  securityRequirements: optional(list(securityRequirement)),
  defaultInputModes: required(list(nonEmptyText, { least: 1 })),
  defaultOutputModes: required(list(nonEmptyText, { least: 1 })),
  skills: required(list(agentSkill, { least: 1 })),
  signatures: optional(list(signature)),
  iconUrl: optional(text),
};

const agentCard = object<AgentCard>(AGENT_CARD_FIELDS);

/**
 * Reads the card of another agent. Lists that the specification wants filled
 * may be empty; unknown members are left out.
 *
 * @throws A2AError `INVALID_AGENT_RESPONSE` with the path of each wrong member
 */
export function readAgentCard(value: unknown): AgentCard {
  const context = new ParseContext('response');
  const card = agentCard(value, '', context);
  if (card === undefined || context.violations.length > 0) {
    const [first] = context.violations;
    const isLegacy = isJsonObject(value) && !('supportedInterfaces' in value);
    throw invalidAgentResponse(
      isLegacy
        ? 'The agent card has no supportedInterfaces: it is not a card of A2A 1.0'
        : `The agent card is not valid: ${first?.field} ${first?.description}`,
      context.violations,
    );
  }
  return card;
}
