import { parseAgentCard } from '@nest-a2a/protocol';
import {
  apiKey,
  jwtBearer,
  type JwtBearerOptions,
} from '@nest-a2a/server/auth';
import { SignJWT } from 'jose';
import { sendParams, VERSION } from '../support/a2a-http.js';
import { ALL_BINDINGS } from '../support/any-binding.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';
import {
  AUDIENCE,
  ISSUER,
  TokenIssuer,
  unsignedToken,
} from '../support/token-issuer.js';

const SECRET = 'a secret that both know, of 32 bytes';
const NONE = 'Bearer realm="A2A"';
const INVALID = 'Bearer realm="A2A", error="invalid_token"';

let issuer: TokenIssuer;
let agent: TestAgent | undefined;

beforeEach(async () => {
  issuer = await TokenIssuer.start();
});

afterEach(async () => {
  await agent?.close();
  agent = undefined;
  await issuer.stop();
});

async function start(
  options: Partial<JwtBearerOptions> = {},
  rest: TestAgentOptions = {},
): Promise<TestAgent> {
  const trusted = { issuer: ISSUER, audience: AUDIENCE };
  const hasKeys = options.keys ?? options.secret;
  const { jwksUrl } = issuer;
  const authentication = [
    jwtBearer({ ...trusted, ...(!hasKeys && { jwksUrl }), ...options }),
  ];
  agent = await startAgent({
    ...rest,
    options: { ...GRPC_AGENT, authentication, ...rest.options },
  });
  return agent;
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe.each(ALL_BINDINGS)('tokens over $name', ({ call }) => {
  const list = async (headers: Record<string, string>) =>
    call(agent as TestAgent, 'ListTasks', {}, headers);

  it.each(PLATFORMS)(
    'say who calls: principals see nothing of each other (%s)',
    async (platform) => {
      const app = await start({}, { platform });
      const alice = await issuer.bearer();
      const bob = await issuer.bearer({ claims: { sub: 'bob' } });
      const sent = await call(app, 'SendMessage', sendParams('hi'), alice);
      const { id } = sent.body.task;
      const own = await call(app, 'GetTask', { id }, alice);
      const foreign = await call(app, 'GetTask', { id }, bob);
      expect(own.body.id).toBe(id);
      expect(foreign.status).toBe(5);
      expect(issuer.requests).toBe(1);
    },
  );

  it.each<[string, () => Promise<Record<string, string>>, string]>([
    ['no token', async () => ({}), NONE],
    ['another scheme', async () => ({ Authorization: 'Basic eDp5' }), NONE],
    ['an empty token', async () => ({ Authorization: 'Bearer ' }), NONE],
    ['what is no token', async () => bearer('abc'), INVALID],
    ['a token with more in it', async () => bearer('a b c'), INVALID],
    ['an endless token', async () => bearer('x'.repeat(7_000)), INVALID],
    [
      'one that has expired',
      () => issuer.bearer({ expires: new Date(Date.now() - 60_000) }),
      `${INVALID}, error_description="The access token expired"`,
    ],
    ['one that never does', () => issuer.bearer({ expires: false }), INVALID],
    [
      'one that is not valid yet',
      () => issuer.bearer({ claims: { nbf: 4_000_000_000 } }),
      INVALID,
    ],
    ['one for others', () => issuer.bearer({ audience: 'other' }), INVALID],
    ['one of others', () => issuer.bearer({ issuer: 'other' }), INVALID],
    ['one of nobody', () => issuer.bearer({ claims: { sub: '' } }), INVALID],
    [
      'one of an unknown key',
      () => issuer.bearer({ header: { kid: 'other' } }),
      INVALID,
    ],
    [
      'one with HMAC, signed with a public key',
      async () => {
        const key = Buffer.from(JSON.stringify(issuer.jwks.keys[0]));
        return issuer.bearer({ header: { alg: 'HS256' }, key });
      },
      INVALID,
    ],
    [
      'one without a signature',
      async () => {
        const exp = 4_000_000_000;
        const claims = { sub: 'alice', iss: ISSUER, aud: AUDIENCE, exp };
        return bearer(unsignedToken(claims));
      },
      INVALID,
    ],
    [
      'one that was changed',
      async () => {
        const [head, , signature] = (await issuer.token()).split('.');
        const [, body] = (await issuer.token({ claims: { sub: 'bob' } })).split(
          '.',
        );
        return bearer(`${head}.${body}.${signature}`);
      },
      INVALID,
    ],
  ])('are refused: %s (RFC 6750 §3.1)', async (_what, headers, challenge) => {
    await start();
    expect(await list(await issuer.bearer())).toMatchObject({ status: 'OK' });
    const answer = await list(await headers());
    expect(answer).toMatchObject({ status: 16, challenge });
    expect(answer.message).toMatch(
      /^(Authentication is required|The credentials are not valid)$/,
    );
  });

  it('say for which tenant: the same principal sees nothing of another', async () => {
    const tenants = (named: string, request: any) =>
      named === '' || named === request.user.org ? request.user.org : undefined;
    const app = await start({}, { options: { tenants } });
    const acme = await issuer.bearer({ claims: { org: 'acme' } });
    const other = await issuer.bearer({ claims: { org: 'other' } });
    const sent = await call(app, 'SendMessage', sendParams('hi'), acme);
    const { id } = sent.body.task;
    const get = async (headers: Record<string, string>, rest = {}) =>
      (await call(app, 'GetTask', { id, ...rest }, headers)).status;
    expect(await get(acme)).toBe('OK');
    expect(await get(acme, { tenant: 'acme' })).toBe('OK');
    expect(await get(other)).toBe(5);
    expect(await get(other, { tenant: 'other' })).toBe(5);
    expect(await get(other, { tenant: 'acme' })).toBe(3);
  });

  it('need the scopes that everybody needs (RFC 6750 §3.1)', async () => {
    await start({ requiredScopes: ['tasks', 'a2a:call'], realm: 'Reports' });
    const withScope = (claims: object) =>
      issuer.bearer({ claims: { ...claims } });
    for (const claims of [
      { scope: 'a2a:call other tasks' },
      { scp: ['tasks', 'a2a:call'] },
      { scp: 'tasks a2a:call' },
    ]) {
      expect((await list(await withScope(claims))).status).toBe('OK');
    }
    for (const claims of [{ scope: 'tasks' }, { scp: ['tasks', 7] }]) {
      expect(await list(await withScope(claims))).toMatchObject({
        status: 7,
        message: 'Missing scope: a2a:call',
        challenge:
          'Bearer realm="Reports", error="insufficient_scope", scope="tasks a2a:call"',
      });
    }
  });

  it('of a key that is new are good at once, and those of the old one are not any more', async () => {
    await start({ cooldownMs: 0 });
    const old = await issuer.bearer();
    expect((await list(old)).status).toBe('OK');
    await issuer.rotate('k2');
    expect((await list(await issuer.bearer())).status).toBe('OK');
    expect((await list(old)).status).toBe(16);
  });

  it('that name unknown keys do not make the issuer asked again and again', async () => {
    await start();
    expect((await list(await issuer.bearer())).status).toBe('OK');
    for (const kid of ['a', 'b', 'c']) {
      const headers = await issuer.bearer({ header: { kid } });
      expect((await list(headers)).status).toBe(16);
    }
    expect(issuer.requests).toBe(1);
  });

  it.each<[string, (issuer: TokenIssuer) => void]>([
    [
      'fails',
      (one) =>
        (one.answer = (_, response) =>
          void response.writeHead(500).end(SECRET)),
    ],
    [
      'answers no keys',
      (one) => (one.answer = (_, response) => void response.end('{"keys":7}')),
    ],
    [
      'answers no JSON',
      (one) => (one.answer = (_, response) => void response.end(SECRET)),
    ],
    [
      'answers too much',
      (one) =>
        (one.answer = (_, response) =>
          void response.end(JSON.stringify(one.jwks) + ' '.repeat(20_000))),
    ],
    ['answers nothing', (one) => (one.answer = () => undefined)],
    [
      'points elsewhere',
      (one) =>
        (one.answer = (request, response) => {
          if (request.url === '/elsewhere')
            response.end(JSON.stringify(one.jwks));
          else response.writeHead(302, { Location: '/elsewhere' }).end();
        }),
    ],
    [
      'breaks off',
      (one) => (one.answer = (request) => void request.socket.destroy()),
    ],
  ])(
    'cannot be judged while the issuer %s: nobody is told that they are bad',
    async (_what, breakIt) => {
      await start({ timeoutMs: 300, maxBytes: 10_000 });
      breakIt(issuer);
      const headers = await issuer.bearer();
      const answers = [await list(headers), await list(headers)];
      for (const answer of answers) {
        expect(answer).toMatchObject({
          status: 14,
          message: 'Temporarily unavailable',
          retryAfter: '5',
          challenge: undefined,
        });
      }
      expect(issuer.requests).toBe(1);
    },
  );

  it('are judged by keys that are known while the issuer is away', async () => {
    await start({ cacheMs: 0, cooldownMs: 0 });
    const headers = await issuer.bearer();
    expect((await list(headers)).status).toBe('OK');
    issuer.answer = (_request, response) => void response.writeHead(503).end();
    expect((await list(headers)).status).toBe('OK');
    expect(issuer.requests).toBeGreaterThan(1);
    await issuer.rotate('k2');
    expect((await list(await issuer.bearer())).status).toBe(14);
  });
});

describe('tokens', () => {
  const [binding] = ALL_BINDINGS;
  const status = async (headers: Record<string, string>) =>
    (await binding?.call(agent as TestAgent, 'ListTasks', {}, headers))?.status;

  it('may be checked with keys that the application has', async () => {
    await start({ keys: issuer.jwks });
    expect(await status(await issuer.bearer())).toBe('OK');
    expect(issuer.requests).toBe(0);
  });

  it('may be checked with keys that the application gets itself', async () => {
    await start({ keys: async () => issuer.jwks });
    expect(await status(await issuer.bearer())).toBe('OK');
    expect(issuer.requests).toBe(0);
  });

  it('may be checked with a secret, where the application says so', async () => {
    await start({ secret: SECRET });
    const signed = (alg: string, secret: string) =>
      new SignJWT({ sub: 'alice', iss: ISSUER, aud: AUDIENCE })
        .setProtectedHeader({ alg })
        .setExpirationTime('1m')
        .sign(Buffer.from(secret));
    expect(await status(bearer(await signed('HS256', SECRET)))).toBe('OK');
    expect(await status(bearer(await signed('HS256', 'x'.repeat(40))))).toBe(
      16,
    );
    expect(await status(bearer(await signed('HS384', SECRET.repeat(2))))).toBe(
      16,
    );
    expect(await status(await issuer.bearer())).toBe(16);
  });

  it('must have the type that the application wants (RFC 9068 §4)', async () => {
    await start({ type: 'at+jwt' });
    const typed = (typ: string) => issuer.bearer({ header: { typ } });
    expect(await status(await typed('at+jwt'))).toBe('OK');
    expect(await status(await typed('JWT'))).toBe(16);
  });

  it('of several issuers are judged by that of their own', async () => {
    const other = await TokenIssuer.start();
    const trust = (name: string, { jwksUrl }: TokenIssuer, iss: string) =>
      jwtBearer({
        name,
        issuer: iss,
        audience: AUDIENCE,
        jwksUrl,
        principalOf: ({ sub }) => `${name}:${sub}`,
      });
    const authentication = [
      trust('ours', issuer, ISSUER),
      trust('theirs', other, 'https://other.example'),
      apiKey({ name: 'X-API-Key', keys: { alice: 'alice-alice-alice' } }),
    ];
    await start({}, { options: { authentication } });
    const ofOther = (options: object) =>
      other.bearer({ issuer: 'https://other.example', ...options });
    expect(await status(await issuer.bearer())).toBe('OK');
    expect(await status(await ofOther({}))).toBe('OK');
    expect(await status(await ofOther({ issuer: ISSUER }))).toBe(16);
    expect(await status({ 'X-API-Key': 'alice-alice-alice' })).toBe('OK');
    const none = await binding?.call(agent as TestAgent, 'ListTasks');
    await other.stop();
    expect(none?.challenge).toBe(
      `${NONE}, ${NONE}, ApiKey realm="A2A", in="header", name="X-API-Key"`,
    );
  });

  it('tell the application more than who calls', async () => {
    let seen: any;
    const app = await start(
      {},
      {
        options: {
          tenants: (tenant, request: any) => {
            seen = request.user;
            return request.user.org === tenant ? tenant : undefined;
          },
        },
      },
    );
    const headers = await issuer.bearer({ claims: { org: 'acme' } });
    const as = (tenant: string) =>
      fetch(`${app.url}/${tenant}/tasks`, {
        headers: { ...VERSION, ...headers },
      });
    expect((await as('acme')).status).toBe(200);
    expect((await as('other')).status).toBe(400);
    expect(seen).toMatchObject({ sub: 'alice', org: 'acme', iss: ISSUER });
  });

  it('are on the card, with the scopes that everybody needs (A2A §4.5)', async () => {
    const { url } = await start({ name: 'oidc', requiredScopes: ['a2a'] });
    const path = `${url}/.well-known/agent-card.json`;
    const pure = await fetch(path, { headers: VERSION });
    const card = parseAgentCard(await pure.json());
    const old = (await (await fetch(path)).json()) as any;
    expect(card.securitySchemes).toEqual({
      oidc: {
        httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'JWT' },
      },
    });
    expect(card.securityRequirements).toEqual([
      { schemes: { oidc: { list: ['a2a'] } } },
    ]);
    expect(old.securitySchemes.oidc).toMatchObject({
      type: 'http',
      scheme: 'Bearer',
    });
    expect(old.security).toEqual([{ oidc: ['a2a'] }]);
  });

  it('of keys that are not public stop the start', async () => {
    const keys = { keys: [{ ...issuer.jwks.keys[0], d: 'AAAA' }] } as any;
    await expect(start({ keys })).rejects.toMatchObject({
      code: 'INVALID_KEYS',
    });
    await expect(start({ keys: { keys: 7 } as any })).rejects.toMatchObject({
      code: 'INVALID_KEYS',
    });
  });
});
