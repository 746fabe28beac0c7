import { certificateFor } from '../../test/certificate.js';
import {
  answering,
  failureOf,
  json,
  ScriptedAgent,
  taskIn,
  v03CardFor,
} from '../../test/scripted-agent.js';
import { type A2AClient } from '../a2a-client.js';
import { type A2AClientOptions } from '../client-options.js';
import { apiKey } from './api-key.js';
import { basic } from './basic.js';
import { bearer } from './bearer.js';
import { type Credentials } from './given-credentials.js';
import { mutualTls } from './mutual-tls.js';
import { oauth2ClientCredentials } from './oauth2-client-credentials.js';

const TASK = taskIn('COMPLETED');
const HEADER_KEY = {
  apiKeySecurityScheme: { location: 'header', name: 'X-Key' },
};
const BEARER = { httpAuthSecurityScheme: { scheme: 'bEaReR' } };
const BASIC = { httpAuthSecurityScheme: { scheme: 'Basic' } };

let agent: ScriptedAgent;
let clients: A2AClient[];

beforeEach(async () => {
  agent = await ScriptedAgent.start();
  agent.script = answering('HTTP+JSON', TASK);
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await agent.allClosed();
  await agent.close();
});

/** What a card asks for: schemes, and sets of their names. */
function demand(
  securitySchemes: Record<string, unknown>,
  ...sets: string[][]
): void {
  const securityRequirements = sets.map((names) => ({
    schemes: Object.fromEntries(names.map((name) => [name, { list: [] }])),
  }));
  Object.assign(agent.card, { securitySchemes, securityRequirements });
}

async function connect(
  credentials: Credentials,
  options: A2AClientOptions = {},
): Promise<A2AClient> {
  const client = await agent.connect('HTTP+JSON', { credentials, ...options });
  clients.push(client);
  return client;
}

async function callWith(credentials: Credentials) {
  const client = await connect(credentials);
  await client.getTask('t1');
  const [call] = agent.calls;
  if (!call) throw new Error('Nothing was sent');
  return call;
}

async function refusalOf(credentials: Credentials) {
  const client = await connect(credentials);
  const failure = await failureOf(client.getTask('t1'));
  expect(agent.calls).toEqual([]);
  return failure;
}

describe('an API key', () => {
  it('is sent in the header that the card names', async () => {
    demand({ key: HEADER_KEY }, ['key']);
    const { headers } = await callWith([apiKey('k-1')]);
    expect(headers['x-key']).toBe('k-1');
  });

  it('is sent in the query that the card names, beside other parameters', async () => {
    const inQuery = { location: 'query', name: 'api key' };
    demand({ key: { apiKeySecurityScheme: inQuery } }, ['key']);
    const client = await connect([apiKey('k&1')]);
    await client.getTask('t1', { historyLength: 2 });
    expect(agent.calls[0]?.path).toBe(
      '/rest/tasks/t1?historyLength=2&api+key=k%261',
    );
  });

  it('is sent in the cookie that the card names, beside others', async () => {
    const inCookie = { location: 'cookie', name: 'sid' };
    demand({ key: { apiKeySecurityScheme: inCookie } }, ['key']);
    const client = await connect([apiKey('k-1')], {
      interceptors: [
        (call, next) => next({ ...call, headers: { cookie: 'a=b' } }),
      ],
    });
    await client.getTask('t1');
    expect(agent.calls[0]?.headers.cookie).toBe('a=b; sid=k-1');
  });

  it('with characters that a cookie cannot carry is sent nowhere', async () => {
    const inCookie = { location: 'cookie', name: 'sid' };
    demand({ key: { apiKeySecurityScheme: inCookie } }, ['key']);
    const failure = await refusalOf([apiKey('k;admin=1')]);
    expect(failure).toMatchObject({ code: 'no-credentials' });
    expect(failure.message).not.toContain('admin');
  });

  it.each(['Host', 'Content-Length', 'bad name', ''])(
    'is sent in no header %j, whatever the card says',
    async (name) => {
      const scheme = { apiKeySecurityScheme: { location: 'header', name } };
      demand({ key: scheme }, ['key']);
      expect(await refusalOf([apiKey('k')])).toMatchObject({
        code: 'no-credentials',
      });
    },
  );

  it('is sent in the header that the caller names where the card says nothing', async () => {
    const { headers } = await callWith([apiKey('k', { header: 'X-Mine' })]);
    expect(headers['x-mine']).toBe('k');
  });
});

