import { createHmac, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { type AgentCard } from '../agent-card.js';
import { canonicalJson } from './canonical-json.js';
import { signedContent } from './card-payload.js';
import { publicJwkOf } from './json-web-key.js';
import { signAgentCard } from './sign-agent-card.js';
import { signText } from './signature-algorithms.js';
import { createSigningKey, toJwkSet } from './signing-keys.js';
import { readRemoteKeys, type TrustedKeys } from './trusted-keys.js';
import { keyUrlsOf, verifyAgentCard } from './verify-agent-card.js';
import { newKeyPair } from './new-key-pair.js';

const KEYS = [
  newKeyPair('ec', { namedCurve: 'P-256' }),
  newKeyPair('ed25519'),
  newKeyPair('rsa', { modulusLength: 2048 }),
].map(({ privateKey }, i) =>
  createSigningKey({ key: privateKey, kid: `key-${i}` }),
);
const [P256, ED25519, RSA] = KEYS as [
  (typeof KEYS)[0],
  (typeof KEYS)[0],
  (typeof KEYS)[0],
];
const TRUSTED = toJwkSet(KEYS);

const CARD: AgentCard = {
  name: 'Reports',
  description: '',
  version: '1',
  supportedInterfaces: [
    {
      url: 'https://a.example',
      protocolBinding: 'JSONRPC',
      protocolVersion: '1.0',
    },
  ],
  capabilities: { streaming: false, extensions: [] },
  securitySchemes: {
    key: { apiKeySecurityScheme: { location: 'header', name: 'X-Key' } },
  },
  securityRequirements: [{ schemes: { key: { list: [] } } }],
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [],
};

/** What a client receives. */
const received = (card: object): any => JSON.parse(JSON.stringify(card));

const base64Url = (text: string) => Buffer.from(text).toString('base64url');

const verify = (card: unknown, keys: TrustedKeys = TRUSTED, nowMs?: number) =>
  verifyAgentCard(card, { keys, ...(nowMs !== undefined && { nowMs }) });

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'accepted';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** A signature with a header of any content. */
function forge(header: object | string, sign: (input: string) => Buffer) {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const input = `${base64Url(text)}.${base64Url(
    canonicalJson(signedContent({ ...CARD }, 'specified')),
  )}`;
  const signature = sign(input).toString('base64url');
  return received({
    ...CARD,
    signatures: [{ protected: base64Url(text), signature }],
  });
}

const byP256 = (input: string) => signText(input, 'ES256', P256.key);

describe('a signed card', () => {
  it.each([
    ['ES256', P256],
    ['EdDSA', ED25519],
    ['RS256', RSA],
  ] as const)('is good with %s (A2A §8.4)', (algorithm, key) => {
    const signed = signAgentCard(CARD, [key]);
    const { kid } = key;
    expect(verify(received(signed))).toMatchObject({ kid, algorithm });
  });

  it('names its algorithm, key and type, and nothing of the content (A2A §8.4.2)', () => {
    const jku = 'https://a.example/jwks.json';
    const [signature] = signAgentCard(CARD, [{ ...P256, jku }]).signatures;
    expect(Object.keys(signature ?? {})).toEqual(['protected', 'signature']);
    const header = Buffer.from(signature?.protected ?? '', 'base64url');
    expect(JSON.parse(String(header))).toEqual({
      alg: 'ES256',
      kid: 'key-0',
      typ: 'JOSE',
      jku,
    });
    expect(Buffer.from(signature?.signature ?? '', 'base64url')).toHaveLength(
      64,
    );
  });

  it('is good with one of its keys, so that keys can be replaced (A2A §8.4.3)', () => {
    const old = signAgentCard(CARD, [P256]);
    const both = received(signAgentCard(old, [ED25519]));
    expect(both.signatures).toHaveLength(2);
    for (const [i, key] of [P256, ED25519].entries()) {
      const keys = toJwkSet([key]);
      expect(verify(both, keys).kid).toBe(`key-${i}`);
    }
    both.signatures[0].signature = both.signatures[1].signature;
    expect(verify(both).kid).toBe('key-1');
  });

  it('is good whatever the order of its members, and with what ProtoJSON writers leave out', () => {
    const { description, ...rest } = received(signAgentCard(CARD, [P256]));
    const { capabilities: _, ...others } = rest;
    const card = {
      ...Object.fromEntries(Object.entries(others).reverse()),
      capabilities: { streaming: false },
      securityRequirements: [{ schemes: { key: {} } }],
      description,
      iconUrl: null,
    };
    expect(verify(card)).toMatchObject({ form: 'specified' });
  });

  it('is good with members that A2A does not know, if those were signed', () => {
    const extended = { ...CARD, 'x-vendor': { tier: [1, ''] } };
    const signed = received(signAgentCard(extended, [P256]));
    expect(verify(signed).content).toMatchObject({
      'x-vendor': { tier: [1, ''] },
    });
    delete signed['x-vendor'].tier;
    expect(codeOf(() => verify(signed))).toBe('signature-invalid');
  });

  it('is good when nothing empty was signed, as some implementations do', () => {
    const signed = received(
      signAgentCard(CARD, [P256], { forms: ['stripped'] }),
    );
    const { content, form } = verify(signed);
    expect(form).toBe('stripped');
    expect(content).not.toHaveProperty('securityRequirements');
    expect(content).not.toHaveProperty('skills');
  });

  it('is used as it was signed: what was added of empty members is not', () => {
    const { securityRequirements: _, ...open } = CARD;
    const signed = signAgentCard(open, [P256], { forms: ['stripped'] });
    const card = received({
      ...signed,
      securityRequirements: [{ schemes: {} }],
    });
    expect(verify(card).content).not.toHaveProperty('securityRequirements');
  });

  it('has one signature where both forms are the same', () => {
    const { description: _, securityRequirements: __, ...rest } = CARD;
    const card = { ...rest, description: 'd', skills: [] };
    const forms = ['specified', 'stripped'] as const;
    expect(signAgentCard(card, [P256], { forms }).signatures).toHaveLength(2);
    const full = {
      ...card,
      capabilities: { streaming: true },
      skills: [{ id: 'a', name: 'b', description: 'c', tags: ['d'] }],
    };
    expect(signAgentCard(full, [P256], { forms }).signatures).toHaveLength(1);
  });

  it('cannot be signed where it has no canonical form', () => {
    const broken = { ...CARD, name: 'a\ud800' };
    expect(codeOf(() => signAgentCard(broken, [P256]))).toBe('invalid-card');
  });
});

describe('a card that is not to be trusted', () => {
  const SIGNED = received(signAgentCard(CARD, [P256]));

  it.each<[string, (card: any) => void]>([
    ['another name', (card) => (card.name = 'Report')],
    ['another URL', (card) => (card.supportedInterfaces[0].url += '/')],
    ['a further interface', (card) => card.supportedInterfaces.push({})],
    ['a tenant', (card) => (card.supportedInterfaces[0].tenant = 't')],
    ['no requirement', (card) => delete card.securityRequirements],
    ['a weaker requirement', (card) => card.securityRequirements.push({})],
    ['another flag', (card) => (card.capabilities.streaming = true)],
    [
      'a flag that was not set',
      (card) => (card.capabilities.pushNotifications = false),
    ],
    ['no description', (card) => delete card.description],
    ['an icon', (card) => (card.iconUrl = '')],
    ['a member of 0.3', (card) => (card.url = 'https://evil.example')],
    [
      'a member of the prototype',
      (card) =>
        Object.defineProperty(card, '__proto__', {
          value: {},
          enumerable: true,
        }),
    ],
  ])('has %s', (_what, tamper) => {
    const card = received(SIGNED);
    tamper(card);
    expect(codeOf(() => verify(card))).toBe('signature-invalid');
  });

  it('has any other value anywhere', () => {
    const { signatures, ...content } = SIGNED;
    const names = Object.keys(content);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, value) => {
        const card = received({ ...content, [name]: value, signatures });
        const isSame =
          canonicalJson(signedContent(card, 'specified')) ===
          canonicalJson(signedContent(content, 'specified'));
        expect(codeOf(() => verify(card))).toBe(
          isSame ? 'accepted' : 'signature-invalid',
        );
      }),
    );
  });

  it('has another signature, whatever byte of it', () => {
    const [{ protected: header, signature }] = SIGNED.signatures;
    fc.assert(
      fc.property(fc.nat(signature.length - 2), fc.nat(62), (at, shift) => {
        const digits =
          'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const digit = digits[(digits.indexOf(signature[at]) + 1 + shift) % 64];
        const other = signature.slice(0, at) + digit + signature.slice(at + 1);
        const signatures = [{ protected: header, signature: other }];
        expect(codeOf(() => verify({ ...SIGNED, signatures }))).toBe(
          'signature-invalid',
        );
      }),
    );
  });

  it.each([
    ['no signatures', undefined],
    ['an empty list', []],
    ['something else', 'x'],
    ['null', null],
  ])('has %s', (_what, signatures) => {
    expect(codeOf(() => verify({ ...SIGNED, signatures }))).toBe('not-signed');
  });

  it.each([
    ['nothing', null],
    ['text', 'x'],
    ['no header', { signature: 'AA' }],
    ['no signature', { protected: SIGNED.signatures[0].protected }],
    ['a header that is no base64url', { protected: 'a b', signature: 'AA' }],
    ['a header that is no JSON', { protected: 'AAAA', signature: 'AA' }],
    [
      'a header that is a list',
      { protected: base64Url('[]'), signature: 'AA' },
    ],
    [
      'a header without kid',
      { protected: base64Url('{"alg":"ES256"}'), signature: 'AA' },
    ],
    [
      'a header without alg',
      { protected: base64Url('{"kid":"key-0"}'), signature: 'AA' },
    ],
    ['a huge header', { protected: 'A'.repeat(20_000), signature: 'AA' }],
    [
      'a signature that is no base64url',
      { ...SIGNED.signatures[0], signature: '=' },
    ],
  ])('has a signature of %s', (_what, signature) => {
    const card = { ...SIGNED, signatures: [signature] };
    expect(codeOf(() => verify(card))).toBe('malformed-signature');
  });

  const hmac = (key: KeyObject) => (input: string) =>
    createHmac('sha256', key.export({ type: 'spki', format: 'pem' }))
      .update(input)
      .digest();
  const publicKey = newKeyPair('ec', {
    namedCurve: 'P-256',
  }).publicKey;

  it.each<[string, object, (input: string) => Buffer]>([
    ['none', { alg: 'none', kid: 'key-0' }, () => Buffer.from('x')],
    ['NONE', { alg: 'NONE', kid: 'key-0' }, () => Buffer.from('x')],
    ['HS256', { alg: 'HS256', kid: 'key-0' }, hmac(publicKey)],
    ['that of another key', { alg: 'RS256', kid: 'key-0' }, byP256],
    ['a member of prototypes', { alg: 'constructor', kid: 'key-0' }, byP256],
  ])('is signed with the algorithm %s', (_what, header, sign) => {
    expect(codeOf(() => verify(forge(header, sign)))).toBe(
      'algorithm-not-allowed',
    );
  });

  it('says that something must be understood that we do not (RFC 7515 §4.1.11)', () => {
    const good = { alg: 'ES256', kid: 'key-0' };
    expect(codeOf(() => verify(forge(good, byP256)))).toBe('accepted');
    const header = { ...good, crit: ['b64'], b64: false };
    expect(codeOf(() => verify(forge(header, byP256)))).toBe(
      'malformed-signature',
    );
  });

  it('says in the unprotected header what the protected one does not', () => {
    const card = forge({ alg: 'ES256' }, byP256);
    card.signatures[0].header = { kid: 'key-0' };
    expect(codeOf(() => verify(card))).toBe('malformed-signature');
  });

  it('is signed by a key that nobody knows', () => {
    const stranger = createSigningKey({
      key: newKeyPair('ed25519').privateKey,
      kid: 'stranger',
    });
    const card = received(signAgentCard(CARD, [stranger]));
    expect(codeOf(() => verify(card))).toBe('unknown-key');
    const impostor = received(
      signAgentCard(CARD, [{ ...stranger, kid: 'key-1' }]),
    );
    expect(codeOf(() => verify(impostor))).toBe('signature-invalid');
  });

  const jwk = { ...publicJwkOf(P256.key), kid: 'key-0' };
  const now = Date.parse('2026-06-01T00:00:00Z');

  it.each<[string, object, string]>([
    ['exp in the past', { exp: now / 1000 }, 'key-expired'],
    ['exp in the future', { exp: now / 1000 + 1 }, 'accepted'],
    ['nbf in the future', { nbf: now / 1000 + 1 }, 'key-not-yet-valid'],
    ['nbf in the past', { nbf: now / 1000 }, 'accepted'],
    ['revoked', { revoked: { revoked_at: 1 } }, 'key-revoked'],
    ['revoked: false', { revoked: false }, 'accepted'],
  ])('looks at a JWK with %s (A2A §8.4.3)', (_what, members, code) => {
    const keys = { keys: [{ ...jwk, ...members }] };
    expect(codeOf(() => verify(SIGNED, keys, now))).toBe(code);
  });

  it.each<[string, object, string]>([
    ['expiresAt', { expiresAt: new Date(now) }, 'key-expired'],
    ['notBefore', { notBefore: new Date(now + 1) }, 'key-not-yet-valid'],
    ['isRevoked', { isRevoked: true }, 'key-revoked'],
    ['nothing special', {}, 'accepted'],
  ])('looks at a key with %s', (_what, facts, code) => {
    const keys = [{ key: jwk, ...facts }];
    expect(codeOf(() => verify(SIGNED, keys, now))).toBe(code);
  });

  it('is good with another key of the same name', () => {
    const other = newKeyPair('ec', { namedCurve: 'P-256' }).publicKey;
    const keys = [
      { key: other, kid: 'key-0' },
      { ...jwk, revoked: true },
    ];
    expect(codeOf(() => verify(SIGNED, keys))).toBe('signature-invalid');
    expect(codeOf(() => verify(SIGNED, [...keys, jwk]))).toBe('accepted');
  });

  it('may not bring keys of one URL for a signature that names another', () => {
    const [here, there] = ['https://a.example/1', 'https://a.example/2'];
    const card = received(signAgentCard(CARD, [{ ...P256, jku: here }]));
    expect(keyUrlsOf(card)).toEqual([here]);
    const remote = (jku: string) => ({
      keys: [],
      remoteKeys: readRemoteKeys({ keys: [jwk] }, jku),
    });
    expect(codeOf(() => verifyAgentCard(card, remote(here)))).toBe('accepted');
    expect(codeOf(() => verifyAgentCard(card, remote(there)))).toBe(
      'unknown-key',
    );
    expect(codeOf(() => verifyAgentCard(SIGNED, remote(here)))).toBe(
      'unknown-key',
    );
  });

  it('has more signatures than anybody needs', () => {
    const junk = Array.from({ length: 16 }, () => ({}));
    const signatures = [...junk, ...SIGNED.signatures];
    expect(codeOf(() => verify({ ...SIGNED, signatures }))).toBe(
      'malformed-signature',
    );
  });

  it.each([
    ['no object', []],
    ['nothing', undefined],
    [
      'nested too deeply',
      { ...SIGNED, x: JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) },
    ],
    ['text that is no Unicode', { ...SIGNED, name: '\ud800' }],
  ])('is %s', (_what, card) => {
    expect(codeOf(() => verify(card))).toBe('invalid-card');
  });

  it('never fails in another way, whatever is received', () => {
    const signature = fc.record({
      protected: fc.oneof(
        fc.jsonValue(),
        fc.jsonValue().map((header) => base64Url(JSON.stringify(header))),
        fc.constant(SIGNED.signatures[0].protected),
      ),
      signature: fc.oneof(fc.jsonValue(), fc.base64String()),
    });
    const card = fc.record({
      skills: fc.jsonValue(),
      capabilities: fc.jsonValue(),
      securitySchemes: fc.jsonValue(),
      signatures: fc.oneof(fc.jsonValue(), fc.array(signature)),
    });
    fc.assert(
      fc.property(fc.oneof(card, fc.jsonValue()), (value) => {
        expect(() => verify(value)).toThrow(
          expect.objectContaining({ name: 'AgentCardSignatureError' }),
        );
      }),
      { numRuns: 500 },
    );
  });
});
