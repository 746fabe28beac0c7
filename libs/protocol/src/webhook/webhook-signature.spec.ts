import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import {
  isWebhookSigned,
  readWebhookSecret,
  signWebhook,
} from './webhook-signature.js';
import { newKeyPair } from '../agent-card/signing/new-key-pair.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const { privateKey, publicKey } = newKeyPair('ed25519');
const now = Math.floor(Date.now() / 1_000);
const hook = { id: 'evt_1', timestamp: now, body: '{"statusUpdate":"ä"}' };

describe('a webhook signature', () => {
  it('by a secret is one for other implementations, and theirs is one for us', () => {
    const header = signWebhook(hook, [readWebhookSecret(SECRET)]);
    const theirs = new Webhook(SECRET);
    const headers = {
      'webhook-id': hook.id,
      'webhook-timestamp': String(now),
      'webhook-signature': header,
    };
    expect(theirs.verify(hook.body, headers)).toEqual({ statusUpdate: 'ä' });
    const signed = theirs.sign(hook.id, new Date(now * 1_000), hook.body);
    const keys = [readWebhookSecret(SECRET)];
    expect(isWebhookSigned(signed, hook, keys)).toBe(true);
  });

  it('by a key of Ed25519 is over id, timestamp and body', () => {
    const [version, signature = ''] = signWebhook(hook, [privateKey]).split(
      ',',
    );
    const content = Buffer.from(`evt_1.${now}.${hook.body}`);
    const bytes = Buffer.from(signature, 'base64');
    expect(version).toBe('v1a');
    expect(verify(null, content, publicKey, bytes)).toBe(true);
    expect(createPublicKey(privateKey).equals(publicKey)).toBe(true);
  });

  it('has one for each key, of which one is enough', () => {
    const other = newKeyPair('ed25519');
    const header = signWebhook(hook, [
      privateKey,
      other.privateKey,
      readWebhookSecret(SECRET),
    ]);
    expect(header.split(' ').map((one) => one.split(',')[0])).toEqual([
      'v1a',
      'v1a',
      'v1',
    ]);
    for (const key of [publicKey, other.publicKey, readWebhookSecret(SECRET)]) {
      expect(isWebhookSigned(header, hook, [key])).toBe(true);
      expect(
        isWebhookSigned(header, hook, [readWebhookSecret(OTHER), key]),
      ).toBe(true);
    }
    const bytes = Buffer.from(hook.body);
    expect(isWebhookSigned(header, { ...hook, body: bytes }, [publicKey])).toBe(
      true,
    );
  });

  it.each([
    ['the id', { id: 'evt_2' }],
    ['the time', { timestamp: now + 1 }],
    ['the body', { body: '{"statusUpdate":"a"}' }],
  ])('is none where %s is another', (_what, change) => {
    const keys = [privateKey, readWebhookSecret(SECRET)];
    const header = signWebhook(hook, keys);
    const changed = { ...hook, ...change };
    expect(isWebhookSigned(header, changed, [publicKey])).toBe(false);
    expect(isWebhookSigned(header, changed, [keys[1]!])).toBe(false);
  });

  it.each([
    ['nothing', () => ''],
    ['only commas', () => ',,,'],
    ['only the version', () => 'v1, v1a,'],
    ['no version', (bytes: string) => bytes],
    ['another version', (bytes: string) => `v2,${bytes}`],
    ['half of it', (bytes: string) => `v1,${bytes.slice(0, 22)}`],
  ])('is none where there is %s', (_what, toHeader) => {
    const secret = readWebhookSecret(SECRET);
    const [, bytes = ''] = signWebhook(hook, [secret]).split(',');
    const header = toHeader(bytes);
    expect(isWebhookSigned(header, hook, [publicKey, secret])).toBe(false);
  });

  it('is none of another key, nor of a public key used as a secret', () => {
    const header = signWebhook(hook, [readWebhookSecret(OTHER)]);
    expect(isWebhookSigned(header, hook, [readWebhookSecret(SECRET)])).toBe(
      false,
    );
    expect(isWebhookSigned(header, hook, [publicKey])).toBe(false);
    expect(isWebhookSigned(header, hook, [])).toBe(false);
  });

  it('is looked for in the first twenty only', () => {
    const good = signWebhook(hook, [privateKey]);
    const after = (count: number) =>
      [...Array.from({ length: count }, () => 'v1a,AAAA'), good].join(' ');
    expect(isWebhookSigned(after(19), hook, [publicKey])).toBe(true);
    expect(isWebhookSigned(after(20), hook, [publicKey])).toBe(false);
  });
});

describe('a webhook secret', () => {
  it.each([
    '',
    'whsec_',
    Buffer.alloc(32).toString('base64'),
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    `whsec_${Buffer.alloc(65).toString('base64')}`,
    `whsec_${Buffer.alloc(32).toString('hex')}!`,
    `WHSEC_${Buffer.alloc(32).toString('base64')}`,
  ])('is not %j', (secret) => {
    expect(() => readWebhookSecret(secret)).toThrow(
      'A webhook secret is "whsec_" and 24 to 64 bytes in base64',
    );
  });
});
