import {
  type AgentCardSignatureError,
  isAgentCardSignatureError,
  keyUrlsOf,
  readRemoteKeys,
  readTrustedKeys,
  type TrustedKey,
  type TrustedKeys,
  type VerifiedAgentCard,
  verifyAgentCard,
} from '@nest-a2a/protocol';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { type AgentHttp } from '../http/agent-http.js';
import { isSuccess, readAnswer } from '../http/answer.js';

const MAX_KEYS_BYTES = 262_144;

/** How much of its signatures a card has to show. */
export type CardSignaturePolicy = 'off' | 'verify-if-present' | 'require';

const POLICIES: readonly CardSignaturePolicy[] = [
  'off',
  'verify-if-present',
  'require',
];

/** How a client makes sure where a card comes from (A2A §8.4.3). */
export interface CardVerificationOptions {
  /** The keys that are trusted. @default none */
  readonly keys?: TrustedKeys | undefined;

  /**
   * URLs of JWK sets that are trusted: the keys of a signature that names one
   * of them (`jku`) are fetched there, over https unless `allowHttp` is on, and
   * within the policy for destinations. No other URL is ever fetched.
   * @default []
   */
  readonly jku?: readonly string[] | undefined;

  /**
   * What is asked of a card: nothing (`off`), that its signatures are good if it
   * has some (`verify-if-present`), or that it has some too (`require`).
   * @default 'require'
   */
  readonly policy?: CardSignaturePolicy | undefined;
}

/** What a verifier reaches the trusted URLs with. */
export interface KeyAccess {
  readonly http: AgentHttp;
  readonly isHttpAllowed: boolean;
}

/** Verifies a card as it was received; resolves with what to believe of it. */
export type CardVerifier = (
  received: unknown,
  signal: AbortSignal,
) => Promise<unknown>;

/**
 * Makes the verifier of a client; `undefined` where nothing is asked of a card.
 *
 * @throws TypeError where nothing is trusted, or what is given is no key or no URL
 */
export function createCardVerifier(
  { keys = [], jku = [], policy = 'require' }: CardVerificationOptions,
  access: KeyAccess,
): CardVerifier | undefined {
  if (!POLICIES.includes(policy)) {
    throw new TypeError(
      `verifyCard.policy must be one of ${POLICIES.join(', ')}`,
    );
  }
  if (policy === 'off') {
    return undefined;
  }
  const trusted = trustedKeysOf(keys);
  const urls = new Set(jku.map((url) => keyUrlOf(url, access)));
  if (trusted.length === 0 && urls.size === 0) {
    throw new TypeError('verifyCard must trust a key, or a URL in jku');
  }
  return async (received, signal) => {
    try {
      const verified = await verify(received, trusted, async () =>
        fetchKeys(listed(received, urls), access.http, signal),
      );
      const { signatures } = received as { signatures: unknown };
      return { ...verified.content, signatures };
    } catch (error) {
      if (!isAgentCardSignatureError(error)) {
        throw error;
      }
      if (error.code === 'not-signed' && policy === 'verify-if-present') {
        return received;
      }
      throw notTrusted(error);
    }
  };
}

/** The keys at hand first: what they can verify needs no network. */
async function verify(
  received: unknown,
  trusted: readonly TrustedKey[],
  fetchRemote: () => Promise<TrustedKey[]>,
): Promise<VerifiedAgentCard> {
  try {
    return verifyAgentCard(received, { keys: [], remoteKeys: trusted });
  } catch (error) {
    const isHopeless =
      isAgentCardSignatureError(error) && error.code === 'invalid-card';
    const remote = isHopeless ? [] : await fetchRemote();
    // What is said here about a key counts: it may be revoked here and not there.
    const unknown = remote.filter(
      ({ key }) => !trusted.some((known) => known.key.equals(key)),
    );
    if (unknown.length === 0) {
      throw error;
    }
    const remoteKeys = [...trusted, ...unknown];
    return verifyAgentCard(received, { keys: [], remoteKeys });
  }
}

function listed(received: unknown, urls: ReadonlySet<string>): string[] {
  return keyUrlsOf(received).filter(
    (url) => URL.canParse(url) && urls.has(new URL(url).href),
  );
}

async function fetchKeys(
  urls: readonly string[],
  http: AgentHttp,
  signal: AbortSignal,
): Promise<TrustedKey[]> {
  const keys: TrustedKey[] = [];
  for (const url of urls) {
    keys.push(...(await fetchKeySet(url, http, signal)));
  }
  return keys;
}

async function fetchKeySet(
  url: string,
  http: AgentHttp,
  signal: AbortSignal,
): Promise<TrustedKey[]> {
  http.assertAllowed(url);
  const response = await http.send({
    method: 'GET',
    url,
    headers: { Accept: 'application/jwk-set+json, application/json' },
    signal,
  });
  const { status, body } = await readAnswer(response, MAX_KEYS_BYTES);
  if (!isSuccess(status)) {
    throw new A2AClientError(
      'card-not-trusted',
      `The keys of the agent card cannot be fetched: HTTP ${status}`,
      { status },
    );
  }
  return readRemoteKeys(body, url);
}

function trustedKeysOf(keys: TrustedKeys): TrustedKey[] {
  try {
    return readTrustedKeys(keys);
  } catch (cause) {
    const { message } = cause as AgentCardSignatureError;
    throw new TypeError(`verifyCard.keys: ${message}`, { cause });
  }
}

function keyUrlOf(url: string, { isHttpAllowed }: KeyAccess): string {
  const schemes = isHttpAllowed ? ['https:', 'http:'] : ['https:'];
  if (!URL.canParse(url) || !schemes.includes(new URL(url).protocol)) {
    throw new TypeError('verifyCard.jku must be absolute https URLs');
  }
  return new URL(url).href;
}

function notTrusted(cause: AgentCardSignatureError): A2AClientError {
  return new A2AClientError(
    'card-not-trusted',
    `The agent card is not trusted: ${cause.message}`,
    { cause },
  );
}
