import { type EgressPolicy, type GuardedHttp } from '@nest-a2a/egress';
import { readRemoteKeys, type TrustedKey } from '@nest-a2a/protocol';

const MAX_KEYS_BYTES = 262_144;
const FETCH_TIMEOUT_MS = 5_000;

/** After that long the keys are asked for again: one that was revoked is not to be believed for ever. */
const MAX_AGE_MS = 600_000;

/** The least time between two requests, however many webhooks come with keys that nobody knows. */
const PAUSE_MS = 30_000;

/** What a key set is fetched with. */
export interface KeySetAccess {
  readonly http: GuardedHttp;
  readonly policy: EgressPolicy;
  readonly clock: { now(): number };
}

/** What an attempt to fetch the keys came to. */
interface Fetched {
  readonly at: number;
  readonly keys?: readonly TrustedKey[];
  readonly failure?: unknown;
}

/** The keys that a sender publishes at a URL: fetched when first needed, kept, and fetched again when a key is new. */
export class RemoteKeySet {
  readonly #url: string;
  readonly #access: KeySetAccess;
  #last: Fetched | undefined;
  #pending: Promise<Fetched> | undefined;

  constructor(url: string, access: KeySetAccess) {
    this.#url = url;
    this.#access = access;
  }

  /**
   * Whether the test holds for the keys as they are published.
   *
   * @throws what the last request failed with, where there are no keys to test with
   */
  async passes(
    test: (keys: readonly TrustedKey[]) => boolean,
  ): Promise<boolean> {
    const known = await this.#keys(MAX_AGE_MS);
    if (test(known)) {
      return true;
    }
    const newer = await this.#keys(PAUSE_MS);
    return newer !== known && test(newer);
  }

  async #keys(maxAgeMs: number): Promise<readonly TrustedKey[]> {
    const { keys, failure } = await this.#fetched(maxAgeMs);
    if (keys === undefined) {
      throw failure;
    }
    return keys;
  }

  #fetched(maxAgeMs: number): Promise<Fetched> | Fetched {
    const last = this.#last;
    // A request that failed is repeated after the pause.
    const age = last?.keys ? maxAgeMs : PAUSE_MS;
    if (last && this.#access.clock.now() - last.at < age) {
      return last;
    }
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #fetch(): Promise<Fetched> {
    const at = this.#access.clock.now();
    try {
      this.#last = { at, keys: await this.#request() };
    } catch (failure) {
      this.#last = { at, failure };
    }
    return this.#last;
  }

  async #request(): Promise<readonly TrustedKey[]> {
    const { status, body, truncated } = await this.#access.http.request({
      url: this.#url,
      headers: { accept: 'application/jwk-set+json, application/json' },
      deadlineMs: FETCH_TIMEOUT_MS,
      bodyTimeoutMs: FETCH_TIMEOUT_MS,
      maxBodyBytes: MAX_KEYS_BYTES,
    });
    if (status !== 200 || truncated) {
      const reason = truncated
        ? 'the answer is too large, or broke off'
        : `HTTP ${status}`;
      throw new Error(`The key set cannot be fetched: ${reason}`);
    }
    return readRemoteKeys(JSON.parse(body.toString()), this.#url);
  }
}
