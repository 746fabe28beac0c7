import { type Clock } from '../clock.js';
import {
  type NewSecret,
  type SecretName,
  type SecretStore,
  type StoredSecret,
} from '../secrets/secret-store.js';

/** The secrets of an application, in the memory of its process. */
export class MemorySecretStore implements SecretStore {
  private readonly purposes = new Map<string, readonly StoredSecret[]>();

  constructor(private readonly clock: Clock) {}

  async list(purpose: string): Promise<readonly StoredSecret[]> {
    return this.of(purpose).map(copyOf);
  }

  async add({ purpose, id, sealed, after }: NewSecret): Promise<boolean> {
    const all = this.of(purpose);
    if (all.at(-1)?.id !== after || all.some((one) => one.id === id)) {
      return false;
    }
    const createdAt = this.clock.now();
    this.purposes.set(purpose, [...all, copyOf({ id, sealed, createdAt })]);
    return true;
  }

  async reseal({
    sealed,
    ...name
  }: SecretName & { readonly sealed: Uint8Array }): Promise<boolean> {
    return this.change(name, (secret) => [copyOf({ ...secret, sealed })]);
  }

  async remove(name: SecretName): Promise<boolean> {
    return this.change(name, () => []);
  }

  private change(
    { purpose, id }: SecretName,
    change: (secret: StoredSecret) => readonly StoredSecret[],
  ): boolean {
    const all = this.of(purpose);
    const changed = all.flatMap((one) => (one.id === id ? change(one) : [one]));
    this.purposes.set(purpose, changed);
    return all.some((one) => one.id === id);
  }

  private of(purpose: string): readonly StoredSecret[] {
    return this.purposes.get(purpose) ?? [];
  }
}

function copyOf({ id, sealed, createdAt }: StoredSecret): StoredSecret {
  return { id, sealed: Uint8Array.from(sealed), createdAt };
}
