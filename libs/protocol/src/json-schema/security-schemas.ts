import {
  type ApiKeySecurityScheme,
  type HttpAuthSecurityScheme,
  type MutualTlsSecurityScheme,
  type OAuth2SecurityScheme,
  type OAuthFlow,
  type OAuthFlows,
  type OpenIdConnectSecurityScheme,
  type SecurityRequirement,
  type SecurityScheme,
} from '../agent-card/security-scheme.js';
import {
  choiceSchema,
  type JsonSchema,
  listOf,
  mapOf,
  type MemberSchemas,
  needed,
  objectSchema,
} from './json-schema.js';
import { boolean, names, nonEmptyText, text } from './scalar-schemas.js';
import { type SchemaTools } from './wire-schema-parts.js';

/** How callers of an agent say who they are (A2A §4.5). */
export function securitySchemas(tools: SchemaTools) {
  return {
    SecurityScheme: securityScheme(tools),
    OAuthFlows: oauthFlows(),
    SecurityRequirement: objectSchema<SecurityRequirement>(
      'Schemes that are needed together, each with its scopes.',
      {
        schemes: needed(
          mapOf(
            objectSchema<{ list: string[] }>('Scopes.', {
              list: needed(listOf(text())),
            }),
          ),
        ),
      },
    ),
  };
}

const DESCRIPTION = text();

function securityScheme({ ref }: SchemaTools): JsonSchema {
  return choiceSchema<SecurityScheme>(
    'A way to authenticate: exactly one of these.',
    {
      apiKeySecurityScheme: objectSchema<ApiKeySecurityScheme>('An API key.', {
        description: DESCRIPTION,
        location: needed(names(['query', 'header', 'cookie'])),
        name: needed(nonEmptyText()),
      }),
      httpAuthSecurityScheme: objectSchema<HttpAuthSecurityScheme>(
        'An HTTP authentication scheme.',
        {
          description: DESCRIPTION,
          scheme: needed(nonEmptyText()),
          bearerFormat: text(),
        },
      ),
      oauth2SecurityScheme: objectSchema<OAuth2SecurityScheme>('OAuth 2.0.', {
        description: DESCRIPTION,
        flows: needed(ref('OAuthFlows')),
        oauth2MetadataUrl: text(),
      }),
      openIdConnectSecurityScheme: objectSchema<OpenIdConnectSecurityScheme>(
        'OpenID Connect.',
        { description: DESCRIPTION, openIdConnectUrl: needed(nonEmptyText()) },
      ),
      mtlsSecurityScheme: objectSchema<MutualTlsSecurityScheme>(
        'A client certificate.',
        { description: DESCRIPTION },
      ),
    },
    [
      'apiKeySecurityScheme',
      'httpAuthSecurityScheme',
      'oauth2SecurityScheme',
      'openIdConnectSecurityScheme',
      'mtlsSecurityScheme',
    ],
  );
}

type FlowWith<K extends keyof OAuthFlow> = Omit<OAuthFlow, K> &
  Required<Pick<OAuthFlow, K>>;

const FLOW: MemberSchemas<OAuthFlow> = {
  authorizationUrl: text(),
  deviceAuthorizationUrl: text(),
  tokenUrl: text(),
  refreshUrl: text(),
  scopes: mapOf(text()),
  pkceRequired: boolean('Whether PKCE is required.'),
};
const URL = needed(nonEmptyText());
const SCOPES = needed(mapOf(text()));

function oauthFlows(): JsonSchema {
  return choiceSchema<OAuthFlows>(
    'A flow of OAuth 2.0: exactly one of these.',
    {
      authorizationCode: objectSchema<
        FlowWith<'authorizationUrl' | 'tokenUrl' | 'scopes'>
      >('Authorization code.', {
        ...FLOW,
        authorizationUrl: URL,
        tokenUrl: URL,
        scopes: SCOPES,
      }),
      clientCredentials: objectSchema<FlowWith<'tokenUrl' | 'scopes'>>(
        'Client credentials.',
        { ...FLOW, tokenUrl: URL, scopes: SCOPES },
      ),
      deviceCode: objectSchema<
        FlowWith<'deviceAuthorizationUrl' | 'tokenUrl' | 'scopes'>
      >('Device authorization.', {
        ...FLOW,
        deviceAuthorizationUrl: URL,
        tokenUrl: URL,
        scopes: SCOPES,
      }),
      implicit: objectSchema<OAuthFlow>('Deprecated.', FLOW),
      password: objectSchema<OAuthFlow>('Deprecated.', FLOW),
    },
    [
      'authorizationCode',
      'clientCredentials',
      'deviceCode',
      'implicit',
      'password',
    ],
  );
}
