import { createHash, timingSafeEqual } from 'node:crypto';

/** A short key can be found by trying. */
const LEAST_LENGTH = 16;

/** The digest that a key is compared by. */
export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/**
 * The digest of a key in the options.
 *
 * @param text the key, or its digest: `sha256:` and 64 hexadecimal digits
 * @throws TypeError
 */
export function readDigest(text: string): Buffer {
  if (text.startsWith('sha256:')) {
    const hex = text.slice('sha256:'.length);
    if (!/^[0-9a-f]{64}$/i.test(hex)) {
      throw new TypeError(
        'keys: a digest must be sha256: and 64 hexadecimal digits',
      );
    }
    return Buffer.from(hex, 'hex');
  }
  if (text.length < LEAST_LENGTH) {
    throw new TypeError(
      `keys: a key must have at least ${LEAST_LENGTH} characters`,
    );
  }
  return digestOf(text);
}

/**
 * The entry with this digest. Every entry is looked at, each for as long as any
 * other, so that the time tells nothing about them.
 */
export function findByDigest<T extends { readonly digest: Buffer }>(
  entries: readonly T[],
  digest: Buffer,
): T | undefined {
  let found: T | undefined;
  for (const entry of entries) {
    if (timingSafeEqual(entry.digest, digest)) found = entry;
  }
  return found;
}
