import {
  createSigningKey,
  type Jwk,
  type SigningKey,
  newKeyPair,
} from '@nest-a2a/protocol';
import {
  isStoreError,
  type StoredSecret,
  type TaskStore,
} from '@nest-a2a/store';
import { type AlarmLog } from '../../hooks/alarm-log.js';
import { type SecretBox, UnopenedSecretError } from '../secret-box.js';
import {
  type ActiveKeys,
  activeKeys,
  livingKeys,
  settledKey,
} from './active-keys.js';

const PURPOSE = 'webhook-signing';

/** How long keys are used before they are read again: so late an instance learns of a rotation by another. */
const FRESH_MS = 60_000;

/** How long they are used once more where the store is away. */
const STALE_MS = 5_000;

/** What {@link StoredKeys} work with. */
export interface StoredKeysParts {
  readonly store: TaskStore;
  readonly box: SecretBox;
  readonly overlapMs: number;
  readonly alarms: AlarmLog;
}

/** A key as far as it could be opened. */
interface OpenedKey {
  readonly id: string;
  readonly createdAt: number;
  readonly key: SigningKey | undefined;
}

/**
 * Keys of Ed25519 in the store, shared by all instances. The first one that
 * needs a key makes it. They are opened once and kept; the list is read again
 * once a minute.
 */
export class StoredKeys {
  private readonly opened = new Map<string, SigningKey>();
  private active:
    { readonly keys: ActiveKeys; readonly until: number } | undefined;
  private loading: Promise<ActiveKeys> | undefined;
  private isRenewed = false;

  constructor(private readonly parts: StoredKeysParts) {}

  /** @throws WebhookSigningError `KEYS_NOT_OPENED`, StoreError */
  async current(): Promise<ActiveKeys> {
    const { active } = this;
    if (active && this.parts.store.now() < active.until) {
      return active.keys;
    }
    try {
      return await this.reload();
    } catch (error) {
      if (!active || !isStoreError(error, 'UNAVAILABLE')) {
        throw error;
      }
      const until = this.parts.store.now() + STALE_MS;
      this.active = { keys: active.keys, until };
      return active.keys;
    }
  }

  /** Adds a key; of several that do so at the same time one. @returns the id of the newest */
  async rotate(revokesOld: boolean): Promise<string | undefined> {
    const { secrets } = this.parts.store;
    const before = await secrets.list(PURPOSE);
    await this.add(before.at(-1)?.id);
    const after = await secrets.list(PURPOSE);
    const newest = after.at(-1)?.id;
    const old = after.filter(({ id }) => id !== newest);
    await this.remove(revokesOld ? old : []);
    // What is being read may be from before.
    await this.loading?.catch(() => undefined);
    await this.reload();
    return newest;
  }

  private reload(): Promise<ActiveKeys> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async load(): Promise<ActiveKeys> {
    const { store, overlapMs } = this.parts;
    const all = await this.listOrCreate();
    await this.renewOnce(all);
    const times = { now: store.now(), overlapMs };
    const living = livingKeys(all, times);
    await this.remove(all.filter((one) => !living.includes(one)));
    const opened = living.map((secret) => this.open(secret));
    this.forgetOthers(living);
    const usable = opened.filter(({ key }) => key !== undefined);
    const keys = activeKeys(
      usable.flatMap(({ key }) => key ?? []),
      settledKey(usable, times)?.key,
    );
    this.active = { keys, until: store.now() + FRESH_MS };
    return keys;
  }

  private async listOrCreate(): Promise<readonly StoredSecret[]> {
    const { secrets } = this.parts.store;
    const found = await secrets.list(PURPOSE);
    if (found.length > 0) {
      return found;
    }
    await this.add(undefined);
    return secrets.list(PURPOSE);
  }

  private async add(after: string | undefined): Promise<void> {
    const { store, box } = this.parts;
    const { privateKey } = newKeyPair('ed25519');
    const { kid: id } = createSigningKey({ key: privateKey });
    const jwk = privateKey.export({ format: 'jwk' });
    await store.secrets.add({
      purpose: PURPOSE,
      id,
      sealed: box.seal(jwk, sealName(id)),
      ...(after !== undefined && { after }),
    });
  }

  /** Once in the life of a process: while one that seals with another key is replaced, each would undo what the other does. */
  private async renewOnce(all: readonly StoredSecret[]): Promise<void> {
    if (this.isRenewed) {
      return;
    }
    const { store, box } = this.parts;
    for (const { id, sealed } of all) {
      const renewed = box.renew(sealed, sealName(id));
      if (renewed) {
        await store.secrets.reseal({ purpose: PURPOSE, id, sealed: renewed });
      }
    }
    this.isRenewed = true;
  }

  private async remove(secrets: readonly StoredSecret[]): Promise<void> {
    for (const { id } of secrets) {
      await this.parts.store.secrets.remove({ purpose: PURPOSE, id });
    }
  }

  private open({ id, sealed, createdAt }: StoredSecret): OpenedKey {
    const key = this.opened.get(id) ?? this.unseal(id, sealed);
    if (key) {
      this.opened.set(id, key);
    }
    return { id, createdAt, key };
  }

  private unseal(id: string, sealed: Uint8Array): SigningKey | undefined {
    try {
      const jwk = this.parts.box.open(sealed, sealName(id)) as Jwk;
      return createSigningKey({ key: jwk, kid: id });
    } catch (error) {
      if (!(error instanceof UnopenedSecretError)) {
        throw error;
      }
      this.parts.alarms.error(
        error.code,
        `The key ${id} does not sign webhooks: it was sealed with another key. Was push.encryptionKey changed?`,
      );
      return undefined;
    }
  }

  private forgetOthers(living: readonly StoredSecret[]): void {
    for (const id of this.opened.keys()) {
      if (!living.some((secret) => secret.id === id)) {
        this.opened.delete(id);
      }
    }
  }
}

/** Not that of a webhook, which has two parts. */
function sealName(id: string): string {
  return JSON.stringify([PURPOSE, 'key', id]);
}
