import { createPublicKey, verify, type webcrypto } from 'node:crypto';
import { createRemoteJWKSet, importJWK, type JWK, jwtVerify } from 'jose';
import { Webhook } from 'standardwebhooks';
import { type PushSigningOptions } from '@nest-a2a/server';
import {
  type AgentCard,
  webhookKeysUrlOf,
  newKeyPair,
} from '@nest-a2a/protocol';
import { type ReceivedWebhook, type WebhookSink } from '@nest-a2a/testing';
import { VERSION } from '../support/a2a-http.js';
import { PushLab, type PushLabOptions } from '../support/push-lab.js';

const SECRETS = [7, 8].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`,
);
const FINISHED = 3;

const ed25519 = () => newKeyPair('ed25519').privateKey;
const pem = (key: ReturnType<typeof ed25519>) =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The signatures of one version in the header. */
function signaturesOf({ headers }: ReceivedWebhook, version: string): Buffer[] {
  return String(headers['webhook-signature'])
    .split(' ')
    .map((one) => one.split(','))
    .filter(([name]) => name === version)
    .map(([, bytes = '']) => Buffer.from(bytes, 'base64'));
}

/** What Standard Webhooks has signed. */
function contentOf({ headers, raw }: ReceivedWebhook): Buffer {
  const { 'webhook-id': id, 'webhook-timestamp': time } = headers;
  return Buffer.from(`${String(id)}.${String(time)}.${raw}`);
}

describe('a webhook that is sent', () => {
  let lab: PushLab;
  let sink: WebhookSink;

  async function start(
    signing?: PushSigningOptions | false,
    { options }: PushLabOptions = {},
  ): Promise<void> {
    const push = signing === undefined ? {} : { signing };
    lab = await PushLab.start({ push, ...(options && { options }) });
    sink = await lab.openSink();
  }
  afterEach(() => lab.close());

  async function deliver(config: object = {}) {
    await lab.send('hi ä', { url: sink.url, ...config });
    return sink.waitFor(FINISHED);
  }

  async function publishedKeys() {
    const path = '/.well-known/a2a-webhook-keys.json';
    const response = await fetch(lab.agent.url + path);
    const set = (await response.json()) as { keys: { kid: string }[] };
    return set.keys;
  }

  const isSignedBy = (hook: ReceivedWebhook, jwk: object) => {
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    const content = contentOf(hook);
    return signaturesOf(hook, 'v1a').map((bytes) =>
      verify(null, content, key, bytes),
    );
  };

  it('is signed by a key that the agent publishes, over the bytes that were sent', async () => {
    await start();
    const received = await deliver();
    const keys = await publishedKeys();
    expect(keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.any(String),
        kid: expect.any(String),
        alg: 'EdDSA',
        use: 'sig',
      },
    ]);
    for (const hook of received) {
      expect(isSignedBy(hook, keys[0]!)).toEqual([true]);
      expect(isSignedBy({ ...hook, raw: `${hook.raw} ` }, keys[0]!)).toEqual([
        false,
      ]);
    }
  });

  it('is signed so that the platform verifies it with the key as jose reads it', async () => {
    await start();
    const [first] = await deliver();
    const [jwk] = await publishedKeys();
    const key = (await importJWK(jwk as JWK)) as webcrypto.CryptoKey;
    const [signature] = signaturesOf(first!, 'v1a');
    const isGood = (content: Buffer) =>
      crypto.subtle.verify('Ed25519', key, signature!, content);
    expect(await isGood(contentOf(first!))).toBe(true);
    expect(await isGood(contentOf({ ...first!, raw: '{}' }))).toBe(false);
  });

  it('has the signature of each attempt, which is made anew', async () => {
    await start();
    sink.answerNext(500);
    await lab.send('hi', { url: sink.url });
    await lab.leapAfter(1);
    const [first, again] = await sink.waitFor(2);
    expect(again!.raw).toBe(first!.raw);
    expect(again!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(again!.headers['webhook-signature']).not.toBe(
      first!.headers['webhook-signature'],
    );
    const [key] = await publishedKeys();
    expect(isSignedBy(again!, key!)).toEqual([true]);
  });

  it('is one for standardwebhooks where the operator has given secrets for its origin', async () => {
    await start();
    const { origin } = new URL(sink.url);
    await lab.close();
    // The sink is closed with its lab: another one, at an origin that is known before.
    lab = await PushLab.start({
      push: {
        signing: {
          secrets: ({ origin: asked, agent, tenant }: any) =>
            asked.startsWith(new URL(origin).protocol) &&
            agent === 'default' &&
            tenant === undefined
              ? SECRETS
              : undefined,
        },
      },
    });
    sink = await lab.openSink();
    for (const { headers, raw } of await deliver()) {
      // Its time is that of the test: the library has no other.
      const time = Number(headers['webhook-timestamp']) * 1_000;
      jest.spyOn(Date, 'now').mockReturnValue(time);
      for (const secret of SECRETS) {
        const theirs = new Webhook(secret);
        expect(theirs.verify(raw, headers as Record<string, string>)).toEqual(
          JSON.parse(raw),
        );
      }
      jest.restoreAllMocks();
    }
    const versions = (one: ReceivedWebhook) =>
      ['v1a', 'v1'].map((version) => signaturesOf(one, version).length);
    expect(sink.received.map(versions)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  it('has the signature of a secret only where it is for its origin', async () => {
    const other = { 'https://hooks.example.com': SECRETS[0]! };
    await start({ secrets: other });
    const [first] = await deliver();
    expect(signaturesOf(first!, 'v1')).toEqual([]);
    expect(signaturesOf(first!, 'v1a')).toHaveLength(1);
  });

  it('is signed by the keys of the operator: each of Ed25519 signs it', async () => {
    const keys = [
      { key: pem(ed25519()), kid: 'one' },
      { key: ed25519(), kid: 'two' },
    ];
    await start({ keys });
    const [first] = await deliver();
    const published = await publishedKeys();
    expect(published.map(({ kid }) => kid)).toEqual(['one', 'two']);
    expect(isSignedBy(first!, published[0]!)).toEqual([true, false]);
    expect(isSignedBy(first!, published[1]!)).toEqual([false, true]);
  });

  it('is not signed where the operator says so, and then there are no keys to find', async () => {
    await start(false);
    const [first] = await deliver();
    expect(first!.headers).not.toHaveProperty('webhook-signature');
    const path = '/.well-known/a2a-webhook-keys.json';
    expect((await fetch(lab.agent.url + path)).status).toBe(404);
    const card = await fetch(`${lab.agent.url}/.well-known/agent-card.json`);
    const { capabilities } = (await card.json()) as AgentCard;
    const uris = capabilities.extensions?.map(({ uri }) => uri);
    expect(uris).not.toContain('urn:nest-a2a:webhook-keys:v1');
  });

  it.each([
    ['throws', () => Promise.reject(new Error('vault is sealed'))],
    ['answers no secret', () => 'hunter2'],
  ])(
    'waits where the function for secrets %s, and says so without them',
    async (_what, answer) => {
      let isBroken = true;
      await start({ secrets: () => (isBroken ? answer() : SECRETS) });
      await lab.send('hi', { url: sink.url });
      const line = await lab.logs.find(
        /A webhook waits: .*push\.signing\.secrets/,
      );
      expect(line).not.toContain('hunter2');
      expect(sink.connections).toBe(0);
      isBroken = false;
      await lab.clock.leapTo(lab.clock.now() + 60_000);
      expect(await lab.recorder.nth(1)).toMatchObject({ attempt: 1 });
    },
  );

  it('waits no longer than a few seconds for the function for secrets', async () => {
    await start({ secrets: () => new Promise(() => undefined) });
    await lab.send('hi', { url: sink.url });
    await lab.clock.leapTo(lab.clock.now() + 5_000);
    await lab.logs.find(/A webhook waits: .*push\.signing\.secrets/);
    expect(sink.connections).toBe(0);
  });

  describe('to a receiver that leaves the token to us', () => {
    const BEARER = { authentication: { scheme: 'Bearer' } };
    const options = { publicUrl: 'https://agents.example.com' };

    it('carries one that jose verifies with the keys that the card names', async () => {
      await start({ jwt: true }, { options });
      const [first] = await deliver(BEARER);
      const [scheme, token = ''] = String(first!.headers.authorization).split(
        ' ',
      );
      expect(scheme).toBe('Bearer');
      const path = '/.well-known/a2a-webhook-keys.json';
      const jwks = createRemoteJWKSet(new URL(lab.agent.url + path));
      const { payload } = await jwtVerify(token, jwks, {
        issuer: 'https://agents.example.com',
        audience: new URL(sink.url).origin,
        currentDate: new Date(lab.clock.now()),
        maxTokenAge: '5m',
        requiredClaims: ['exp', 'jti', 'request_body_sha256'],
      });
      expect(payload.jti).toBe(first!.headers['webhook-id']);
      const task = JSON.parse(first!.raw).statusUpdate.taskId;
      expect(payload.taskId).toBe(task);
      const card = await fetch(`${lab.agent.url}/.well-known/agent-card.json`, {
        headers: VERSION,
      });
      expect(webhookKeysUrlOf((await card.json()) as AgentCard)).toBe(
        `https://agents.example.com${path}`,
      );
    });

    it('carries one of the first of the keys of the operator', async () => {
      const { privateKey } = newKeyPair('rsa', {
        modulusLength: 2_048,
      });
      const keys = [{ key: privateKey, kid: 'rsa' }, { key: ed25519() }];
      await start({ jwt: true, keys }, { options });
      const [first] = await deliver(BEARER);
      const [, token = ''] = String(first!.headers.authorization).split(' ');
      const path = '/.well-known/a2a-webhook-keys.json';
      const jwks = createRemoteJWKSet(new URL(lab.agent.url + path));
      const { protectedHeader } = await jwtVerify(token, jwks, {
        currentDate: new Date(lab.clock.now()),
      });
      expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: 'rsa' });
      expect(signaturesOf(first!, 'v1a')).toHaveLength(1);
    });

    it.each([
      [true, { scheme: 'Bearer', credentials: 'abc' }, 'Bearer abc'],
      [true, { scheme: 'Basic' }, undefined],
      [false, { scheme: 'Bearer' }, undefined],
    ])(
      'carries what was registered in every other case: jwt %j, %j',
      async (jwt, authentication, expected) => {
        await start({ jwt }, { options });
        const [first] = await deliver({ authentication });
        expect(first!.headers.authorization).toBe(expected);
      },
    );
  });
});

