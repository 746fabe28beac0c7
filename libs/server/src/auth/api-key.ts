import { type ApiKeySecurityScheme } from '@nest-a2a/protocol';
import {
  type Authenticated,
  type Authenticator,
  type CredentialRequest,
  type Rejected,
} from '../access/authenticator.js';
import { digestOf, findByDigest, readDigest } from './api-key-digests.js';
import { cookieOf, headerOf, queryOf } from './request-credentials.js';
import { type SchemeOptions, schemeSettings } from './scheme-settings.js';

/** The keys of one principal, and what they may do. */
export interface ApiKeyHolder {
  /** Each is a key of at least 16 characters, or `sha256:` and its digest in hexadecimal. Several while one is replaced. */
  readonly keys: string | readonly string[];
  /** @default none */
  readonly scopes?: readonly string[];
}

/** A key that somebody has sent. */
export interface PresentedApiKey {
  /** Its SHA-256, in hexadecimal: what a table of keys should hold and be asked for. */
  readonly sha256: string;
  /** The key itself. Not to be logged or kept. */
  readonly value: string;
}

/**
 * Answers whose key it is, `undefined` for nobody's. What it throws is the
 * answer where it is an A2AError or an exception of Nest, else an internal error.
 */
export type ApiKeyResolver = (
  key: PresentedApiKey,
) => Authenticated | undefined | Promise<Authenticated | undefined>;

/** Options of {@link apiKey}. */
export interface ApiKeyOptions extends SchemeOptions {
  /** Name of the header, query parameter or cookie, such as `X-API-Key`. */
  readonly name: string;
  /** Over gRPC a header is metadata of that name; there is no query. @default 'header' */
  readonly in?: ApiKeySecurityScheme['location'];
  /**
   * The keys by their principals: each a key of at least 16 characters, or
   * `sha256:` and its digest in hexadecimal. Or a function that finds whose a key is.
   */
  readonly keys:
    Readonly<Record<string, string | ApiKeyHolder>> | ApiKeyResolver;
  /** Name of the scheme on the card. @default 'apiKey' */
  readonly schemeName?: string;
}

/** How to find a key in a request. */
const READERS = { header: headerOf, query: queryOf, cookie: cookieOf };

/**
 * Callers say who they are by a key that they share with the application.
 *
 * @throws TypeError for options that cannot be
 */
export function apiKey(options: ApiKeyOptions): Authenticator {
  const { name, in: location = 'header', keys, schemeName } = options;
  if (typeof name !== 'string' || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
    throw new TypeError('name must be a name of a header or parameter');
  }
  if (!Object.hasOwn(READERS, location)) {
    throw new TypeError("in must be 'header', 'query' or 'cookie'");
  }
  const read = READERS[location];
  const find = typeof keys === 'function' ? askFor(keys) : tableOf(keys);
  const authenticate = async (
    request: CredentialRequest,
  ): Promise<Authenticated | Rejected | undefined> => {
    const key = read(request, name);
    if (key === undefined) {
      return undefined;
    }
    return (await find(key)) ?? { rejected: 'unknown-key' };
  };
  const settings = schemeSettings(schemeName ?? 'apiKey', options, {
    scheme: { apiKeySecurityScheme: { location, name } },
    challenge: ['ApiKey', { in: location, name }],
  });
  return { ...settings, authenticate };
}

/** Looks keys up in the options. */
function tableOf(
  holders: Readonly<Record<string, string | ApiKeyHolder>>,
): (key: string) => Authenticated | undefined {
  const entries = Object.entries(holders).flatMap(([principal, given]) => {
    const { keys, scopes = [] } =
      typeof given === 'string' ? { keys: given } : given;
    return [keys].flat().map((key) => ({
      digest: readDigest(key),
      holder: { principal, scopes },
    }));
  });
  const digests = new Set(entries.map(({ digest }) => digest.toString('hex')));
  if (entries.length === 0 || digests.size < entries.length) {
    throw new TypeError('keys must hold at least one key, and none twice');
  }
  if (entries.some(({ holder }) => holder.principal === '')) {
    throw new TypeError('keys must not have an empty principal');
  }
  return (key) => findByDigest(entries, digestOf(key))?.holder;
}

function askFor(
  resolver: ApiKeyResolver,
): (key: string) => ReturnType<ApiKeyResolver> {
  return (value) =>
    resolver({ sha256: digestOf(value).toString('hex'), value });
}
