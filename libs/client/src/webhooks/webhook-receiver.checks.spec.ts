import { createHash, createPrivateKey, sign } from 'node:crypto';
import { newKeyPair } from '@nest-a2a/protocol';
import { SignJWT } from 'jose';
import { Webhook } from 'standardwebhooks';
import { statusUpdateJson as status, WebhookSender } from '@nest-a2a/testing';
import { createWebhookReceiver } from './webhook-receiver.js';
import { type WebhookReceiverOptions } from './webhook-receiver-options.js';
import { type WebhookRequest } from './webhook-request.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const TOKEN = 'my-secret-token';
const AUDIENCE = 'https://hooks.example.com';
/** The time of receiver and senders. */
const NOW_S = Date.UTC(2026, 0, 1) / 1_000;
const CLOCK = { now: () => NOW_S * 1_000 };
const sender = new WebhookSender(CLOCK);
const stranger = new WebhookSender(CLOCK);

/** What becomes of a webhook, in one word. */
async function outcomeOf(
  options: WebhookReceiverOptions,
  request: WebhookRequest,
): Promise<string> {
  const receiver = createWebhookReceiver({ clock: CLOCK, ...options });
  const answer = await receiver.handle(request, () => undefined);
  return answer.outcome;
}

const SIGNED = { signature: { keys: sender.jwks } };
const WITH_SECRET = { signature: { secrets: [SECRET] } };
const JWT = {
  jwt: { keys: sender.jwks, audience: 'https://hooks.example.com/webhook' },
};

describe('a receiver that checks the token', () => {
  const withToken = (token: string, name = 'x-a2a-notification-token') =>
    sender.plain({ headers: { [name]: token } });

  it('takes it in either header, and the new one while two count', async () => {
    const both = { token: ['old-token', TOKEN] };
    expect(await outcomeOf({ token: TOKEN }, withToken(TOKEN))).toBe('handled');
    expect(
      await outcomeOf(
        { token: TOKEN },
        withToken(TOKEN, 'A2A-Notification-Token'),
      ),
    ).toBe('handled');
    expect(await outcomeOf(both, withToken(TOKEN))).toBe('handled');
    expect(await outcomeOf(both, withToken('old-token'))).toBe('handled');
  });

  it.each([
    ['none', sender.plain()],
    ['an empty one', withToken('')],
    ['another one', withToken('guessed')],
    ['one that is longer', withToken(`${TOKEN}2`)],
    ['one that is cut', withToken(TOKEN.slice(1))],
  ])('refuses %s', async (_what, request) => {
    expect(await outcomeOf({ token: TOKEN }, request)).toBe('token-mismatch');
  });

  it('asks the application for the one of the registration', async () => {
    const asked: unknown[] = [];
    const token = async (about: { taskId: string }) => {
      asked.push(about);
      return about.taskId === 't' ? TOKEN : undefined;
    };
    const known = { ...withToken(TOKEN), source: 'billing' };
    expect(await outcomeOf({ token }, known)).toBe('handled');
    expect(asked).toEqual([{ taskId: 't', source: 'billing' }]);
    const foreign = sender.plain({
      body: status('WORKING', 'foreign'),
      headers: { 'a2a-notification-token': TOKEN },
    });
    expect(await outcomeOf({ token }, foreign)).toBe('token-mismatch');
    const empty = { token: () => '' };
    expect(await outcomeOf(empty, withToken(''))).toBe('token-mismatch');
  });

  it('asks for it again later where the application cannot say it', async () => {
    const token = () => {
      throw new TypeError('no connection to 10.0.0.7');
    };
    const receiver = createWebhookReceiver({ token, clock: CLOCK });
    const answer = await receiver.handle(withToken(TOKEN), () => undefined);
    expect(answer).toMatchObject({
      status: 503,
      outcome: 'check-failed',
      body: '{"error":"Try again later"}',
      headers: { 'Retry-After': '5' },
    });
  });

  it('refuses before the body is read', async () => {
    const body = (async function* () {
      yield* [];
      throw new Error('was read');
    })();
    const headers = sender.plain().headers;
    expect(await outcomeOf({ token: TOKEN }, { headers, body })).toBe(
      'token-mismatch',
    );
  });
});

