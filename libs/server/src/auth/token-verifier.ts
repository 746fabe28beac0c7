import {
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  type JWTVerifyResult,
} from 'jose';
import { type Authenticated, type Rejected } from '../access/authenticator.js';
import { AuthenticationSetupError } from './authentication.errors.js';
import { type JosePackage, loadJose } from './jose-package.js';
import { fetchJwks } from './jwks-request.js';
import { type JwtSettings } from './jwt-options.js';
import { RemoteKeys } from './remote-keys.js';
import { type TokenClaims, type TokenKeySet } from './token-claims.js';

/** What is longer is no token. */
const MAX_TOKEN_LENGTH = 16_384;

/** What errors of `jose` about a token are called in the audit log. */
const REASONS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'expired',
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature',
  ERR_JWKS_NO_MATCHING_KEY: 'unknown-key',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'ambiguous-key',
};

/** What callers are told (RFC 6750 §3.1): that their token is no good, and no more than they can see themselves. */
const INVALID_TOKEN = Object.freeze({ error: 'invalid_token' });
const EXPIRED_TOKEN = Object.freeze({
  ...INVALID_TOKEN,
  error_description: 'The access token expired',
});

/** Checks tokens: signature, issuer, audience and time (RFC 7519 §7.2, RFC 8725). */
export class TokenVerifier {
  private opened: Promise<void> | undefined;
  private jose!: JosePackage;
  private key!: JWTVerifyGetKey | Uint8Array;

  constructor(private readonly settings: JwtSettings) {}

  /** Loads what is needed. @throws AuthenticationSetupError */
  open(): Promise<void> {
    this.opened ??= this.prepare();
    return this.opened;
  }

  /** @throws A2AError `UNAVAILABLE` where the keys cannot be had */
  async verify(token: string): Promise<Authenticated | Rejected> {
    await this.open();
    const foreign = this.foreign(token);
    if (foreign !== undefined) {
      return { ...reject(foreign), mayBeOthers: true };
    }
    let claims: TokenClaims;
    try {
      claims = (await this.verified(token)).payload;
    } catch (error) {
      return rejection(error);
    }
    const { principalOf, scopesOf = scopesIn } = this.settings;
    const principal: unknown = principalOf ? principalOf(claims) : claims.sub;
    return typeof principal === 'string' && principal !== ''
      ? { principal, scopes: scopesOf(claims), user: claims }
      : reject('sub');
  }

  /** Why a token is not for us to judge, before any key is asked for. */
  private foreign(token: string): string | undefined {
    if (token.length > MAX_TOKEN_LENGTH) {
      return 'malformed';
    }
    try {
      const { iss = '' } = this.jose.decodeJwt(token);
      return this.settings.issuers.includes(iss) ? undefined : 'iss';
    } catch (error) {
      void error; // It may be a token of another kind.
      return 'malformed';
    }
  }

  private verified(token: string): Promise<JWTVerifyResult> {
    const { issuers, audiences, algorithms, type } = this.settings;
    const options = {
      issuer: [...issuers],
      audience: [...audiences],
      algorithms: [...algorithms],
      clockTolerance: this.settings.clockToleranceSec,
      // What never ends could not be taken back.
      requiredClaims: ['exp'],
      ...(type !== undefined && { typ: type }),
    };
    const { key } = this;
    return typeof key === 'function'
      ? this.jose.jwtVerify(token, key, options)
      : this.jose.jwtVerify(token, key, options);
  }

  private async prepare(): Promise<void> {
    this.jose = await loadJose();
    const { secret, keys, jwksUrl: url = '' } = this.settings;
    const { timeoutMs, maxBytes, certificateAuthorities = [] } = this.settings;
    if (secret !== undefined) {
      this.key = new Uint8Array(Buffer.from(secret));
    } else if (typeof keys === 'object') {
      this.key = this.localKeys(keys);
    } else {
      const request = { url, timeoutMs, maxBytes, certificateAuthorities };
      this.key = this.remoteKeys(keys ?? (() => fetchJwks(request)));
    }
  }

  /** @throws AuthenticationSetupError `INVALID_KEYS` */
  private localKeys(keys: TokenKeySet): JWTVerifyGetKey {
    try {
      const set = toJose(keys);
      const find = this.jose.createLocalJWKSet(set);
      if (set.keys.some(({ d, k }) => d !== undefined || k !== undefined)) {
        throw new TypeError('They must be public keys');
      }
      return find;
    } catch (error) {
      throw new AuthenticationSetupError(
        'INVALID_KEYS',
        'The option "keys" of jwtBearer() must be a JWK Set of public keys',
        error,
      );
    }
  }

  private remoteKeys(load: () => Promise<TokenKeySet>): JWTVerifyGetKey {
    const { createLocalJWKSet, errors } = this.jose;
    const keys = new RemoteKeys(
      async () => createLocalJWKSet(toJose(await load())),
      this.settings,
      (error) => error instanceof errors.JWKSNoMatchingKey,
    );
    return keys.get;
  }
}

/** Whatever it is, `jose` looks at it. */
function toJose(keys: TokenKeySet): JSONWebKeySet {
  return keys as JSONWebKeySet;
}

/**
 * What a failed verification means.
 *
 * @throws what says nothing about the token
 */
function rejection(error: unknown): Rejected {
  const { code, claim } = (error ?? {}) as { code?: unknown; claim?: unknown };
  if (typeof code !== 'string' || !code.startsWith('ERR_J')) {
    throw error;
  }
  return code === 'ERR_JWT_CLAIM_VALIDATION_FAILED'
    ? reject(String(claim))
    : reject(REASONS[code] ?? 'malformed');
}

function reject(rejected: string): Rejected {
  const params = rejected === 'expired' ? EXPIRED_TOKEN : INVALID_TOKEN;
  return { rejected, params };
}

/** The scopes of a token: a text with spaces (RFC 8693 §4.2), or the list that some issuers make of it. */
function scopesIn({ scope, scp }: TokenClaims): string[] {
  const given = scope ?? scp ?? '';
  const list: unknown[] = [given].flat();
  return list
    .filter((entry) => typeof entry === 'string')
    .flatMap((entry) => entry.split(' '))
    .filter((entry) => entry !== '');
}
