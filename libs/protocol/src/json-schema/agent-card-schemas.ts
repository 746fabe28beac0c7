import {
  type AgentCapabilities,
  type AgentCard,
  type AgentCardSignature,
  type AgentExtension,
  type AgentInterface,
  type AgentProvider,
  type AgentSkill,
} from '../agent-card/agent-card.js';
import {
  type JsonSchema,
  listOf,
  mapOf,
  needed,
  objectSchema,
} from './json-schema.js';
import { anyObject, boolean, nonEmptyText, text } from './scalar-schemas.js';
import { type SchemaTools } from './wire-schema-parts.js';

const TEXTS = listOf(text());
const MEDIA_TYPES = listOf(nonEmptyText(), {
  description: 'Media types.',
  minItems: 1,
});

/** The agent card (A2A §4.4). */
export function agentCardSchemas(tools: SchemaTools) {
  return {
    AgentCard: agentCard(tools),
    AgentSkill: agentSkill(tools),
    AgentCapabilities: objectSchema<AgentCapabilities>(
      'What the agent can do besides answering.',
      {
        streaming: boolean('Whether it streams.'),
        pushNotifications: boolean('Whether it calls webhooks.'),
        extensions: listOf(tools.ref('AgentExtension')),
        extendedAgentCard: boolean('Whether callers see more of the card.'),
      },
    ),
    AgentExtension: objectSchema<AgentExtension>(
      'An extension of the protocol.',
      {
        uri: needed(nonEmptyText()),
        description: text(),
        required: boolean('Whether clients must declare it.'),
        params: anyObject('What the extension says.'),
      },
    ),
    ...placeSchemas(),
    AgentCardSignature: objectSchema<AgentCardSignature>(
      'A detached JSON Web Signature of the card.',
      {
        protected: needed(nonEmptyText()),
        signature: needed(nonEmptyText()),
        header: anyObject('Header that is not signed.'),
      },
    ),
  };
}

function placeSchemas() {
  return {
    AgentInterface: objectSchema<AgentInterface>('Where the agent is called.', {
      url: needed(nonEmptyText('Absolute URL; host:port for gRPC.')),
      protocolBinding: needed(nonEmptyText('JSONRPC, HTTP+JSON or GRPC.')),
      tenant: text(),
      protocolVersion: needed(nonEmptyText('Major.Minor.')),
    }),
    AgentProvider: objectSchema<AgentProvider>('Who runs the agent.', {
      url: needed(nonEmptyText()),
      organization: needed(nonEmptyText()),
    }),
  };
}

function agentSkill({ ref }: SchemaTools): JsonSchema {
  return objectSchema<AgentSkill>('One thing that the agent is good at.', {
    id: needed(nonEmptyText()),
    name: needed(nonEmptyText()),
    description: needed(nonEmptyText()),
    tags: needed(TEXTS),
    examples: TEXTS,
    inputModes: TEXTS,
    outputModes: TEXTS,
    securityRequirements: listOf(ref('SecurityRequirement')),
  });
}

function agentCard({ ref }: SchemaTools): JsonSchema {
  return objectSchema<AgentCard>('How the agent presents itself.', {
    name: needed(nonEmptyText()),
    description: needed(nonEmptyText()),
    supportedInterfaces: needed(
      listOf(ref('AgentInterface'), {
        description: 'The preferred one first.',
        minItems: 1,
      }),
    ),
    provider: ref('AgentProvider'),
    version: needed(nonEmptyText('Version of the agent.')),
    documentationUrl: text(),
    capabilities: needed(ref('AgentCapabilities')),
    securitySchemes: mapOf(ref('SecurityScheme')),
    securityRequirements: listOf(ref('SecurityRequirement'), {
      description: 'One of these is needed.',
    }),
    defaultInputModes: needed(MEDIA_TYPES),
    defaultOutputModes: needed(MEDIA_TYPES),
    skills: needed(listOf(ref('AgentSkill'), { minItems: 1 })),
    signatures: listOf(ref('AgentCardSignature')),
    iconUrl: text(),
  });
}