describe('an agent that names no requirement', () => {
  it('gets what can be sent as it is', async () => {
    const { headers } = await callWith([bearer('t-1'), apiKey('k')]);
    expect(headers.authorization).toBe('Bearer t-1');
  });

  it('gets the first of two that have the same place', async () => {
    const { headers } = await callWith([basic('me', 'pw'), bearer('t')]);
    expect(headers.authorization).toBe(`Basic ${btoa('me:pw')}`);
  });

  it('gets the first of its schemes that can be satisfied', async () => {
    demand({ other: BASIC, key: HEADER_KEY, token: BEARER });
    const { headers } = await callWith([bearer('t'), apiKey('k')]);
    expect(headers).toMatchObject({ 'x-key': 'k' });
    expect(headers.authorization).toBeUndefined();
  });
});

describe('requirements (A2A §7)', () => {
  it('are a choice: the first that can be satisfied counts', async () => {
    demand({ a: BASIC, b: HEADER_KEY, c: BEARER }, ['a'], ['b'], ['c']);
    const { headers } = await callWith([bearer('t'), apiKey('k')]);
    expect(headers).toMatchObject({ 'x-key': 'k' });
    expect(headers.authorization).toBeUndefined();
  });

  it('have to be satisfied whole', async () => {
    demand({ a: HEADER_KEY, b: BEARER, c: BASIC }, ['a', 'c'], ['a', 'b']);
    const { headers } = await callWith([bearer('t'), apiKey('k')]);
    expect(headers).toMatchObject({
      'x-key': 'k',
      authorization: 'Bearer t',
    });
  });

  it('are not satisfied by two credentials in one place', async () => {
    demand({ a: BEARER, b: BASIC }, ['a', 'b']);
    expect(await refusalOf([bearer('t'), basic('me', 'pw')])).toMatchObject({
      code: 'no-credentials',
    });
  });

  it('that name an empty set let requests through without', async () => {
    demand({ a: BASIC }, [], ['a']);
    const { headers } = await callWith([bearer('t')]);
    expect(headers.authorization).toBeUndefined();
  });

  it('that name an empty set are shown what the caller has all the same', async () => {
    demand({ a: BEARER }, [], ['a']);
    const { headers } = await callWith([bearer('t')]);
    expect(headers.authorization).toBe('Bearer t');
  });

  it('that cannot be satisfied are named, and nothing is sent', async () => {
    const schemes = { a: BASIC, 'b"': { mtlsSecurityScheme: {} }, c: {} };
    demand(schemes, ['a', 'b"'], ['c']);
    const failure = await refusalOf([bearer('t-secret')]);
    expect(failure).toMatchObject({
      name: 'A2AClientError',
      code: 'no-credentials',
      message: expect.stringContaining('"a" with "b\\"" or "c"'),
    });
    expect(failure.message).not.toContain('secret');
  });

  it('for a client certificate are not satisfied without TLS', async () => {
    demand({ a: { mtlsSecurityScheme: {} } }, ['a']);
    const { key, certificate: cert } = certificateFor('DNS:caller');
    expect(await refusalOf([mutualTls({ cert, key })])).toMatchObject({
      code: 'no-credentials',
    });
  });

  it.each([
    ['is missing', undefined],
    ['is empty', {}],
    ['has an odd place', { apiKeySecurityScheme: { location: 1, name: {} } }],
    ['has no flows', { oauth2SecurityScheme: {} }],
    [
      'has odd flows',
      { oauth2SecurityScheme: { flows: { clientCredentials: 3 } } },
    ],
  ])('with a scheme that %s are not satisfied', async (_, scheme) => {
    demand(scheme === undefined ? {} : { a: scheme }, ['a']);
    const oauth2 = oauth2ClientCredentials({
      clientId: 'c',
      clientSecret: 's',
    });
    expect(await refusalOf([apiKey('k'), oauth2])).toMatchObject({
      code: 'no-credentials',
    });
  });
});

