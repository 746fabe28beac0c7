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

/**
 * Seals the targets of webhooks with AES-256-GCM. A sealed target opens only
 * under the name that it was sealed with, so that a row cannot be moved to
 * another configuration.
 *
 * Layout: 12 bytes nonce, 16 bytes tag, ciphertext.
 */
export class SecretBox {
  private readonly key: Buffer;

  /** @param key 32 bytes in base64; a random one, for this process alone, where none is given */
  constructor(key?: string) {
    this.key = key === undefined ? randomBytes(32) : Buffer.from(key, 'base64');
  }

  /** Seals a target under a name. */
  seal(target: PushTarget, name: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    cipher.setAAD(Buffer.from(name));
    const sealed = [cipher.update(JSON.stringify(target)), cipher.final()];
    return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
  }

  /**
   * Opens what {@link seal} made.
   *
   * @throws Error where the key, the name or the bytes are others
   */
  open(sealed: Uint8Array, name: string): PushTarget {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const body = sealed.subarray(NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.key, nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const opened = Buffer.concat([decipher.update(body), decipher.final()]);
    return JSON.parse(opened.toString()) as PushTarget;
  }
}
