import {
  createSigningKey,
  type FieldViolation,
  ParseContext,
  type Parser,
  type ProtocolVersion,
  schema,
} from '@nest-a2a/protocol';
import {
  type AgentCardOptions,
  type AgentExtras,
  type AgentOptions,
  type CardSigningOptions,
  type ServedBinding,
  type TenantResolver,
} from '../options/a2a-module-options.js';
import {
  cardSigningParser,
  extendedAgentCardParser,
} from '../options/card-option-parsers.js';
import { securityOf } from '../agent-card/card-security.js';
import {
  authenticationParser,
  securityProblems,
  skillOfParser,
} from '../options/authentication-option-parsers.js';
import { DEFAULT_OPTIONS } from '../options/default-options.js';
import { InvalidOptionsError } from '../options/invalid-options.errors.js';
import { unknownNames } from '../options/option-names.js';
import {
  cardOptionsParser,
  grpcOptionsParser,
} from '../options/option-parsers.js';
import { type AgentDefinition } from './agent-definition.js';
import { GrpcEndpoint } from './grpc-endpoint.js';

/** A segment that routes cannot mistake for a parameter or a wildcard. */
const PATH = /^[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*$/;
const BINDINGS: readonly ServedBinding[] = ['JSONRPC', 'HTTP+JSON', 'GRPC'];
const VERSIONS: readonly ProtocolVersion[] = DEFAULT_OPTIONS.versions;

/** The path of an agent without slashes at its ends. */
export function normalizePath(path: string | undefined): string {
  return (path ?? DEFAULT_OPTIONS.path).replace(/^\/+|\/+$/g, '');
}

const agentOptionsParser: Parser<AgentOptions> = schema.object<AgentOptions>({
  agentCard: schema.required(cardOptionsParser),
  directReplies: schema.optional(schema.boolean),
  concurrency: schema.optional(schema.integer(1, Number.MAX_SAFE_INTEGER)),
  grpc: schema.optional(grpcOptionsParser),
  cardSigning: schema.optional(cardSigningParser),
  extendedAgentCard: schema.optional(extendedAgentCardParser),
  publicExtendedAgentCard: schema.optional(schema.boolean),
  authentication: schema.optional(authenticationParser),
  skillOf: schema.optional(skillOfParser),
});

/**
 * Checks the options of an agent and fills in the defaults.
 *
 * @param from the call that was given the options, and the names that its options have
 * @throws InvalidOptionsError with every problem
 */
export function resolveAgent(
  from: { readonly call: string; readonly names: readonly string[] },
  options: AgentOptions,
  extras: AgentExtras,
): AgentDefinition {
  const { parsed, problems } = checkAgent(options, extras, from.names);
  if (!parsed || problems.length > 0) {
    throw new InvalidOptionsError(from.call, problems);
  }
  const authentication = parsed.authentication ?? [];
  const modes = withModes(parsed.agentCard);
  const card = {
    ...withExtended(modes, parsed),
    ...securityOf(authentication, modes),
  };
  const bindings = extras.bindings ?? DEFAULT_OPTIONS.bindings;
  return {
    name: extras.agent ?? DEFAULT_OPTIONS.agent,
    path: normalizePath(extras.path),
    bindings,
    versions: extras.versions ?? VERSIONS,
    tenants: tenantResolver(extras.tenants),
    card,
    streaming: card.capabilities?.streaming ?? true,
    pushNotifications: card.capabilities?.pushNotifications ?? false,
    directReplies: parsed.directReplies,
    concurrency: parsed.concurrency,
    cardSigning: parsed.cardSigning && signingOf(parsed.cardSigning),
    extendedAgentCard: parsed.extendedAgentCard,
    isExtendedCardPublic: parsed.publicExtendedAgentCard ?? false,
    authentication,
    skillOf: parsed.skillOf,
    grpc: bindings.includes('GRPC') ? new GrpcEndpoint(parsed.grpc) : undefined,
  };
}

/** What is wrong with the options of an agent, and what they say where nothing is. */
export function checkAgent(
  options: AgentOptions,
  extras: AgentExtras,
  names: readonly string[],
): { parsed: AgentOptions | undefined; problems: FieldViolation[] } {
  const context = new ParseContext('request');
  const parsed = agentOptionsParser(options, '', context);
  const problems = [
    ...extrasProblems(extras),
    ...unknownNames(options, names),
    ...context.violations,
    ...grpcProblems(parsed, extras),
    ...extendedCardProblems(parsed),
    ...securityProblems(parsed),
  ];
  return { parsed, problems };
}

function withModes(card: AgentCardOptions): AgentDefinition['card'] {
  return {
    ...card,
    defaultInputModes: card.defaultInputModes ?? [
      ...DEFAULT_OPTIONS.inputModes,
    ],
    defaultOutputModes: card.defaultOutputModes ?? [
      ...DEFAULT_OPTIONS.outputModes,
    ],
  };
}

/** An agent that has an extended card says so. */
function withExtended(
  card: AgentDefinition['card'],
  { extendedAgentCard }: AgentOptions,
): AgentDefinition['card'] {
  return extendedAgentCard === undefined
    ? card
    : {
        ...card,
        capabilities: { ...card.capabilities, extendedAgentCard: true },
      };
}

function signingOf({
  keys,
  stripped,
}: CardSigningOptions): AgentDefinition['cardSigning'] {
  return {
    keys: keys.map(createSigningKey),
    forms: stripped ? ['specified', 'stripped'] : ['specified'],
  };
}

/** A card that nobody could see. */
function extendedCardProblems(
  parsed: AgentOptions | undefined,
): FieldViolation[] {
  const isDenied =
    parsed?.agentCard.capabilities?.extendedAgentCard === false &&
    parsed.extendedAgentCard !== undefined;
  return isDenied
    ? [
        {
          field: 'extendedAgentCard',
          description:
            'Must be left out where agentCard.capabilities.extendedAgentCard is false',
        },
      ]
    : [];
}

/** The tenant that a request names, where the application does not look further. */
function tenantResolver(
  tenants: AgentExtras['tenants'] = false,
): TenantResolver | undefined {
  if (typeof tenants === 'function') {
    return tenants;
  }
  return tenants ? (tenant) => tenant : undefined;
}

/** Options of a server that would not be there. */
function grpcProblems(
  parsed: AgentOptions | undefined,
  { bindings = DEFAULT_OPTIONS.bindings }: AgentExtras,
): FieldViolation[] {
  const named: readonly ServedBinding[] = bindings;
  return parsed?.grpc && !named.includes('GRPC')
    ? [{ field: 'grpc', description: "Needs 'GRPC' among the bindings" }]
    : [];
}

function extrasProblems({
  agent,
  path,
  bindings = DEFAULT_OPTIONS.bindings,
  versions = VERSIONS,
  tenants,
}: AgentExtras): FieldViolation[] {
  const problems: FieldViolation[] = [];
  if (agent !== undefined && agent.trim() === '') {
    problems.push({ field: 'agent', description: 'Must not be empty' });
  }
  const normalized = normalizePath(path);
  if (normalized !== '' && !PATH.test(normalized)) {
    problems.push({
      field: 'path',
      description: 'Must be segments of letters, digits, ".", "_", "~" or "-"',
    });
  }
  const isKnown = bindings.every((binding) => BINDINGS.includes(binding));
  if (bindings.length === 0 || !isKnown) {
    problems.push({
      field: 'bindings',
      description: `Must be one or more of ${BINDINGS.join(', ')}`,
    });
  }
  if (
    versions.length === 0 ||
    !versions.every((version) => VERSIONS.includes(version))
  ) {
    problems.push({
      field: 'versions',
      description: `Must be one or more of ${VERSIONS.join(', ')}`,
    });
  }
  if (!['undefined', 'boolean', 'function'].includes(typeof tenants)) {
    problems.push({
      field: 'tenants',
      description: 'Must be true, false or a function',
    });
  }
  return problems;
}