describe('an application does not start', () => {
  const rsa = newKeyPair('rsa', { modulusLength: 2_048 }).privateKey;

  it.each<[string, object, RegExp]>([
    [
      'a key of another kind alone',
      { keys: [{ key: rsa }] },
      /signing\.keys: Must have one of Ed25519/,
    ],
    [
      'a broken key',
      { keys: [{ key: 'hunter2' }] },
      /signing\.keys\[0\]: Must be a private key/,
    ],
    ['no keys', { keys: [] }, /signing\.keys: Must have at least/],
    [
      'five keys',
      { keys: Array.from({ length: 5 }, () => ({ key: ed25519() })) },
      /signing\.keys: Must be at most 4/,
    ],
    [
      'a secret for no origin',
      { secrets: { 'hooks.example.com': SECRETS[0] } },
      /signing\.secrets\[0\]: Must stand under an origin/,
    ],
    [
      'a secret and its origin mixed up',
      { secrets: { hunter2: 'https://a.example' } },
      /signing\.secrets\[0\]: A webhook secret is/,
    ],
    [
      'a wrong secret of two',
      { secrets: { 'https://a.example': [SECRETS[0], 'hunter2'] } },
      /signing\.secrets\[0\]\[1\]: A webhook secret is/,
    ],
    [
      'secrets that are none',
      { secrets: 'hunter2' },
      /signing\.secrets: Must be secrets by origin/,
    ],
    ['tokens and no issuer', { jwt: true }, /signing\.jwt: Needs publicUrl/],
    ['an overlap that is none', { overlapMs: -1 }, /signing\.overlapMs: /],
    ['what there is not', { key: 1 }, /signing\.key: Is no option here/],
    ['no object', true as never, /signing: Must be an object/],
  ])('with %s', async (_what, signing, message) => {
    const error: Error = await PushLab.start({ push: { signing } }).then(
      async (lab) => {
        await lab.close();
        return new Error('It has started');
      },
      (reason: Error) => reason,
    );
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('hunter2');
  });
});
