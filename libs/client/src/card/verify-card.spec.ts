import {
  type AgentCard,
  createSigningKey,
  parseAgentCard,
  signAgentCard,
  type SigningKey,
  toJwkSet,
  newKeyPair,
} from '@nest-a2a/protocol';
import { toV03Card } from '@nest-a2a/protocol/v0.3';
import {
  cardFor,
  failureOf,
  json,
  ScriptedAgent,
} from '../../test/scripted-agent.js';
import { A2AClient } from '../a2a-client.js';
import { type A2AClientOptions } from '../client-options.js';
import { type CardVerificationOptions } from './verify-card.js';

const newKey = (kid: string, jku?: string): SigningKey => {
  const { privateKey: key } = newKeyPair('ed25519');
  return { ...createSigningKey({ key, kid }), ...(jku && { jku }) };
};

const KEY = newKey('key-1');
const KEYS = toJwkSet([KEY]);
const OPEN = { allowHttp: true, allowPrivateNetworks: true };

let agent: ScriptedAgent;
let keyHost: ScriptedAgent;
let card: AgentCard;

beforeEach(async () => {
  agent = await ScriptedAgent.start();
  keyHost = await ScriptedAgent.start();
  card = parseAgentCard(cardFor(agent.url));
});

afterEach(async () => {
  await agent.close();
  await keyHost.close();
});

function serve(served: object): void {
  agent.card = JSON.parse(JSON.stringify(served)) as Record<string, unknown>;
}

async function connect(
  verifyCard: CardVerificationOptions,
  options: A2AClientOptions = {},
): Promise<AgentCard> {
  const client = await A2AClient.connect(agent.url, { ...options, verifyCard });
  await client.close();
  return client.agentCard;
}

async function refusal(
  verifyCard: CardVerificationOptions,
  options?: A2AClientOptions,
): Promise<any> {
  const error: any = await failureOf(connect(verifyCard, options));
  // Nothing was called, and no socket stays open.
  expect(agent.calls).toEqual([]);
  await agent.allClosed();
  return error;
}

describe('a client that verifies cards', () => {
  it('believes a card that a trusted key has signed (A2A §8.4.3)', async () => {
    const signed = signAgentCard(card, [newKey('other'), KEY]);
    serve(signed);
    expect(await connect({ keys: KEYS })).toEqual(parseAgentCard(signed));
  });

  it.each(['1.0', '0.3'] as const)(
    'asks for the card that is signed, though it prefers %s',
    async (version) => {
      serve(signAgentCard(card, [KEY]));
      const versions = [version, '1.0'] as const;
      await connect({ keys: KEYS }, { versions });
      expect(agent.requests[0]?.headers['a2a-version']).toBe('1.0');
    },
  );

  it('verifies a card that it was given', async () => {
    const signed = signAgentCard(card, [KEY]);
    const options = { ...OPEN, verifyCard: { keys: KEYS } };
    const client = await A2AClient.connect(signed, options);
    await client.close();
    const forged = { ...signed, name: 'Other' };
    expect(await failureOf(A2AClient.connect(forged, options))).toMatchObject({
      code: 'card-not-trusted',
    });
  });

  it.each<[string, () => object, string]>([
    ['not signed', () => card, 'not-signed'],
    [
      'changed after it was signed',
      () => ({ ...signAgentCard(card, [KEY]), name: 'Other' }),
      'signature-invalid',
    ],
    [
      'given members after it was signed',
      () => ({ ...signAgentCard(card, [KEY]), ...toV03Card(card) }),
      'signature-invalid',
    ],
    [
      'signed by somebody else',
      () => signAgentCard(card, [newKey('key-2')]),
      'unknown-key',
    ],
    [
      'signed by somebody else in the name of the key',
      () => signAgentCard(card, [newKey('key-1')]),
      'signature-invalid',
    ],
  ])('refuses a card that is %s', async (_what, served, code) => {
    serve(served());
    expect(await refusal({ keys: KEYS })).toMatchObject({
      name: 'A2AClientError',
      code: 'card-not-trusted',
      cause: { name: 'AgentCardSignatureError', code },
    });
  });

  it('refuses a key that is expired or revoked', async () => {
    serve(signAgentCard(card, [KEY]));
    const [jwk] = KEYS.keys;
    for (const [member, code] of [
      [{ exp: 1 }, 'key-expired'],
      [{ revoked: {} }, 'key-revoked'],
    ] as const) {
      const keys = { keys: [{ ...jwk, ...member }] };
      expect(await refusal({ keys })).toMatchObject({ cause: { code } });
    }
  });

  it('does not look for another card when the first is not trusted', async () => {
    agent.script = (request, response) =>
      request.path.startsWith('/team')
        ? json(response, card)
        : response.writeHead(500).end();
    serve(signAgentCard(card, [KEY]));
    const failed = A2AClient.connect(`${agent.url}/team`, {
      verifyCard: { keys: KEYS },
    });
    expect(await failureOf(failed)).toMatchObject({ code: 'card-not-trusted' });
    expect(agent.requests).toHaveLength(1);
  });

  it('may take a card without signatures, but never one with bad ones', async () => {
    const optional = { keys: KEYS, policy: 'verify-if-present' as const };
    serve(card);
    expect((await connect(optional)).name).toBe(card.name);
    serve(signAgentCard(card, [newKey('key-2')]));
    expect(await refusal(optional)).toMatchObject({
      cause: { code: 'unknown-key' },
    });
    serve({ ...card, signatures: [{}] });
    expect(await refusal(optional)).toMatchObject({
      cause: { code: 'malformed-signature' },
    });
  });

  it('uses nothing of a card that its signature does not cover', async () => {
    const { securityRequirements: _, ...open } = card;
    const forms = ['stripped'] as const;
    const signed = signAgentCard({ ...open, iconUrl: 'i' }, [KEY], { forms });
    serve({ ...signed, securityRequirements: [{ schemes: {} }] });
    const read = await connect({ keys: KEYS });
    expect(read.iconUrl).toBe('i');
    expect(read).not.toHaveProperty('securityRequirements');
  });
});