describe('the extended card', () => {
  it('is asked for with credentials, and says what is wanted from then on', async () => {
    demand({ token: BEARER }, ['token']);
    const extended = {
      ...agent.card,
      securitySchemes: { key: HEADER_KEY },
      securityRequirements: [{ schemes: { key: { list: [] } } }],
    };
    agent.script = ({ path }, response) =>
      json(response, path === '/rest/extendedAgentCard' ? extended : TASK);
    const client = await connect([bearer('t'), apiKey('k')], {
      extendedCard: true,
    });
    await client.getTask('t1');
    const [first, second] = agent.calls;
    expect(first?.headers.authorization).toBe('Bearer t');
    expect(second?.headers['x-key']).toBe('k');
  });
});

describe('credentials by the names of schemes', () => {
  it('satisfy the scheme of that name', async () => {
    const other = {
      apiKeySecurityScheme: { location: 'header', name: 'X-Id' },
    };
    demand({ app: other, key: HEADER_KEY }, ['app', 'key']);
    const { headers } = await callWith({ key: apiKey('k'), app: apiKey('i') });
    expect(headers).toMatchObject({ 'x-key': 'k', 'x-id': 'i' });
  });

  it('satisfy no scheme of another name', async () => {
    demand({ key: HEADER_KEY }, ['key']);
    const failure = await refusalOf({ toString: apiKey('k') });
    expect(failure).toMatchObject({ code: 'no-credentials' });
  });

  it('are needed where one key could be for two schemes', async () => {
    const other = {
      apiKeySecurityScheme: { location: 'header', name: 'X-Id' },
    };
    demand({ app: other, key: HEADER_KEY }, ['app', 'key']);
    expect(await refusalOf([apiKey('k')])).toMatchObject({
      code: 'no-credentials',
    });
  });
});

describe('a card of A2A 0.3', () => {
  it('says what it wants in its own words', async () => {
    agent.card = {
      ...v03CardFor(agent.url, 'HTTP+JSON'),
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-Key' },
        token: { type: 'http', scheme: 'bearer' },
      },
      security: [{ other: [] }, { key: [], token: [] }],
    };
    agent.script = answering('HTTP+JSON', {
      id: 't1',
      contextId: 'c1',
      kind: 'task',
      status: { state: 'completed' },
    });
    const { headers } = await callWith([bearer('t'), apiKey('k')]);
    expect(headers).toMatchObject({
      'x-key': 'k',
      authorization: 'Bearer t',
    });
  });
});

describe('an interface at another origin than that of the caller’s URL', () => {
  let other: ScriptedAgent;

  beforeEach(async () => {
    other = await ScriptedAgent.start();
    other.script = answering('HTTP+JSON', TASK);
    agent.card.supportedInterfaces = other.card.supportedInterfaces;
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await other.allClosed();
    await other.close();
  });

  const open = { allowHttp: true, allowPrivateNetworks: true };

  it('gets nothing at all', async () => {
    const client = await connect([bearer('t-secret')], open);
    for (const call of [
      client.getTask('t1'),
      client.send('x'),
      client.stream('x').next(),
    ]) {
      expect(await failureOf(call)).toMatchObject({
        code: 'not-allowed',
        message: expect.stringMatching(/credentialOrigins/),
      });
    }
    expect(other.connections).toBe(0);
  });

  it('gets requests without, where it takes them', async () => {
    demand({ a: BEARER }, ['a'], []);
    const client = await connect([bearer('t')], open);
    await client.getTask('t1');
    expect(other.calls[0]?.headers.authorization).toBeUndefined();
  });

  it('gets them where the caller says so', async () => {
    const credentialOrigins = [`${other.url}/x`];
    const client = await connect([bearer('t')], { ...open, credentialOrigins });
    await client.getTask('t1');
    expect(other.calls[0]?.headers.authorization).toBe('Bearer t');
  });
});
