import { sign } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import {
  createSigningKey,
  toJwkSet,
} from '../agent-card/signing/signing-keys.js';
import { readTrustedKeys } from '../agent-card/signing/trusted-keys.js';
import { createWebhookToken, isWebhookToken } from './webhook-token.js';
import { newKeyPair } from '../agent-card/signing/new-key-pair.js';

const KEYS = {
  EdDSA: newKeyPair('ed25519').privateKey,
  ES256: newKeyPair('ec', { namedCurve: 'P-256' }).privateKey,
  RS256: newKeyPair('rsa', { modulusLength: 2_048 }).privateKey,
};
const signing = createSigningKey({ key: KEYS.EdDSA });
const trusted = readTrustedKeys(toJwkSet([signing]));
const now = Math.floor(Date.now() / 1_000);
const subject = {
  audience: 'https://hooks.example.com',
  id: 'evt_1',
  body: '{"task":{}}',
};
const issued = {
  ...subject,
  issuer: 'https://agent.example.com',
  taskId: 't',
  issuedAt: now,
};
const expected = { ...subject, now, toleranceS: 30 };

describe('a webhook token', () => {
  it.each(['EdDSA', 'ES256', 'RS256'] as const)(
    'by %s is one for other implementations, and for us',
    async (algorithm) => {
      const key = createSigningKey({ key: KEYS[algorithm] });
      const token = createWebhookToken(issued, key);
      const set = toJwkSet([key]);
      const jwks = createLocalJWKSet({ keys: [...set.keys] as never });
      const { payload } = await jwtVerify(token, jwks, {
        issuer: issued.issuer,
        audience: subject.audience,
        maxTokenAge: '5m',
        requiredClaims: ['exp', 'jti'],
      });
      expect(payload).toMatchObject({ jti: 'evt_1', taskId: 't' });
      expect(isWebhookToken(token, expected, readTrustedKeys(set))).toBe(true);
    },
  );

  it.each([
    ['the receiver', { audience: 'https://other.example.com' }],
    ['the id', { id: 'evt_2' }],
    ['the body', { body: '{"task":{ }}' }],
  ])('is none where %s is another', (_what, change) => {
    const token = createWebhookToken(issued, signing);
    expect(isWebhookToken(token, { ...expected, ...change }, trusted)).toBe(
      false,
    );
  });

  it('is good from half a minute before it was made until half a minute after its five', () => {
    const token = createWebhookToken(issued, signing);
    const isGoodAt = (at: number) =>
      isWebhookToken(token, { ...expected, now: at }, trusted);
    expect(isGoodAt(now - 31)).toBe(false);
    expect(isGoodAt(now - 30)).toBe(true);
    expect(isGoodAt(now + 329)).toBe(true);
    expect(isGoodAt(now + 330)).toBe(false);
  });

  const forged = async (
    claims: Record<string, unknown>,
    header: Record<string, unknown> = {},
  ) => {
    const good = createWebhookToken(issued, signing).split('.')[1] ?? '';
    const all = JSON.parse(Buffer.from(good, 'base64url').toString()) as object;
    return new SignJWT({ ...all, ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: signing.kid, ...header })
      .sign(KEYS.EdDSA);
  };

  it('is read as others write it', async () => {
    expect(isWebhookToken(await forged({}), expected, trusted)).toBe(true);
    const list = await forged({ aud: ['https://x.test', subject.audience] });
    expect(isWebhookToken(list, expected, trusted)).toBe(true);
  });

  it.each([
    ['lives for ever', { exp: now + 86_400 }, {}],
    ['does not say how long it lives', { exp: undefined }, {}],
    ['does not say when it was made', { iat: 'now' }, {}],
    ['does not say what the body is', { request_body_sha256: undefined }, {}],
    ['names another key', {}, { kid: 'other' }],
  ])('is none where it %s', async (_what, claims, header) => {
    const token = await forged(claims, header);
    expect(isWebhookToken(token, expected, trusted)).toBe(false);
  });

  const withHeader = (header: object) => {
    const [, claims = ''] = createWebhookToken(issued, signing).split('.');
    const head = Buffer.from(JSON.stringify(header)).toString('base64url');
    const text = `${head}.${claims}`;
    return `${text}.${sign(null, Buffer.from(text), KEYS.EdDSA).toString('base64url')}`;
  };

  it('is none with a critical header that nobody knows', () => {
    const header = { alg: 'EdDSA', kid: signing.kid };
    const token = withHeader({ ...header, crit: ['x'], x: 1 });
    expect(isWebhookToken(token, expected, trusted)).toBe(false);
    expect(isWebhookToken(withHeader(header), expected, trusted)).toBe(true);
  });

  it('is none of a key that is not trusted, revoked, or over', () => {
    const token = createWebhookToken(issued, signing);
    const { kid } = signing;
    const other = newKeyPair('ed25519').privateKey;
    const reject = [
      [],
      readTrustedKeys([{ key: other, kid }]),
      readTrustedKeys([{ key: KEYS.EdDSA, kid, isRevoked: true }]),
      readTrustedKeys([{ key: KEYS.EdDSA, kid, expiresAt: new Date(0) }]),
    ];
    expect(reject.map((keys) => isWebhookToken(token, expected, keys))).toEqual(
      [false, false, false, false],
    );
  });

  it.each(['', '.', '..', 'a.b.c', 'e30.e30.'])('is not %j', (token) => {
    expect(isWebhookToken(token, expected, trusted)).toBe(false);
  });

  it.each([
    [2_000, true],
    [4_000, false],
  ])('is read up to a length: a task id of %d characters', (length, isRead) => {
    const long = { ...issued, taskId: 'x'.repeat(length) };
    const token = createWebhookToken(long, signing);
    expect(isWebhookToken(token, expected, trusted)).toBe(isRead);
  });

  it.each(['none', 'HS256', 'RS256', 7])(
    'is not one whose header names the algorithm %j',
    (alg) => {
      const token = withHeader({ alg, kid: signing.kid });
      expect(isWebhookToken(token, expected, trusted)).toBe(false);
    },
  );
});
