import {
  createGuardedHttp,
  type EgressPolicy,
  type GuardedHttp,
  type GuardedResponse,
  type ResolveHost,
} from '@nest-a2a/egress';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { fromEgressFailure } from '../http/egress-failure.js';
import { type AccessToken, parseAccessToken } from './access-token.js';
import { type TokenRequest } from './token-request.js';

const MAX_ANSWER_BYTES = 65_536;
const TIMEOUT_MS = 15_000;
const BODY_TIMEOUT_MS = 5_000;

/** Those of RFC 6749 §5.2 and RFC 8707 §2. Others are not repeated: they could be anything, the secret too. */
const KNOWN_ERRORS: readonly unknown[] = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
];

/** Where tokens may come from. */
export interface TokenReach {
  readonly policy: EgressPolicy;
  /** Origins that may get credentials. */
  readonly credentialOrigins: readonly string[];
  /** What the caller has named. */
  readonly tokenUrls: readonly string[];
  /** @default the resolver of the operating system */
  readonly resolve?: ResolveHost | undefined;
}

/** Asks token endpoints (RFC 6749 §3.2): guarded, never redirected, each time on a connection of its own. */
export class TokenEndpoint {
  readonly #http: GuardedHttp;
  readonly #credentialOrigins: readonly string[];

  /** @throws TypeError for a URL of the caller that would send the secret in clear text */
  constructor({ policy, credentialOrigins, tokenUrls, resolve }: TokenReach) {
    const origins = tokenUrls.map((url) => new URL(url).origin);
    for (const origin of origins) {
      if (!origin.startsWith('https:') && !credentialOrigins.includes(origin)) {
        throw new TypeError(
          'tokenUrl must be https; credentialOrigins opens an http origin, for development',
        );
      }
    }
    this.#credentialOrigins = credentialOrigins;
    this.#http = createGuardedHttp({
      policy,
      trustedOrigins: [...credentialOrigins, ...origins],
      ...(resolve && { resolve }),
    });
  }

  /** @throws A2AClientError `token-unavailable`, `not-allowed` */
  async fetch(request: TokenRequest): Promise<AccessToken> {
    this.#assertTrusted(request);
    const requestedAt = Date.now();
    const response = await this.#ask(request);
    const answer = jsonOf(response);
    if (response.status !== 200) {
      throw refused(response, answer);
    }
    const token = parseAccessToken(answer, requestedAt);
    if (!token) {
      throw unavailable('answered no bearer token', response.status);
    }
    return token;
  }

  /** Fails requests that are under way. Idempotent. */
  close(): Promise<void> {
    return this.#http.close();
  }

  #assertTrusted({ url, isOfCard }: TokenRequest): void {
    const { origin } = new URL(url);
    if (isOfCard && !this.#credentialOrigins.includes(origin)) {
      throw new A2AClientError(
        'not-allowed',
        `The card names a token endpoint at ${origin}, which gets no secret unless the caller names it: by tokenUrl, or in credentialOrigins`,
      );
    }
  }

  async #ask({
    url,
    body,
    authorization,
  }: TokenRequest): Promise<GuardedResponse> {
    try {
      return await this.#http.request({
        method: 'POST',
        url,
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          Accept: 'application/json',
          ...(authorization !== undefined && { Authorization: authorization }),
        },
        body,
        deadlineMs: TIMEOUT_MS,
        bodyTimeoutMs: BODY_TIMEOUT_MS,
        maxBodyBytes: MAX_ANSWER_BYTES,
      });
    } catch (error) {
      const { code, cause } = fromEgressFailure(error);
      throw new A2AClientError(
        code === 'not-allowed' ? code : 'token-unavailable',
        `The token endpoint cannot be reached: ${(cause as Error).message}`,
        { cause },
      );
    }
  }
}

function jsonOf({ body, truncated }: GuardedResponse): unknown {
  if (truncated) {
    return undefined;
  }
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    // What it says would repeat parts of the body.
    return undefined;
  }
}

function refused({ status }: GuardedResponse, answer: unknown): A2AClientError {
  const { error } = (answer ?? {}) as { error?: unknown };
  const reason = KNOWN_ERRORS.includes(error) ? `: ${String(error)}` : '';
  return unavailable(`answered HTTP ${status}${reason}`, status);
}

function unavailable(what: string, status: number): A2AClientError {
  return new A2AClientError('token-unavailable', `The token endpoint ${what}`, {
    status,
  });
}