describe('a receiver that checks the authorization', () => {
  it.each([
    ['Bearer abc', 'handled'],
    ['Bearer abd', 'authorization-mismatch'],
    ['abc', 'authorization-mismatch'],
  ])('answers to %s with %s', async (authorization, outcome) => {
    const request = sender.plain({ headers: { authorization } });
    const options = { authorization: 'Bearer abc' };
    expect(await outcomeOf(options, request)).toBe(outcome);
  });

  it('does not take nothing for a secret that is empty', async () => {
    const options = { authorization: () => '' };
    expect(await outcomeOf(options, sender.plain())).toBe(
      'authorization-mismatch',
    );
  });
});

describe('a receiver that checks the signature', () => {
  it('takes that of a key, of a secret, and one of several (D29)', async () => {
    expect(await outcomeOf(SIGNED, sender.signed())).toBe('handled');
    expect(await outcomeOf(WITH_SECRET, sender.signedBySecret(SECRET))).toBe(
      'handled',
    );
    const keys = [stranger.privateKey, sender.privateKey];
    expect(await outcomeOf(SIGNED, sender.signed({}, keys))).toBe('handled');
    const { headers, body } = sender.signed();
    const sent = { headers: new Headers(headers), body };
    expect(await outcomeOf(SIGNED, sent)).toBe('handled');
  });

  it('takes what the package standardwebhooks has signed', async () => {
    const { headers, body } = sender.plain();
    const theirs = new Webhook(SECRET);
    const at = new Date(NOW_S * 1_000);
    const signature = theirs.sign('evt_1', at, body.toString());
    const signed = { ...headers, 'webhook-signature': signature };
    expect(await outcomeOf(WITH_SECRET, { headers: signed, body })).toBe(
      'handled',
    );
  });

  it("takes what Node's crypto has signed", async () => {
    const { headers, body } = sender.plain();
    const content = Buffer.from(`evt_1.${NOW_S}.${body.toString()}`);
    const bytes = sign(null, content, sender.privateKey).toString('base64');
    const signed = { ...headers, 'webhook-signature': `v1a,${bytes}` };
    expect(await outcomeOf(SIGNED, { headers: signed, body })).toBe('handled');
  });

  it.each([
    ['the body', { body: Buffer.from(status('COMPLETED')) }],
    ['a space in the body', { body: Buffer.from(`${status('WORKING')} `) }],
    ['the id', { change: { 'webhook-id': 'evt_2' } }],
    ['the time', { change: { 'webhook-timestamp': String(NOW_S + 1) } }],
  ])('refuses one where %s was changed', async (_what, changed) => {
    const { change = {}, ...rest } = changed as any;
    for (const [options, signed] of [
      [SIGNED, sender.signed()],
      [WITH_SECRET, sender.signedBySecret(SECRET)],
      [JWT, sender.withJwt(AUDIENCE)],
    ] as const) {
      const request = {
        ...signed,
        ...rest,
        headers: { ...signed.headers, ...change },
      };
      const outcome = await outcomeOf(options, request);
      // A JWT says itself when it was made.
      const isOnlyTime = options === JWT && 'webhook-timestamp' in change;
      expect(outcome).toMatch(isOnlyTime ? /handled/ : /^(signature|jwt)-mism/);
    }
  });

  it('refuses another key, another secret, and none', async () => {
    expect(await outcomeOf(SIGNED, stranger.signed())).toBe(
      'signature-mismatch',
    );
    expect(
      await outcomeOf(WITH_SECRET, sender.signedBySecret(OTHER_SECRET)),
    ).toBe('signature-mismatch');
    expect(await outcomeOf(SIGNED, sender.plain())).toBe('signature-missing');
  });

  it('refuses a key that is revoked or over', async () => {
    const key = sender.publicKey;
    const keys = (more: object) => ({
      signature: { keys: [{ key, ...more }] },
    });
    expect(await outcomeOf(keys({}), sender.signed())).toBe('handled');
    for (const more of [{ isRevoked: true }, { expiresAt: new Date(0) }]) {
      expect(await outcomeOf(keys(more), sender.signed())).toBe(
        'signature-mismatch',
      );
    }
  });

  it('refuses one without an id or a time', async () => {
    for (const name of ['webhook-id', 'webhook-timestamp']) {
      const { headers, body } = sender.signed();
      const { [name]: _left, ...rest } = headers;
      expect(await outcomeOf(SIGNED, { headers: rest, body })).toBe(
        'header-missing',
      );
    }
  });
});

