import {
  type AgentCard,
  type OAuthFlow,
  type SecurityRequirement,
  type SecurityScheme,
} from '@nest-a2a/protocol';
import { type Requirement } from './open-api.js';

type Members = Pick<AgentCard, 'securitySchemes' | 'securityRequirements'>;

/** A scheme in the form of OpenAPI. */
export interface SchemeDocument {
  readonly type: 'apiKey' | 'http' | 'oauth2' | 'openIdConnect' | 'mutualTLS';
  readonly description?: string;
  readonly [member: string]: unknown;
}

/** What is said of the security of one agent. */
export interface SecurityDocument {
  readonly schemes: Readonly<Record<string, SchemeDocument>>;
  /** `undefined` where the card says nothing. */
  readonly security: readonly Requirement[] | undefined;
}

/** What decides how security is written. */
export interface SecurityContext {
  /** The version of OpenAPI. */
  readonly openapi: string;
  /** Name of the agent, for a scheme whose name another has taken. */
  readonly agent: string;
  /** The schemes that the document has already. */
  readonly taken: Readonly<Record<string, object>>;
}

/** The schemes and requirements of a card in the form of OpenAPI. */
export function securityOf(
  { securitySchemes = {}, securityRequirements }: Members,
  context: SecurityContext,
): SecurityDocument {
  const known = Object.entries(securitySchemes).flatMap(([name, scheme]) => {
    const document = schemeOf(scheme, context);
    return document
      ? [{ name, key: keyOf(name, document, context), document }]
      : [];
  });
  const documents = new Map(known.map((one) => [one.name, one]));
  const security = securityRequirements?.flatMap((requirement) =>
    requirementOf(requirement, documents, context),
  );
  return {
    schemes: Object.fromEntries(
      known.map(({ key, document }) => [key, document]),
    ),
    security: security?.length ? security : undefined,
  };
}

/** Names of components have few characters; a name that means something else already gets that of the agent before it. */
function keyOf(
  name: string,
  document: SchemeDocument,
  { agent, taken }: SecurityContext,
): string {
  const usable = (text: string) => text.replace(/[^a-zA-Z0-9._-]/g, '_');
  const key = usable(name);
  const other = Object.hasOwn(taken, key) ? taken[key] : document;
  return JSON.stringify(other) === JSON.stringify(document)
    ? key
    : usable(`${agent}.${name}`);
}

/** OpenAPI 3.0 knows no client certificates, and scopes only where a token has them. */
function isOld({ openapi }: SecurityContext): boolean {
  return openapi.startsWith('3.0');
}

function requirementOf(
  { schemes }: SecurityRequirement,
  known: ReadonlyMap<string, { key: string; document: SchemeDocument }>,
  context: SecurityContext,
): Requirement[] {
  const entries: [string, readonly string[]][] = [];
  for (const [name, { list }] of Object.entries(schemes)) {
    const found = known.get(name);
    // What cannot be said must not look as if nothing were needed.
    if (!found) return [];
    const { key, document } = found;
    const hasScopes = ['oauth2', 'openIdConnect'].includes(document.type);
    entries.push([key, hasScopes || !isOld(context) ? list : []]);
  }
  return [Object.fromEntries(entries)];
}

function schemeOf(
  scheme: SecurityScheme,
  context: SecurityContext,
): SchemeDocument | undefined {
  if ('apiKeySecurityScheme' in scheme) {
    const { location, ...rest } = scheme.apiKeySecurityScheme;
    return { type: 'apiKey', in: location, ...rest };
  }
  if ('httpAuthSecurityScheme' in scheme) {
    return { type: 'http', ...scheme.httpAuthSecurityScheme };
  }
  if ('oauth2SecurityScheme' in scheme) {
    const { flows, description } = scheme.oauth2SecurityScheme;
    return {
      type: 'oauth2',
      ...(description !== undefined && { description }),
      flows: Object.fromEntries(
        Object.entries<OAuthFlow>(flows)
          // OpenAPI has none for devices before 3.2.
          .filter(([name]) => name !== 'deviceCode')
          .map(([name, flow]) => [name, flowOf(name, flow)]),
      ),
    };
  }
  if ('openIdConnectSecurityScheme' in scheme) {
    return { type: 'openIdConnect', ...scheme.openIdConnectSecurityScheme };
  }
  return isOld(context)
    ? undefined
    : { type: 'mutualTLS', ...scheme.mtlsSecurityScheme };
}

function flowOf(
  name: string,
  { authorizationUrl = '', tokenUrl = '', refreshUrl, scopes = {} }: OAuthFlow,
): object {
  return {
    ...(['authorizationCode', 'implicit'].includes(name) && {
      authorizationUrl,
    }),
    ...(name !== 'implicit' && { tokenUrl }),
    ...(refreshUrl !== undefined && { refreshUrl }),
    scopes,
  };
}