describe('keys at a URL', () => {
  const PATH = '/jwks';
  let url: string;
  let key: SigningKey;

  beforeEach(() => {
    url = keyHost.url + PATH;
    key = newKey('remote', url);
    serve(signAgentCard(card, [key]));
    keyHost.script = (_, response) => json(response, toJwkSet([key]));
  });

  it('are fetched where the URL is trusted', async () => {
    const read = await connect({ jku: [url] }, OPEN);
    expect(read.name).toBe(card.name);
    expect(keyHost.requests).toMatchObject([{ method: 'GET', path: PATH }]);
  });

  it('are not fetched where a key at hand is enough', async () => {
    const keys = toJwkSet([key]);
    await connect({ keys, jku: [url] }, OPEN);
    expect(keyHost.requests).toEqual([]);
  });

  it.each([
    ['no URL', []],
    ['another path', ['/other']],
    ['the beginning of it', ['/jwk']],
  ])('are not fetched where %s is trusted', async (_what, paths) => {
    const jku = paths.map((path) => keyHost.url + path);
    const error = await refusal({ keys: KEYS, jku }, OPEN);
    expect(error).toMatchObject({ cause: { code: 'unknown-key' } });
    expect(keyHost.requests).toEqual([]);
  });

  it('count as long as the key is not revoked here', async () => {
    const [jwk] = toJwkSet([key]).keys;
    const keys = { keys: [{ ...jwk, revoked: true }] };
    expect(await refusal({ keys, jku: [url] }, OPEN)).toMatchObject({
      cause: { code: 'key-revoked' },
    });
  });

  it('are found although another signature is bad', async () => {
    const [bad] = signAgentCard({ ...card, name: 'x' }, [KEY]).signatures;
    const { signatures } = signAgentCard(card, [key]);
    serve({ ...card, signatures: [bad, ...signatures] });
    const read = await connect({ keys: KEYS, jku: [url] }, OPEN);
    expect(read.name).toBe(card.name);
  });

  it('are not on a network that the policy closes', async () => {
    const options = { allowHttp: true };
    const error = await refusal({ jku: [url] }, options);
    expect(error).toMatchObject({ code: 'not-allowed' });
    expect(keyHost.connections).toBe(0);
  });

  it('must be at https, unless http is open', async () => {
    const error = await refusal({ jku: [url] });
    expect(error).toBeInstanceOf(TypeError);
    expect(agent.requests).toEqual([]);
  });

  it('are of no use where they cannot be had', async () => {
    const refused = () => refusal({ jku: [url] }, OPEN);
    keyHost.script = (_, response) => response.writeHead(404).end();
    expect(await refused()).toMatchObject({
      code: 'card-not-trusted',
      status: 404,
    });
    keyHost.script = (_, response) =>
      response.writeHead(302, { Location: `${agent.url}/jwks` }).end();
    expect(await refused()).toMatchObject({ status: 302 });
    keyHost.script = (_, response) => json(response, { no: 'keys' });
    expect(await refused()).toMatchObject({
      cause: { code: 'key-not-usable' },
    });
    keyHost.script = (_, response) => json(response, { keys: [] });
    expect(await refused()).toMatchObject({ cause: { code: 'unknown-key' } });
    keyHost.script = (_, response) => json(response, 'x'.repeat(300_000));
    expect(await refused()).toMatchObject({ code: 'response-too-large' });
    keyHost.script = (_, response) => response.destroy();
    expect(await refused()).toMatchObject({ code: 'connection-failed' });
  });

  it('do not keep a client waiting for ever', async () => {
    keyHost.script = () => undefined;
    const options = { ...OPEN, timeoutMs: 200 };
    expect(await refusal({ jku: [url] }, options)).toMatchObject({
      code: 'timeout',
    });
  });
});

it.each<[string, any]>([
  ['nothing at all', {}],
  ['no key', { keys: [] }],
  ['a key that is none', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }],
  ['no list', { keys: 'x' }],
  ['no URL', { jku: ['jwks'] }],
  ['another scheme', { jku: ['ftp://a.example'] }],
])('cannot trust %s', async (_what, verifyCard) => {
  const failed = failureOf(A2AClient.connect(agent.url, { verifyCard }));
  expect(await failed).toBeInstanceOf(TypeError);
  expect(agent.requests).toEqual([]);
});
