import { jsonObject } from '../validation/json-value.js';
import { list } from '../validation/list.js';
import {
  expected,
  type Fields,
  object,
  optional,
  optionalText,
  record,
  required,
} from '../validation/object.js';
import { oneOf } from '../validation/one-of.js';
import { type Parser } from '../validation/parse-context.js';
import { boolean, nonEmptyText, text } from '../validation/scalars.js';
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
} from './security-scheme.js';

type ApiKeyLocation = ApiKeySecurityScheme['location'];

const description = optionalText(text);
const url = optionalText(text);

const apiKeyLocation: Parser<ApiKeyLocation> = (value, at, context) =>
  value === 'query' || value === 'header' || value === 'cookie'
    ? value
    : context.refuse(at, 'Must be one of query, header, cookie');

const FLOW: Fields<OAuthFlow> = {
  authorizationUrl: url,
  deviceAuthorizationUrl: url,
  tokenUrl: url,
  refreshUrl: url,
  scopes: optional(record(text)),
  pkceRequired: optional(boolean),
};
const aUrl = required(nonEmptyText);
const scopes = required(record(text));

const oauthFlows = oneOf<OAuthFlows>({
  authorizationCode: object<OAuthFlow>({
    ...FLOW,
    authorizationUrl: aUrl,
    tokenUrl: aUrl,
    scopes,
  }),
  clientCredentials: object<OAuthFlow>({ ...FLOW, tokenUrl: aUrl, scopes }),
  deviceCode: object<OAuthFlow>({
    ...FLOW,
    deviceAuthorizationUrl: aUrl,
    tokenUrl: aUrl,
    scopes,
  }),
  implicit: object<OAuthFlow>(FLOW),
  password: object<OAuthFlow>(FLOW),
});

const anyScheme = oneOf<SecurityScheme>({
  apiKeySecurityScheme: object<ApiKeySecurityScheme>({
    description,
    location: required(apiKeyLocation),
    name: required(nonEmptyText),
  }),
  httpAuthSecurityScheme: object<HttpAuthSecurityScheme>({
    description,
    scheme: required(nonEmptyText),
    bearerFormat: optionalText(text),
  }),
  oauth2SecurityScheme: object<OAuth2SecurityScheme>({
    description,
    flows: required(oauthFlows),
    oauth2MetadataUrl: url,
  }),
  openIdConnectSecurityScheme: object<OpenIdConnectSecurityScheme>({
    description,
    openIdConnectUrl: aUrl,
  }),
  mtlsSecurityScheme: object<MutualTlsSecurityScheme>({ description }),
});

/**
 * A security scheme (A2A §4.5.1). Our own is checked to the last member. One
 * of a foreign card is taken as it is: a scheme that we do not know, or that is
 * not well described, must not hide the others.
 */
export const securitySchemeParser: Parser<SecurityScheme> = (
  value,
  at,
  context,
) =>
  context.strictness === 'request'
    ? anyScheme(value, at, context)
    : (jsonObject(value, at, context) as SecurityScheme | undefined);

/** Schemes that go together, each with its scopes; ProtoJSON writers leave out an empty `list`. */
export const securityRequirementParser: Parser<SecurityRequirement> =
  object<SecurityRequirement>({
    schemes: expected(record(scopeList()), () => ({})),
  });

function scopeList(): Parser<{ list: string[] }> {
  const read = object<{ list?: string[] }>({ list: optional(list(text)) });
  return (value, at, context) => {
    const scopes = read(value, at, context);
    return scopes && { list: scopes.list ?? [] };
  };
}
