import { type SchemeOptions } from './scheme-settings.js';
import { type TokenClaims, type TokenKeySet } from './token-claims.js';

/** Options of {@link jwtBearer}. Keys come from one of `jwksUrl`, `keys` and `secret`. */
export interface JwtBearerOptions extends SchemeOptions {
  /** Who makes the tokens: `iss` must be one of these. */
  readonly issuer: string | readonly string[];
  /** Whom the tokens are for: `aud` must have one of these. */
  readonly audience: string | readonly string[];
  /** Where the issuer publishes its keys: https, or http on this machine. */
  readonly jwksUrl?: string;
  /** The keys themselves, or a function that gets them, for example through a proxy; it is asked as seldom as `jwksUrl` is. */
  readonly keys?: TokenKeySet | (() => Promise<TokenKeySet>);
  /** What is shared with the issuer, at least 32 bytes, for HMAC. */
  readonly secret?: string | Uint8Array;
  /** @default all of RSA, ECDSA and EdDSA that `jose` has; HS256 with `secret` */
  readonly algorithms?: readonly string[];
  /** Which type the header must name, such as `at+jwt` (RFC 9068). @default any */
  readonly type?: string;
  /** What a token may do. @default the claim `scope`, else `scp` */
  readonly scopesOf?: (claims: TokenClaims) => readonly string[];
  /** Who owns what the caller creates. @default the claim `sub` */
  readonly principalOf?: (claims: TokenClaims) => string;
  /** By how much clocks may differ, in seconds. @default 5 */
  readonly clockToleranceSec?: number;
  /** Name of the scheme on the card. @default 'bearer' */
  readonly name?: string;
  /** `http:` elsewhere than on this machine. @default false */
  readonly allowHttp?: boolean;
  /** Authorities that `jwksUrl` may be certified by besides those of Node.js, in PEM. @default none */
  readonly certificateAuthorities?: readonly string[];
  /** How long keys are used before they are asked for again, in milliseconds. @default 10 minutes */
  readonly cacheMs?: number;
  /** How much longer they are used while they cannot be had. @default 1 hour */
  readonly staleMs?: number;
  /** Keys are not asked for more often, also for tokens that name an unknown one. @default 30000 */
  readonly cooldownMs?: number;
  /** Time for one request for keys. @default 5000 */
  readonly timeoutMs?: number;
  /** Size of the answer. @default 256 KiB */
  readonly maxBytes?: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** What has a default. */
type Defaulted = Required<
  Pick<
    JwtBearerOptions,
    | 'name'
    | 'clockToleranceSec'
    | 'cacheMs'
    | 'staleMs'
    | 'cooldownMs'
    | 'timeoutMs'
    | 'maxBytes'
  >
>;

const JWT_DEFAULTS: Defaulted = Object.freeze({
  name: 'bearer',
  clockToleranceSec: 5,
  cacheMs: 10 * MINUTE,
  staleMs: 60 * MINUTE,
  cooldownMs: 30 * SECOND,
  timeoutMs: 5 * SECOND,
  maxBytes: 262_144,
});

const HMAC = ['HS256', 'HS384', 'HS512'];
const PUBLIC_KEY = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

const LEAST_SECRET_BYTES = 32;

/** Options that have been checked. */
export type JwtSettings = JwtBearerOptions &
  Defaulted & {
    readonly issuers: readonly string[];
    readonly audiences: readonly string[];
    readonly algorithms: readonly string[];
  };

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError
 */
export function readJwtOptions(options: JwtBearerOptions): JwtSettings {
  const given = Object.entries(options).filter(
    ([, value]: [string, unknown]) => value !== undefined,
  );
  const settings = {
    ...JWT_DEFAULTS,
    ...(Object.fromEntries(given) as unknown as JwtBearerOptions),
  };
  assertNumbers(settings);
  assertOneSource(options);
  return {
    ...settings,
    issuers: texts(options.issuer, 'issuer'),
    audiences: texts(options.audience, 'audience'),
    algorithms: algorithmsOf(options),
  };
}

function texts(value: string | readonly string[], name: string): string[] {
  const list = [value].flat();
  if (
    list.length === 0 ||
    !list.every((text) => typeof text === 'string' && text !== '')
  ) {
    throw new TypeError(`${name} must be a text, or several, and not empty`);
  }
  return list;
}

function assertNumbers(settings: Defaulted): void {
  const { name: _name, ...numbers } = JWT_DEFAULTS;
  for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) {
    if (!(Number(settings[name]) >= 0)) {
      throw new TypeError(`${name} must be a number that is not negative`);
    }
  }
}

function assertOneSource({
  jwksUrl,
  keys,
  secret,
  allowHttp = false,
}: JwtBearerOptions): void {
  const sources = [jwksUrl, keys, secret].filter(
    (source) => source !== undefined,
  );
  if (sources.length !== 1) {
    throw new TypeError('One of jwksUrl, keys and secret must be given');
  }
  if (jwksUrl !== undefined) {
    assertUrl(jwksUrl, allowHttp);
  }
  if (
    secret !== undefined &&
    Buffer.from(secret).byteLength < LEAST_SECRET_BYTES
  ) {
    throw new TypeError(
      `secret must have at least ${LEAST_SECRET_BYTES} bytes`,
    );
  }
}

/** Who can change keys on their way can be anybody. */
function assertUrl(text: string, allowHttp: boolean): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(
    url?.hostname ?? '',
  );
  const isPlain = url?.protocol === 'http:' && (isLocal || allowHttp);
  if (url?.protocol !== 'https:' && !isPlain) {
    throw new TypeError(
      'jwksUrl must be an https URL, or need allowHttp: true',
    );
  }
}

/**
 * Algorithms and keys belong together: a public key must never be taken for a
 * secret that anybody can sign with.
 */
function algorithmsOf({ algorithms, secret }: JwtBearerOptions): string[] {
  const allowed = secret === undefined ? PUBLIC_KEY : HMAC;
  const wanted = algorithms ?? (secret === undefined ? PUBLIC_KEY : ['HS256']);
  if (wanted.length === 0 || !wanted.every((one) => allowed.includes(one))) {
    const which = secret === undefined ? 'jwksUrl and keys' : 'secret';
    throw new TypeError(
      `algorithms must be some of ${allowed.join(', ')} with ${which}`,
    );
  }
  return [...wanted];
}
