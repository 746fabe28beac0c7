import { sign, verify } from 'node:crypto';
import { newKeyPair } from './new-key-pair.js';

const DATA = Buffer.from('data');

describe('newKeyPair()', () => {
  it.each([
    ['ed25519', {}, null],
    ['ec', { namedCurve: 'P-256' }, 'sha256'],
    ['rsa', { modulusLength: 2_048 }, 'sha256'],
  ] as const)('makes the two halves of a key: %s', (type, options, digest) => {
    const { privateKey, publicKey } = newKeyPair(type, options);
    expect([privateKey.type, publicKey.type]).toEqual(['private', 'public']);
    expect(privateKey.asymmetricKeyType).toBe(type);
    const signature = sign(digest, DATA, privateKey);
    expect(verify(digest, DATA, publicKey, signature)).toBe(true);
  });

  it('makes another one each time', () => {
    const keys = [newKeyPair('ed25519'), newKeyPair('ed25519')];
    const [one, other] = keys.map(({ publicKey }) =>
      publicKey.export({ format: 'jwk' }),
    );
    expect(one).not.toEqual(other);
  });

  // With keys of generateKeyPairSync Node.js 20 does not come to the end of this.
  it('makes keys that may be exported while the garbage collector works', () => {
    for (let count = 0; count < 2_000; count += 1) {
      const { privateKey } = newKeyPair('ed25519');
      for (let i = 0; i < 20; i += 1) privateKey.export({ format: 'jwk' });
    }
  });
});
