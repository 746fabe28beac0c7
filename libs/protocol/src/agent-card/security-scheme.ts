/** An API key in a header, a query parameter or a cookie (A2A `APIKeySecurityScheme`). */
export interface ApiKeySecurityScheme {
  description?: string;
  location: 'query' | 'header' | 'cookie';
  name: string;
}

/** An HTTP authentication scheme such as `Bearer` (A2A `HTTPAuthSecurityScheme`). */
export interface HttpAuthSecurityScheme {
  description?: string;
  scheme: string;
  bearerFormat?: string;
}

/** OAuth 2.0 (A2A `OAuth2SecurityScheme`). */
export interface OAuth2SecurityScheme {
  description?: string;
  flows: OAuthFlows;
  oauth2MetadataUrl?: string;
}

/** OpenID Connect (A2A `OpenIdConnectSecurityScheme`). */
export interface OpenIdConnectSecurityScheme {
  description?: string;
  openIdConnectUrl: string;
}

/** A client certificate (A2A `MutualTlsSecurityScheme`). */
export interface MutualTlsSecurityScheme {
  description?: string;
}

/** A way to authenticate: exactly one member (A2A `SecurityScheme`). */
export type SecurityScheme =
  | { apiKeySecurityScheme: ApiKeySecurityScheme }
  | { httpAuthSecurityScheme: HttpAuthSecurityScheme }
  | { oauth2SecurityScheme: OAuth2SecurityScheme }
  | { openIdConnectSecurityScheme: OpenIdConnectSecurityScheme }
  | { mtlsSecurityScheme: MutualTlsSecurityScheme };

/** What the OAuth 2.0 flows have in common. `scopes` maps a scope to its description. */
export interface OAuthFlow {
  authorizationUrl?: string;
  deviceAuthorizationUrl?: string;
  tokenUrl?: string;
  refreshUrl?: string;
  scopes?: Record<string, string>;
  pkceRequired?: boolean;
}

/** The flow of an {@link OAuth2SecurityScheme}: exactly one member (A2A `OAuthFlows`). */
export type OAuthFlows =
  | { authorizationCode: OAuthFlow }
  | { clientCredentials: OAuthFlow }
  | { deviceCode: OAuthFlow }
  | { implicit: OAuthFlow }
  | { password: OAuthFlow };

/** Schemes that must all be satisfied, each with its scopes (A2A `SecurityRequirement`). A list of them is a choice. */
export interface SecurityRequirement {
  schemes: Record<string, { list: string[] }>;
}
