import { untilAborted } from '../calls/until-aborted.js';
import { type AccessToken } from './access-token.js';
import { type TokenRequest } from './token-request.js';

/** Cards decide on scopes, and so on how many tokens there are. */
const MAX_TOKENS = 16;

/** Asks a token endpoint. */
export type FetchToken = (request: TokenRequest) => Promise<AccessToken>;

/** The access tokens of one client. */
export class TokenKeeper {
  readonly #fetch: FetchToken;
  /** The one that was used last at the end. */
  readonly #kept = new Map<string, KeptToken>();

  constructor(fetch: FetchToken) {
    this.#fetch = fetch;
  }

  /**
   * A token that is good, fetched where that is needed. The signal ends the
   * waiting, not the request: others may wait for it too.
   *
   * @param refused a token that the agent did not take
   */
  get(
    request: TokenRequest,
    refused: string | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const key = `${request.url} ${request.key}`;
    const kept =
      this.#kept.get(key) ?? new KeptToken(() => this.#fetch(request));
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_TOKENS) {
        break;
      }
      this.#kept.delete(oldest);
    }
    return kept.get(refused, signal);
  }
}

/** One token, kept until shortly before it expires, and fetched once for all who wait. */
class KeptToken {
  readonly #fetch: () => Promise<AccessToken>;
  #token: AccessToken | undefined;
  #fetching: Promise<AccessToken> | undefined;

  constructor(fetch: () => Promise<AccessToken>) {
    this.#fetch = fetch;
  }

  async get(refused: string | undefined, signal: AbortSignal): Promise<string> {
    // Of calls that were refused together, the first alone finds its token here.
    if (this.#token?.value === refused) {
      this.#token = undefined;
    }
    const kept = this.#token;
    if (kept && Date.now() < kept.refreshAt) {
      return kept.value;
    }
    try {
      const { value } = await untilAborted(() => this.#next(), signal);
      return value;
    } catch (error) {
      if (kept && !signal.aborted && Date.now() < kept.expiresAt) {
        return kept.value;
      }
      throw error;
    }
  }

  #next(): Promise<AccessToken> {
    this.#fetching ??= this.#fetchOnce().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetchOnce(): Promise<AccessToken> {
    this.#token = await this.#fetch();
    return this.#token;
  }
}
