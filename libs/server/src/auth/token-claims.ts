/** The claims of a signed token (RFC 7519 §4), as `JWTPayload` of `jose` has them. */
export interface TokenClaims {
  /** Who has made the token. */
  readonly iss?: string;
  /** Whom it is about. */
  readonly sub?: string;
  /** Whom it is for. */
  readonly aud?: string | string[];
  /** Until when it is valid, in seconds since 1970. */
  readonly exp?: number;
  /** From when on it is valid, in seconds since 1970. */
  readonly nbf?: number;
  /** When it was made, in seconds since 1970. */
  readonly iat?: number;
  /** Its own name. */
  readonly jti?: string;
  readonly [claim: string]: unknown;
}

/** A JWK Set (RFC 7517 §5), as `JSONWebKeySet` of `jose`: the public keys of an issuer. */
export interface TokenKeySet {
  readonly keys: readonly object[];
}
