import {
  type OAuthFlow,
  type SecurityRequirement,
  type SecurityScheme,
} from '../../agent-card/security-scheme.js';
import { isJsonObject } from '../../validation/json-value.js';

/** `security` of a card or a skill: a list of choices, each scheme with its scopes. */
export function toV03Security(
  requirements: readonly SecurityRequirement[],
): Record<string, string[]>[] {
  return requirements.map(({ schemes }) =>
    // Unlike an assignment, this makes `__proto__` a key like any other.
    Object.fromEntries(
      Object.entries(schemes).map(([name, { list }]) => [name, list]),
    ),
  );
}

/** What 0.3 calls each kind of scheme. */
const KINDS: Readonly<Record<string, string>> = {
  apiKeySecurityScheme: 'apiKey',
  httpAuthSecurityScheme: 'http',
  oauth2SecurityScheme: 'oauth2',
  openIdConnectSecurityScheme: 'openIdConnect',
  mtlsSecurityScheme: 'mutualTLS',
};

/**
 * A security scheme that both versions can read: the member of 1.0, and beside
 * it what 0.3 has in OpenAPI's manner. A scheme that we do not know stays as
 * it is: those of foreign cards are not validated.
 */
export function toUnionScheme(scheme: SecurityScheme): object {
  const kind = Object.entries(scheme).find(
    ([name, value]) => Object.hasOwn(KINDS, name) && isJsonObject(value),
  );
  if (kind === undefined) {
    return scheme;
  }
  const [name, value] = kind as [string, Record<string, unknown>];
  const { location, flows, ...rest } = value;
  return {
    ...scheme,
    type: KINDS[name],
    ...rest,
    ...(location !== undefined && { in: location }),
    ...(name === 'oauth2SecurityScheme' && { flows: toV03Flows(flows) }),
  };
}

/** 0.3 has no flow for devices; of a scheme that offers no other it knows the kind only. */
function toV03Flows(flows: unknown): object {
  const offered = isJsonObject(flows) ? flows : {};
  const entries = Object.entries(offered)
    .filter(([name, flow]) => name !== 'deviceCode' && isJsonObject(flow))
    .map(([name, flow]) => {
      const { pkceRequired: _pkceRequired, ...rest } = flow as OAuthFlow;
      return [name, { ...rest, scopes: rest.scopes ?? {} }];
    });
  return Object.fromEntries(entries) as object;
}
