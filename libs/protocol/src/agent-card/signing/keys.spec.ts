import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
} from 'node:crypto';
import { type Jwk, publicJwkOf, thumbprintOf } from './json-web-key.js';
import { isSignatureOf, signText } from './signature-algorithms.js';
import { createSigningKey, toJwkSet } from './signing-keys.js';
import { readRemoteKeys, readTrustedKeys } from './trusted-keys.js';
import { newKeyPair } from './new-key-pair.js';

const P256 = newKeyPair('ec', { namedCurve: 'P-256' });
const ED25519 = newKeyPair('ed25519');
const RSA = newKeyPair('rsa', { modulusLength: 2048 });

/** RFC 8037, appendix A */
const RFC_8037 = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};

describe('algorithms', () => {
  it('signs as RFC 8037 does (appendix A.4)', () => {
    const { key, kid, algorithm } = createSigningKey({ key: RFC_8037 });
    const text = 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc';
    expect(algorithm).toBe('EdDSA');
    expect(kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
    expect(signText(text, algorithm, key).toString('base64url')).toBe(
      'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
    );
  });

  it('verifies what RFC 7515 has signed with ES256 (appendix A.3)', () => {
    const key = createPublicKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      },
    });
    const text =
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
    const signature = Buffer.from(
      'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
      'base64url',
    );
    const by = { algorithm: 'ES256', key } as const;
    expect(isSignatureOf(text, signature, by)).toBe(true);
    expect(isSignatureOf(`${text}x`, signature, by)).toBe(false);
    expect(isSignatureOf(text, signature.subarray(1), by)).toBe(false);
  });

  it.each([
    ['ES256', P256],
    ['EdDSA', ED25519],
    ['RS256', RSA],
  ] as const)('signs with %s', (algorithm, { privateKey, publicKey }) => {
    const key = createSigningKey({ key: privateKey });
    expect(key.algorithm).toBe(algorithm);
    const signature = signText('text', algorithm, privateKey);
    const by = { algorithm, key: publicKey };
    expect(isSignatureOf('text', signature, by)).toBe(true);
    expect(isSignatureOf('Text', signature, by)).toBe(false);
  });
});

describe('createSigningKey', () => {
  const { privateKey } = P256;
  const jwk = privateKey.export({ format: 'jwk' }) as Jwk;

  it('takes a KeyObject, PEM and a JWK for the same key', () => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const kids = [privateKey, pem, jwk].map(
      (key) => createSigningKey({ key }).kid,
    );
    expect(new Set(kids)).toEqual(new Set([thumbprintOf(privateKey)]));
  });

  it('is named by the option, else by the JWK', () => {
    const named = { ...jwk, kid: 'of-jwk' };
    expect(createSigningKey({ key: named }).kid).toBe('of-jwk');
    expect(createSigningKey({ key: named, kid: 'mine' }).kid).toBe('mine');
  });

  const curve = newKeyPair('ec', { namedCurve: 'P-384' });
  const weak = newKeyPair('rsa', { modulusLength: 1024 });
  const pss = newKeyPair('rsa-pss', { modulusLength: 2048 });

  it.each<[string, any]>([
    ['a public key', { key: P256.publicKey }],
    ['a secret', { key: createSecretKey(Buffer.alloc(32)) }],
    ['a secret as JWK', { key: { kty: 'oct', k: 'AAAA' } }],
    ['a public JWK', { key: publicJwkOf(P256.publicKey) }],
    ['another curve', { key: curve.privateKey }],
    ['a short RSA key', { key: weak.privateKey }],
    ['a key of RSA-PSS', { key: pss.privateKey }],
    ['text that is no PEM', { key: 'secret words' }],
    ['nothing', { key: undefined }],
    ['an object', { key: {} }],
    ['a key for encryption', { key: { ...jwk, use: 'enc' } }],
    ['a key for something else', { key: { ...jwk, key_ops: ['deriveKey'] } }],
    ['an empty kid', { key: jwk, kid: '' }],
    ['a kid that is no text', { key: { ...jwk, kid: 7 } }],
    ['a jku without TLS', { key: jwk, jku: 'http://a.example/jwks' }],
    ['a jku that is no URL', { key: jwk, jku: 'jwks' }],
  ])('refuses %s, and does not repeat it', (_what, input) => {
    expect(() => createSigningKey(input)).toThrow(
      expect.objectContaining({
        code: 'key-not-usable',
        message: expect.not.stringMatching(/secret words|AAAA/),
      }),
    );
  });

  it('gives away only the public half', () => {
    const keys = [P256, ED25519, RSA].map(({ privateKey: key }, i) =>
      createSigningKey({ key, kid: `key-${i}` }),
    );
    const set = toJwkSet(keys);
    expect(set.keys.map(({ kid, alg, use }) => [kid, alg, use])).toEqual([
      ['key-0', 'ES256', 'sig'],
      ['key-1', 'EdDSA', 'sig'],
      ['key-2', 'RS256', 'sig'],
    ]);
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
      expect(JSON.stringify(set)).not.toContain(`"${secret}":`);
    }
    expect(readTrustedKeys(set)).toHaveLength(3);
  });
});

describe('trusted keys', () => {
  const jwk = publicJwkOf(P256.publicKey);

  it('may be KeyObjects, PEM or JWKs, or a private key for its public one', () => {
    const { publicKey, privateKey } = P256;
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const inputs = [
      jwk,
      ...[jwk, publicKey, privateKey, pem].map((key) => ({ key })),
    ];
    const kids = readTrustedKeys(inputs).map(({ kid }) => kid);
    expect(new Set(kids)).toEqual(new Set([thumbprintOf(publicKey)]));
    for (const { key } of readTrustedKeys(inputs)) {
      expect(key.type).toBe('public');
    }
  });

  const hmac = createHmac('sha256', 'x').digest('base64url');

  it.each<[string, any]>([
    ['a secret', { kty: 'oct', k: hmac }],
    ['a secret KeyObject', { key: createSecretKey(Buffer.alloc(32)) }],
    ['text', 'secret'],
    ['nothing', undefined],
    ['text in a key', { key: 'secret' }],
    ['an object like a key', { key: { type: 'public' } }],
    ['a key for encryption', { ...jwk, use: 'enc' }],
    ['a key that cannot verify', { ...jwk, key_ops: ['wrapKey'] }],
    ['a key that says another algorithm', { ...jwk, alg: 'HS256' }],
    ['a key whose end is no time', { ...jwk, exp: 'tomorrow' }],
    ['a key whose end is no date', { key: jwk, expiresAt: '2020-01-01' }],
    ['a broken date', { key: jwk, notBefore: new Date('x') }],
    ['a kid that is no text', { ...jwk, kid: {} }],
  ])('are not %s', (_what, input) => {
    expect(() => readTrustedKeys([input])).toThrow(
      expect.objectContaining({ code: 'key-not-usable' }),
    );
    const set = { keys: [input, { ...jwk, kid: 'good' }] };
    expect(
      readRemoteKeys(set, 'https://a.example').map(({ kid }) => kid),
    ).toEqual(['good']);
  });

  it.each([null, [], 'keys', { keys: 'x' }, {}])(
    'are not read from %j',
    (value) => {
      expect(() => readRemoteKeys(value, 'https://a.example')).toThrow(
        expect.objectContaining({ code: 'key-not-usable' }),
      );
    },
  );

  it('believes a private PEM of an operator as its public key', () => {
    const pem = createPrivateKey(
      P256.privateKey.export({ type: 'sec1', format: 'pem' }),
    );
    expect(readTrustedKeys([{ key: pem }])[0]?.key.type).toBe('public');
  });
});
