import { createGuardedHttp } from '@nest-a2a/egress';
import { type TokenKeySet } from './token-claims.js';

/** Where keys are, and what fetching them may cost. */
export interface JwksRequest {
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly certificateAuthorities: readonly string[];
}

/**
 * Fetches a JWK Set. Redirects are not followed.
 *
 * @throws EgressError where nothing answers in time
 * @throws Error for an answer that is none
 */
export async function fetchJwks({
  url,
  timeoutMs,
  maxBytes,
  certificateAuthorities,
}: JwksRequest): Promise<TokenKeySet> {
  // One for each request, which are rare: so nothing is to be closed at shutdown.
  const http = createGuardedHttp({
    trustedOrigins: [new URL(url).origin],
    certificateAuthorities,
  });
  try {
    const { status, body, truncated } = await http.request({
      url,
      headers: { accept: 'application/jwk-set+json, application/json' },
      deadlineMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
      maxBodyBytes: maxBytes,
    });
    if (status !== 200) {
      throw new Error(`The keys were answered with status ${status}`);
    }
    if (truncated) {
      throw new Error(
        `The keys have more than ${maxBytes} bytes, or broke off`,
      );
    }
    return parse(body);
  } finally {
    await http.close();
  }
}

/** What is in the answer is not for the log. */
function parse(body: Buffer): TokenKeySet {
  try {
    return JSON.parse(body.toString('utf8')) as TokenKeySet;
  } catch {
    throw new Error('The keys were answered with what is no JSON');
  }
}
