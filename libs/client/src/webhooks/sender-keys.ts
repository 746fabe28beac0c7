import { admitUrl } from '@nest-a2a/egress';
import { readTrustedKeys, type TrustedKey } from '@nest-a2a/protocol';
import { type KeySetAccess, RemoteKeySet } from './remote-key-set.js';
import { WebhookError } from './webhook-error.js';
import { type SenderKeys } from './webhook-receiver-options.js';

/** The key sets that a receiver fetches, one for each URL. */
export class RemoteKeySets {
  readonly #sets = new Map<string, RemoteKeySet>();
  readonly #access: KeySetAccess;

  constructor(access: KeySetAccess) {
    this.#access = access;
  }

  /** @throws EgressError for a URL that must not be fetched */
  at(url: string): RemoteKeySet {
    admitUrl(url, this.#access.policy);
    const set = this.#sets.get(url) ?? new RemoteKeySet(url, this.#access);
    this.#sets.set(url, set);
    return set;
  }
}

/** The public keys that senders are known by: those at hand, and those that are published. */
export class KeyRing {
  readonly #given: readonly TrustedKey[];
  readonly #remote: readonly RemoteKeySet[];

  /** @throws TypeError for what is no key or no URL */
  constructor(
    { keys = [], jwksUrl = [] }: SenderKeys,
    { name, remote }: { name: string; remote: RemoteKeySets },
  ) {
    this.#given = readGiven(keys, name);
    this.#remote = [jwksUrl].flat().map((url) => openRemote(url, name, remote));
  }

  /** Those at hand. */
  get given(): readonly TrustedKey[] {
    return this.#given;
  }

  get isEmpty(): boolean {
    return this.#given.length + this.#remote.length === 0;
  }

  /**
   * Whether the test holds for the keys at hand, or for a published set.
   *
   * @throws WebhookError `keys-unavailable` where that is not known
   */
  async passes(
    test: (keys: readonly TrustedKey[]) => boolean,
  ): Promise<boolean> {
    // What the keys at hand can verify needs no network.
    if (test(this.#given)) {
      return true;
    }
    const failures: unknown[] = [];
    for (const set of this.#remote) {
      const passed = await set.passes(test).catch((error: unknown) => {
        failures.push(error);
        return false;
      });
      if (passed) {
        return true;
      }
    }
    if (failures.length > 0) {
      throw new WebhookError(
        'keys-unavailable',
        'The keys of the sender of a webhook cannot be fetched',
        { cause: failures[0] },
      );
    }
    return false;
  }
}

function readGiven(keys: NonNullable<SenderKeys['keys']>, name: string) {
  try {
    return readTrustedKeys(keys);
  } catch (cause) {
    const { message } = cause as Error;
    throw new TypeError(`${name}.keys: ${message}`, { cause });
  }
}

function openRemote(
  url: string,
  name: string,
  remote: RemoteKeySets,
): RemoteKeySet {
  try {
    return remote.at(url);
  } catch (cause) {
    const { message } = cause as Error;
    throw new TypeError(
      `${name}.jwksUrl: ${message}. The option egress opens more, such as allowHttp and allowPrivateNetworks for development.`,
      { cause },
    );
  }
}
