import { isJsonObject } from '../../validation/json-value.js';
import { member } from '../../validation/object.js';

/** The name in 1.0 of each kind of scheme, and of those of its members that have another. */
const SCHEMES: Readonly<
  Record<string, { name: string; renamed?: Readonly<Record<string, string>> }>
> = {
  apiKey: { name: 'apiKeySecurityScheme', renamed: { in: 'location' } },
  http: { name: 'httpAuthSecurityScheme' },
  oauth2: { name: 'oauth2SecurityScheme' },
  openIdConnect: { name: 'openIdConnectSecurityScheme' },
  mutualTLS: { name: 'mtlsSecurityScheme' },
};

/** 1.0 has room for one: the first of these that a scheme offers. */
const FLOWS = [
  'authorizationCode',
  'clientCredentials',
  'deviceCode',
  'implicit',
  'password',
];

/** The security schemes of a card, in whatever form each of them is. What is no scheme stays, for the parser. */
export function fromV03Schemes(schemes: unknown): unknown {
  if (!isJsonObject(schemes)) {
    return schemes;
  }
  const entries = Object.entries(schemes).map(([name, scheme]) => [
    name,
    fromV03Scheme(scheme),
  ]);
  return Object.fromEntries(entries) as unknown;
}

function fromV03Scheme(scheme: unknown): unknown {
  if (!isJsonObject(scheme) || isOneOf(scheme)) {
    return scheme;
  }
  const { type, ...rest } = scheme;
  const kind =
    typeof type === 'string' && Object.hasOwn(SCHEMES, type)
      ? SCHEMES[type]
      : undefined;
  if (kind === undefined) {
    return scheme;
  }
  const { name, renamed = {} } = kind;
  const entries = Object.entries(rest)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [
      renamed[key] ?? key,
      key === 'flows' ? fromV03Flows(value) : value,
    ]);
  return { [name]: Object.fromEntries(entries) as unknown };
}

/** Whether a scheme has the form of the proto, alone or beside the other. */
function isOneOf(scheme: Record<string, unknown>): boolean {
  return Object.values(SCHEMES).some(
    ({ name }) => (member(scheme, name) ?? null) !== null,
  );
}

function fromV03Flows(flows: unknown): unknown {
  if (!isJsonObject(flows)) {
    return flows;
  }
  const offered = FLOWS.find((name) => isJsonObject(member(flows, name)));
  return offered === undefined ? {} : { [offered]: member(flows, offered) };
}

/**
 * `security` of a card or a skill: a list of choices, in OpenAPI's manner
 * `{ name: scopes }`, or that of the proto `{ schemes: { name: { list } } }`.
 */
export function fromV03Security(security: unknown): unknown {
  return Array.isArray(security) ? security.map(fromV03Requirement) : security;
}

function fromV03Requirement(requirement: unknown): unknown {
  // In OpenAPI's manner "schemes" would be the name of one, with a list.
  if (!isJsonObject(requirement) || isJsonObject(requirement.schemes)) {
    return requirement;
  }
  const entries = Object.entries(requirement).map(([name, scopes]) => [
    name,
    { list: Array.isArray(scopes) ? (scopes as unknown[]) : [] },
  ]);
  return { schemes: Object.fromEntries(entries) as unknown };
}
