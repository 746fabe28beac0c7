import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  type RSAKeyPairOptions,
} from 'node:crypto';

/** Both halves of a key. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** What keys of some types need to be told. */
export interface KeyPairOptions {
  /** Of `ec`, such as `P-256`. */
  readonly namedCurve?: string;
  /** Of `rsa`, in bits. */
  readonly modulusLength?: number;
}

/**
 * A new key, which may be exported at any time.
 *
 * Node.js 20 stops for ever where a key that it has generated is exported while
 * the garbage collector takes away what has generated it: both want the lock of
 * the key, in one thread. A key that was read from its bytes has a lock of its own.
 *
 * @param type as `generateKeyPairSync` of `node:crypto` has it
 */
export function newKeyPair(
  type: 'ed25519' | 'ec' | 'rsa' | 'rsa-pss',
  options: KeyPairOptions = {},
): KeyPair {
  // The options of the types differ in Node.js' own types only.
  const { privateKey: key } = generateKeyPairSync(type as 'rsa', {
    ...(options as Pick<RSAKeyPairOptions<'der', 'der'>, 'modulusLength'>),
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
