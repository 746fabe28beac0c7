/** A secret that all instances share, such as a key that signs. */
export interface StoredSecret {
  /** Unique among those of its purpose. */
  readonly id: string;
  /** Encrypted: a store never sees it. */
  readonly sealed: Uint8Array;
  /** When it was added, by the store's clock, milliseconds. */
  readonly createdAt: number;
}

/** A secret on its way into the store. */
export interface NewSecret {
  /** What it is for, such as `webhook-signing`: each purpose has a list of its own. */
  readonly purpose: string;
  readonly id: string;
  readonly sealed: Uint8Array;
  /** The newest that the caller knows; missing where it knows of none. */
  readonly after?: string;
}

/** Which secret. */
export interface SecretName {
  readonly purpose: string;
  readonly id: string;
}

/**
 * A few secrets of the application itself, the same for all its instances. They
 * belong to no task and to no tenant.
 */
export interface SecretStore {
  /** All for a purpose, the oldest first. */
  list(purpose: string): Promise<readonly StoredSecret[]>;

  /**
   * Adds one, unless another was added behind the newest that the caller knows,
   * or has gone: so many instances that want one at the same time end up with one.
   *
   * @returns whether it was added
   */
  add(secret: NewSecret): Promise<boolean>;

  /** Puts other bytes in the place of those of one: the same secret, sealed anew. @returns whether it was there */
  reseal(
    secret: SecretName & { readonly sealed: Uint8Array },
  ): Promise<boolean>;

  /** Removes one for good. @returns whether it was there */
  remove(secret: SecretName): Promise<boolean>;
}
