import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type AuthenticationInfo } from '@nest-a2a/protocol';

/** What only who delivers has to know of a webhook, and nobody else may read. */
export interface PushTarget {
  readonly url: string;
  readonly token?: string;
  readonly authentication?: AuthenticationInfo;
  /** What the client has chosen. @default the option `push.coalesce` */
  readonly coalesce?: boolean;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** No key opens a secret: it was sealed with another one, under another name, or its bytes were changed. */
export class UnopenedSecretError extends Error {
  override readonly name = 'UnopenedSecretError';
  readonly code = 'SECRET_NOT_OPENED';
}

/**
 * Seals secrets with AES-256-GCM. What is sealed opens only under the name that
 * it was sealed with, so that a row cannot be moved to another configuration.
 * The first key seals, each of them opens.
 *
 * Layout: 12 bytes nonce, 16 bytes tag, ciphertext. It names no key: the tag
 * says which one fits.
 */
export class SecretBox {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  /** @param keys 32 bytes in base64 each; a random one, for this process alone, where none is given */
  constructor(keys: string | readonly string[] = []) {
    const [first = randomBytes(32), ...others] = [keys]
      .flat()
      .map((key) => Buffer.from(key, 'base64'));
    this.keys = [first, ...others];
  }

  /** Seals a value that is JSON under a name. */
  seal(secret: object, name: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys[0], nonce);
    cipher.setAAD(Buffer.from(name));
    const sealed = [cipher.update(JSON.stringify(secret)), cipher.final()];
    return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
  }

  /**
   * Opens what {@link seal} made.
   *
   * @throws UnopenedSecretError where all keys, the name or the bytes are others
   */
  open(sealed: Uint8Array, name: string): unknown {
    const opened = this.tryAll(sealed, name);
    if (!opened) {
      throw new UnopenedSecretError('No encryption key opens the secret');
    }
    return JSON.parse(opened.bytes.toString());
  }

  /** The same secret sealed with the first key; `undefined` where it is already, or no key opens it. */
  renew(sealed: Uint8Array, name: string): Uint8Array | undefined {
    const opened = this.tryAll(sealed, name);
    return opened && opened.key !== this.keys[0]
      ? this.seal(JSON.parse(opened.bytes.toString()) as object, name)
      : undefined;
  }

  private tryAll(
    sealed: Uint8Array,
    name: string,
  ): { key: Buffer; bytes: Buffer } | undefined {
    for (const key of this.keys) {
      const bytes = openWith(key, sealed, name);
      if (bytes) {
        return { key, bytes };
      }
    }
    return undefined;
  }
}

function openWith(
  key: Buffer,
  sealed: Uint8Array,
  name: string,
): Buffer | undefined {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  if (tag.length < TAG_BYTES) {
    return undefined;
  }
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(tag);
  const body = sealed.subarray(NONCE_BYTES + TAG_BYTES);
  const start = decipher.update(body);
  try {
    return Buffer.concat([start, decipher.final()]);
  } catch {
    return undefined;
  }
}
