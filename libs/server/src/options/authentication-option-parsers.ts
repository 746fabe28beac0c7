import {
  type AgentSkill,
  type FieldViolation,
  isJsonObject,
  type Parser,
  schema,
  type SecurityRequirement,
} from '@nest-a2a/protocol';
import { type Authenticator } from '../access/authenticator.js';
import { securityOf } from '../agent-card/card-security.js';
import { type AgentOptions, type SkillResolver } from './a2a-module-options.js';

const authenticatorParser: Parser<Authenticator> = (value, at, context) =>
  isAuthenticator(value)
    ? value
    : context.refuse(
        at,
        'Must be what apiKey() or jwtBearer() make, or an Authenticator',
      );

function isAuthenticator(value: unknown): value is Authenticator {
  return (
    isJsonObject(value) &&
    typeof value.name === 'string' &&
    value.name !== '' &&
    typeof value.challenge === 'string' &&
    isJsonObject(value.scheme) &&
    Array.isArray(value.scopes) &&
    typeof value.authenticate === 'function'
  );
}

const authenticators = schema.list<Authenticator>(authenticatorParser, {
  least: 1,
});

/** Ways to authenticate. Each has a name of its own on the card. */
export const authenticationParser: Parser<readonly Authenticator[]> = (
  value,
  at,
  context,
) => {
  const read = authenticators(value, at, context);
  const names = new Set(read?.map(({ name }) => name));
  return read === undefined || names.size === read.length
    ? read
    : context.refuse(at, 'Must not have two of the same name');
};

export const skillOfParser: Parser<SkillResolver> = (value, at, context) =>
  typeof value === 'function'
    ? (value as SkillResolver)
    : context.refuse(at, 'Must be a function');

/** Requirements that no caller could read, or meet. */
export function securityProblems(
  parsed: AgentOptions | undefined,
): FieldViolation[] {
  if (!parsed?.authentication && !parsed?.skillOf) {
    return [];
  }
  const { agentCard, authentication = [], skillOf } = parsed;
  const { securitySchemes, securityRequirements } = securityOf(
    authentication,
    agentCard,
  );
  const known = Object.keys(securitySchemes ?? {});
  const skills = agentCard.skills ?? [];
  return [
    ...unknownSchemes(securityRequirements, known, 'agentCard'),
    ...skills.flatMap((skill, i) => [
      ...unknownSchemes(
        skill.securityRequirements,
        known,
        `agentCard.skills[${i}]`,
      ),
      ...(skillOf ? unmeetable(skill, i) : []),
    ]),
  ];
}

function unknownSchemes(
  requirements: readonly SecurityRequirement[] = [],
  known: readonly string[],
  at: string,
): FieldViolation[] {
  return requirements
    .flatMap(({ schemes }) => Object.keys(schemes))
    .filter((name) => !known.includes(name))
    .map((name) => ({
      field: `${at}.securityRequirements`,
      description: `Names the scheme "${name}", which agentCard.securitySchemes and authentication do not have`,
    }));
}

/** Callers authenticate in one way. */
function unmeetable(
  { securityRequirements = [] }: AgentSkill,
  i: number,
): FieldViolation[] {
  return securityRequirements
    .filter(({ schemes }) => Object.keys(schemes).length > 1)
    .map(() => ({
      field: `agentCard.skills[${i}].securityRequirements`,
      description:
        'Must name one scheme in each requirement: with skillOf they are enforced, and callers authenticate in one way',
    }));
}