describe('a receiver that checks the JWT', () => {
  it('takes one that was made for the webhook, and for nobody else', async () => {
    expect(await outcomeOf(JWT, sender.withJwt(AUDIENCE))).toBe('handled');
    const elsewhere = sender.withJwt('https://other.example.com');
    expect(await outcomeOf(JWT, elsewhere)).toBe('jwt-mismatch');
    expect(await outcomeOf(JWT, stranger.withJwt(AUDIENCE))).toBe(
      'jwt-mismatch',
    );
    expect(await outcomeOf(JWT, sender.plain())).toBe('jwt-mismatch');
  });

  it('takes one that jose has made', async () => {
    const { headers, body } = sender.plain();
    const digest = createHash('sha256').update(body).digest('hex');
    const token = await new SignJWT({ request_body_sha256: digest })
      .setProtectedHeader({
        alg: 'EdDSA',
        kid: String(sender.jwks.keys[0]?.kid),
      })
      .setAudience('https://hooks.example.com')
      .setIssuedAt(NOW_S)
      .setExpirationTime(NOW_S + 60)
      .setJti('evt_1')
      .sign(
        createPrivateKey(
          sender.privateKey.export({ format: 'pem', type: 'pkcs8' }),
        ),
      );
    const authorization = `Bearer ${token}`;
    const request = { headers: { ...headers, authorization }, body };
    expect(await outcomeOf(JWT, request)).toBe('handled');
  });

  it('wants the issuer where it is told one', async () => {
    const from = (issuer: string) => ({ jwt: { ...JWT.jwt, issuer } });
    const request = sender.withJwt(AUDIENCE);
    expect(await outcomeOf(from('https://agent.example.com'), request)).toBe(
      'handled',
    );
    expect(await outcomeOf(from('https://other.example.com'), request)).toBe(
      'jwt-mismatch',
    );
  });
});

describe('a receiver whose clock is off (D28)', () => {
  const MINUTES = 60;

  it.each([
    [-10 * MINUTES, 'too-old'],
    [-5 * MINUTES - 1, 'too-old'],
    [-5 * MINUTES, 'handled'],
    [5 * MINUTES, 'handled'],
    [5 * MINUTES + 1, 'in-the-future'],
    [10 * MINUTES, 'in-the-future'],
  ])('by %d seconds answers: %s', async (seconds, outcome) => {
    const timestamp = NOW_S + seconds;
    expect(await outcomeOf(SIGNED, sender.signed({ timestamp }))).toBe(outcome);
  });

  it('says by how much, and takes more where it is told to', async () => {
    const timestamp = NOW_S - 600;
    const receiver = createWebhookReceiver({ ...SIGNED, clock: CLOCK });
    await expect(receiver.read(sender.signed({ timestamp }))).rejects.toThrow(
      'A webhook is 600 s old',
    );
    const patient = { ...SIGNED, toleranceMs: 600_000 };
    expect(await outcomeOf(patient, sender.signed({ timestamp }))).toBe(
      'handled',
    );
  });
});

describe('the options of a receiver', () => {
  const rsa = newKeyPair('rsa', { modulusLength: 2_048 }).publicKey;

  it.each([
    [{}, 'acceptUnverified: true takes webhooks from anybody'],
    [{ token: '' }, 'The token must be a text'],
    [{ token: [] }, 'The token must be a text'],
    [{ token: TOKEN, acceptUnverified: true }, 'of no use'],
    [{ tokens: TOKEN }, 'there is no option "tokens"'],
    [{ signature: {} }, 'signature needs keys'],
    [{ signature: { key: 'x' } }, 'signature: there is no option "key"'],
    [{ signature: { keys: ['x'] } }, 'signature.keys: Trusted key 0'],
    [{ signature: { keys: [{ key: rsa }] } }, 'must be keys of Ed25519'],
    [{ signature: { secrets: ['x'] } }, 'A webhook secret is "whsec_"'],
    [{ signature: { jwksUrl: 'x' } }, 'signature.jwksUrl'],
    [{ jwt: { audience: 'https://x.test' } }, 'jwt needs keys'],
    [{ jwt: { ...JWT.jwt, audience: 'x' } }, 'jwt.audience'],
    [{ ...JWT, authorization: 'Bearer x' }, 'about the same header'],
    [{ token: TOKEN, toleranceMs: 0 }, 'toleranceMs must be a positive'],
    [{ token: TOKEN, maxBodyBytes: -1 }, 'maxBodyBytes must be a positive'],
    [{ token: TOKEN, drainMs: NaN }, 'drainMs must be a positive'],
  ])('%j are refused', (options, message) => {
    const create = () => createWebhookReceiver(options as never);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });

  it('may say that anybody may send', async () => {
    expect(await outcomeOf({ acceptUnverified: true }, sender.plain())).toBe(
      'handled',
    );
  });
});
