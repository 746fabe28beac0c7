import {
  type Fields,
  type FieldViolation,
  isJsonObject,
  type Parser,
  schema,
} from '@nest-a2a/protocol';
import {
  type A2AModuleOptions,
  type AgentExtras,
  type AgentOptions,
} from './a2a-module-options.js';

type Names<T> = Readonly<Record<keyof T, true>>;

const OF_AGENT: Names<AgentOptions> = {
  agentCard: true,
  directReplies: true,
  concurrency: true,
  grpc: true,
  cardSigning: true,
  extendedAgentCard: true,
  publicExtendedAgentCard: true,
  authentication: true,
  skillOf: true,
};

const OF_MODULE: Names<A2AModuleOptions> = {
  ...OF_AGENT,
  runtime: true,
  publicUrl: true,
  trustProxy: true,
  maxBodyBytes: true,
  limits: true,
  turn: true,
  cancelGraceMs: true,
  drainMs: true,
  blockingTimeoutMs: true,
  sse: true,
  idempotency: true,
  retention: true,
  push: true,
  principal: true,
  auditLog: true,
  telemetry: true,
};

/** What Nest has taken out of the options, unless a factory made them. */
const OF_ROUTES: Names<AgentExtras> = {
  agent: true,
  path: true,
  bindings: true,
  versions: true,
  tenants: true,
  guards: true,
  imports: true,
  roles: true,
};

/** The names of the options of `forFeature`. */
export const AGENT_OPTION_NAMES: readonly string[] = Object.keys(OF_AGENT);

/** The names of the options of `forRoot`. */
export const MODULE_OPTION_NAMES: readonly string[] = Object.keys(OF_MODULE);

/** The members that no option has: one that is misspelt would do nothing, and nobody would notice. */
export function unknownNames(
  options: object,
  known: readonly string[],
): FieldViolation[] {
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((field) => ({ field, description: adviceFor(field, known) }));
}

function adviceFor(name: string, known: readonly string[]): string {
  return Object.hasOwn(OF_ROUTES, name)
    ? 'Must stand beside the factory: it shapes routes'
    : `Is no option here, there are ${known.join(', ')}`;
}

/** A group of options: an object with these members and no others. */
export function group<T extends object>(fields: Fields<T>): Parser<T> {
  const parse = schema.object<T>(fields);
  const known = Object.keys(fields);
  return (value, at, context) => {
    if (isJsonObject(value)) {
      for (const { field, description } of unknownNames(value, known)) {
        context.refuse(`${at}.${field}`, description);
      }
    }
    return parse(value, at, context);
  };
}
