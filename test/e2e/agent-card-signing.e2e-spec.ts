import { A2AClient } from '@nest-a2a/client';
import {
  createSigningKey,
  type SigningKeyInput,
  toJwkSet,
  verifyAgentCard,
  newKeyPair,
} from '@nest-a2a/protocol';
import { VERSION } from '../support/a2a-http.js';
import { type RawRequest, sendRaw } from '../support/raw-http.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const CARD_PATH = '/.well-known/agent-card.json';

const OLD: SigningKeyInput = {
  kid: 'old',
  key: newKeyPair('ec', { namedCurve: 'P-256' }).privateKey,
};
const NEW: SigningKeyInput = {
  kid: 'new',
  key: newKeyPair('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
  jku: 'https://keys.example.com/jwks.json',
};

const trusted = (...keys: SigningKeyInput[]) => ({
  keys: toJwkSet(keys.map(createSigningKey)),
});

describe.each(PLATFORMS)('the signed agent card on %s', (platform) => {
  const agents: TestAgent[] = [];

  async function start(options: NonNullable<TestAgentOptions['options']>) {
    const agent = await startAgent({ platform, options });
    agents.push(agent);
    return agent;
  }

  async function get(
    { url }: TestAgent,
    headers: RawRequest['headers'] = VERSION,
  ) {
    const request = { method: 'GET', path: CARD_PATH, headers };
    const answer = await sendRaw(url, request);
    const card = answer.status === 200 ? JSON.parse(answer.text) : undefined;
    return { ...answer, card };
  }

  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.close()));
  });

  it('is signed by every key, on the card of 1.0 alone (A2A §8.4)', async () => {
    const agent = await start({ cardSigning: { keys: [OLD, NEW] } });
    const { card } = await get(agent);
    expect(card.signatures).toHaveLength(2);
    for (const key of [OLD, NEW]) {
      const { kid, content } = verifyAgentCard(card, trusted(key));
      expect(kid).toBe(key.kid);
      expect(content).toMatchObject(CARD);
    }
    const header = Buffer.from(card.signatures[1].protected, 'base64url');
    expect(JSON.parse(String(header))).toEqual({
      alg: 'EdDSA',
      kid: 'new',
      typ: 'JOSE',
      jku: NEW.jku,
    });
    expect((await get(agent, {})).card).not.toHaveProperty('signatures');
  });

  it('is believed by a client that knows the key, and by no other (A2A §8.4.3)', async () => {
    const agent = await start({ cardSigning: { keys: [OLD] } });
    const client = await A2AClient.connect(agent.url, {
      verifyCard: trusted(OLD),
    });
    expect((await client.send('hi')).text).toBe('echo: hi');
    await client.close();
    const refused = A2AClient.connect(agent.url, { verifyCard: trusted(NEW) });
    await expect(refused).rejects.toMatchObject({
      code: 'card-not-trusted',
      cause: { code: 'unknown-key' },
    });
  });

  it('is signed where there is no other card', async () => {
    const agent = await start({
      versions: ['1.0'],
      cardSigning: { keys: [OLD] },
    });
    const { card } = await get(agent, {});
    expect(verifyAgentCard(card, trusted(OLD)).kid).toBe('old');
  });

  it('is signed once, not for each request', async () => {
    const agent = await start({ cardSigning: { keys: [OLD] } });
    const texts = new Set<string>();
    for (let i = 0; i < 5; i++) texts.add((await get(agent)).text);
    expect(texts.size).toBe(1);
  });

  it('has the same validator in every instance, as long as it says the same', async () => {
    const publicUrl = 'https://agents.example.com';
    const one = await start({ publicUrl, cardSigning: { keys: [OLD] } });
    const other = await start({ publicUrl, cardSigning: { keys: [OLD] } });
    const rotated = await start({ publicUrl, cardSigning: { keys: [NEW] } });
    const first = await get(one);
    const second = await get(other);
    expect(second.text).not.toBe(first.text);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^W\/"/);
    expect(second.headers.etag).toBe(etag);
    expect((await get(rotated)).headers.etag).not.toBe(etag);
    const again = await get(other, { ...VERSION, 'If-None-Match': etag });
    expect(again.status).toBe(304);
  });

  it('is signed for each URL under which callers reach it', async () => {
    const agent = await start({
      trustProxy: true,
      cardSigning: { keys: [OLD] },
    });
    // More than are remembered.
    for (let i = 0; i < 100; i++) {
      const host = { 'X-Forwarded-Host': `h${i % 70}.example` };
      const { card } = await get(agent, { ...VERSION, ...host });
      const { content } = verifyAgentCard(card, trusted(OLD));
      expect(content).toMatchObject({
        supportedInterfaces: [
          { url: `https://h${i % 70}.example` },
          {},
          {},
          {},
        ],
      });
    }
  });

  it('has a second signature for clients that strip empty values', async () => {
    const agentCard = {
      ...CARD,
      securitySchemes: {
        bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
      },
      securityRequirements: [{ schemes: { bearer: { list: [] } } }],
    };
    const agent = await start({
      agentCard,
      cardSigning: { keys: [OLD], stripped: true },
    });
    const { card } = await get(agent);
    expect(card.signatures).toHaveLength(2);
    const form = (signature: object) =>
      verifyAgentCard({ ...card, signatures: [signature] }, trusted(OLD)).form;
    expect(card.signatures.map(form)).toEqual(['specified', 'stripped']);
  });

  it.each<[string, any, RegExp]>([
    ['no keys', { keys: [] }, /cardSigning\.keys: /],
    ['no object', 'yes', /cardSigning: Must be an object/],
    [
      'a key itself',
      { keys: [OLD.key] },
      /cardSigning\.keys\[0\]: Must be a private key/,
    ],
    [
      'a broken key',
      { keys: [OLD, { key: '-----BEGIN' }] },
      /cardSigning\.keys\[1\]: Must be a private key/,
    ],
    [
      'two keys of one name',
      { keys: [OLD, { ...NEW, kid: 'old' }] },
      /cardSigning\.keys: Must not have two keys of the same kid/,
    ],
    [
      'a jku without TLS',
      { keys: [{ ...OLD, jku: 'http://a.example' }] },
      /cardSigning\.keys\[0\]: Must have a jku that is an https URL/,
    ],
  ])('does not start with %s', async (_what, cardSigning, message) => {
    const starting = start({ cardSigning, maxBodyBytes: -1 });
    await expect(starting).rejects.toThrow(message);
    await expect(start({ cardSigning, maxBodyBytes: -1 })).rejects.toThrow(
      /maxBodyBytes/,
    );
  });
});
