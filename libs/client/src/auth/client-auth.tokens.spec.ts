import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import {
  answering,
  failureOf,
  json,
  ScriptedAgent,
  taskIn,
} from '../../test/scripted-agent.js';
import { TokenServer } from '../../test/token-server.js';
import { type A2AClient } from '../a2a-client.js';
import { type A2AClientOptions } from '../client-options.js';
import {
  oauth2ClientCredentials,
  type OAuth2ClientCredentialsOptions,
} from './oauth2-client-credentials.js';

const TASK = taskIn('COMPLETED');
const CLIENT = { clientId: 'me', clientSecret: 's3cret' };

let agent: ScriptedAgent;
let tokens: TokenServer;
let clients: A2AClient[];

beforeEach(async () => {
  agent = await ScriptedAgent.start();
  agent.script = answering('HTTP+JSON', TASK);
  tokens = await TokenServer.start();
  clients = [];
});

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(clients.map((client) => client.close()));
  await agent.allClosed();
  await Promise.all([agent.close(), tokens.close()]);
});

interface Wanted extends Partial<OAuth2ClientCredentialsOptions> {
  options?: A2AClientOptions;
}

async function connect({ options, ...oauth2 }: Wanted = {}) {
  const client = await agent.connect('HTTP+JSON', {
    credentials: [
      oauth2ClientCredentials({ ...CLIENT, tokenUrl: tokens.url, ...oauth2 }),
    ],
    credentialOrigins: [tokens.origin],
    ...options,
  });
  clients.push(client);
  return client;
}

function demandScopes(scopes: string[], tokenUrl = tokens.url): void {
  const flows = { clientCredentials: { tokenUrl, scopes: {} } };
  Object.assign(agent.card, {
    securitySchemes: { idp: { oauth2SecurityScheme: { flows } } },
    securityRequirements: [{ schemes: { idp: { list: scopes } } }],
  });
}

const shown = () => agent.calls.map(({ headers }) => headers.authorization);

function at(ms: number): void {
  jest.spyOn(Date, 'now').mockReturnValue(ms);
}

describe('OAuth 2.0 client credentials (RFC 6749 §4.4)', () => {
  it('ask for a token with the scopes of the card, and show it', async () => {
    demandScopes(['read', 'write', 'read']);
    const client = await connect({ tokenUrl: undefined });
    await client.getTask('t1');
    expect(tokens.requests).toEqual([
      {
        authorization: `Basic ${btoa('me:s3cret')}`,
        contentType: 'application/x-www-form-urlencoded',
        form: { grant_type: 'client_credentials', scope: 'read write' },
      },
    ]);
    expect(shown()).toEqual(['Bearer token-1']);
  });

  it('ask for the scopes of the caller where it names some', async () => {
    demandScopes(['everything']);
    await (await connect({ scopes: ['read'] })).getTask('t1');
    expect(tokens.requests[0]?.form.scope).toBe('read');
  });

  it('send what authorization servers want besides', async () => {
    const client = await connect({
      clientAuthentication: 'post',
      audience: 'agents',
      resource: 'https://agent.example',
      parameters: { realm: 'a b' },
    });
    await client.getTask('t1');
    expect(tokens.requests[0]).toMatchObject({
      authorization: undefined,
      form: {
        grant_type: 'client_credentials',
        client_id: 'me',
        client_secret: 's3cret',
        audience: 'agents',
        resource: 'https://agent.example',
        realm: 'a b',
      },
    });
  });

  it('write names and secrets as forms do (RFC 6749 §2.3.1)', async () => {
    const client = await connect({ clientId: 'a:b', clientSecret: 'ä &' });
    await client.getTask('t1');
    expect(tokens.requests[0]?.authorization).toBe(
      `Basic ${btoa('a%3Ab:%C3%A4+%26')}`,
    );
  });

  it('satisfy OpenID Connect where the caller names the endpoint', async () => {
    const openIdConnectUrl = 'https://idp.example';
    Object.assign(agent.card, {
      securitySchemes: {
        idp: { openIdConnectSecurityScheme: { openIdConnectUrl } },
      },
      securityRequirements: [{ schemes: { idp: { list: ['a'] } } }],
    });
    await (await connect()).getTask('t1');
    expect(tokens.requests[0]?.form.scope).toBe('a');
    const other = await connect({ tokenUrl: undefined });
    expect(await failureOf(other.getTask('t1'))).toMatchObject({
      code: 'no-credentials',
    });
  });

  it('do not satisfy a scheme with scopes that are none', async () => {
    demandScopes(['a b']);
    const client = await connect();
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'no-credentials',
    });
  });
});

describe('a token', () => {
  it('is fetched once for calls that need it at the same time', async () => {
    const client = await connect();
    await Promise.all([1, 2, 3].map(() => client.getTask('t1')));
    await client.getTask('t1');
    expect(tokens.requests).toHaveLength(1);
    expect(new Set(shown())).toEqual(new Set(['Bearer token-1']));
  });

  it.each([
    [3_600, 3_540],
    [100, 90],
  ])('of %i seconds is fetched anew after %i', async (life, renewed) => {
    tokens.script = (response) =>
      json(response, tokens.token({ expires_in: life }));
    const client = await connect();
    const start = Date.now();
    at(start);
    await client.getTask('t1');
    at(start + renewed * 1_000 - 1);
    await client.getTask('t1');
    expect(tokens.requests).toHaveLength(1);
    at(start + renewed * 1_000);
    await client.getTask('t1');
    expect(shown().at(-1)).toBe('Bearer token-2');
  });

  it('that is still good is shown where a new one is not to be had', async () => {
    tokens.script = (response) =>
      json(response, tokens.token({ expires_in: 100 }));
    const client = await connect();
    const start = Date.now();
    at(start);
    await client.getTask('t1');
    tokens.script = (response) => json(response, {}, 503);
    at(start + 99_000);
    await client.getTask('t1');
    expect(shown()).toEqual(['Bearer token-1', 'Bearer token-1']);
    at(start + 100_000);
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'token-unavailable',
      status: 503,
    });
  });

  it('without an end is kept until it is refused', async () => {
    tokens.script = (response) =>
      json(response, tokens.token({ expires_in: undefined }));
    const client = await connect();
    await client.getTask('t1');
    at(Date.now() + 1e12);
    await client.getTask('t1');
    expect(tokens.requests).toHaveLength(1);
  });

  it('is waited for by each caller as long as it wants', async () => {
    const arrived = new Promise<() => void>((resolve) => {
      tokens.script = (response) =>
        resolve(() => json(response, tokens.token()));
    });
    const client = await connect();
    const controller = new AbortController();
    const { signal } = controller;
    const left = failureOf(client.getTask('t1', { signal }));
    const stays = client.getTask('t1');
    const answer = await arrived;
    controller.abort();
    expect(await left).toMatchObject({ code: 'aborted' });
    answer();
    expect((await stays).state).toBe('completed');
    expect(tokens.requests).toHaveLength(1);
  });

  it('that does not come in time leaves nothing in doubt', async () => {
    tokens.script = () => undefined;
    const client = await connect();
    const failure = await failureOf(client.send('x', { timeoutMs: 200 }));
    expect(failure).toMatchObject({ code: 'timeout' });
    expect(agent.calls).toEqual([]);
  });

  it('is waited for no longer when the client is closed', async () => {
    const client = await connect();
    const asked = new Promise<ServerResponse>((resolve) => {
      tokens.script = resolve;
    });
    const failure = failureOf(client.getTask('t1'));
    const gone = once(await asked, 'close');
    await client.close();
    expect(await failure).toMatchObject({ code: 'closed' });
    await gone;
    // Less than a token endpoint is waited for.
  }, 10_000);
});

describe('an answer that is no token', () => {
  it.each<[string, unknown, number?]>([
    ['no JSON', 'x'],
    ['nothing', null],
    ['no token', { token_type: 'bearer' }],
    ['a token that is empty', { access_token: '', token_type: 'bearer' }],
    ['a token with spaces', { access_token: 'a b', token_type: 'bearer' }],
    [
      'a token with a line break',
      { access_token: 'a\r\nX-Evil: 1', token_type: 'bearer' },
    ],
    ['a token that is no text', { access_token: 7, token_type: 'bearer' }],
    ['another type', { access_token: 'a', token_type: 'mac' }],
    ['no type', { access_token: 'a' }],
    [
      'a negative end',
      { access_token: 'a', token_type: 'bearer', expires_in: -1 },
    ],
    [
      'an end that is none',
      { access_token: 'a', token_type: 'bearer', expires_in: 'soon' },
    ],
    ['another status', { access_token: 'a', token_type: 'bearer' }, 201],
  ])('is refused: %s', async (_, answer, status = 200) => {
    tokens.script = (response) => json(response, answer, status);
    const client = await connect();
    expect(await failureOf(client.send('x'))).toMatchObject({
      name: 'A2AClientError',
      code: 'token-unavailable',
      status,
    });
    expect(agent.calls).toEqual([]);
  });

  it('is refused where it is larger than 64 KiB', async () => {
    tokens.script = (response) =>
      response.end(JSON.stringify(tokens.token()) + ' '.repeat(65_536));
    const client = await connect();
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'token-unavailable',
    });
  });

  it('is not looked for elsewhere', async () => {
    const elsewhere = await TokenServer.start();
    tokens.script = (response) =>
      response.writeHead(307, { Location: elsewhere.url }).end();
    const client = await connect();
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'token-unavailable',
      status: 307,
    });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it('says why (RFC 6749 §5.2), but repeats nothing that could be the secret', async () => {
    tokens.script = (response) =>
      json(
        response,
        { error: 'invalid_client', error_description: 's3cret' },
        401,
      );
    const client = await connect();
    const failure = await failureOf(client.getTask('t1'));
    expect(failure).toMatchObject({
      code: 'token-unavailable',
      status: 401,
      message: 'The token endpoint answered HTTP 401: invalid_client',
    });
    tokens.script = (response) => json(response, { error: 's3cret' }, 400);
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      message: 'The token endpoint answered HTTP 400',
    });
  });

  it('is not kept: the next call asks again', async () => {
    tokens.script = (response) => json(response, {}, 500);
    const client = await connect();
    await failureOf(client.getTask('t1'));
    tokens.script = (response) => json(response, tokens.token());
    await client.getTask('t1');
    expect(shown()).toEqual(['Bearer token-2']);
  });
});

describe('the secret of the client', () => {
  it('is not sent to an endpoint at an origin that only the card names', async () => {
    demandScopes([]);
    const client = await connect({
      tokenUrl: undefined,
      options: {
        credentialOrigins: [],
        allowHttp: true,
        allowPrivateNetworks: true,
      },
    });
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('credentialOrigins'),
    });
    expect(tokens.requests).toEqual([]);
    expect(agent.calls).toEqual([]);
  });

  it('is sent where the caller says, whatever the card says', async () => {
    demandScopes([], 'https://evil.example/token');
    await (await connect()).getTask('t1');
    expect(tokens.requests).toHaveLength(1);
  });

  it('is not sent in clear text, unless the caller vouches for the origin', async () => {
    const options = { credentialOrigins: [] };
    expect(await failureOf(connect({ options }))).toBeInstanceOf(TypeError);
  });

  it('is not sent to an origin that the policy closes', async () => {
    const client = await connect({
      options: { credentialOrigins: [tokens.origin], deny: ['denied.test'] },
      tokenUrl: 'https://denied.test/token',
    });
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'not-allowed',
    });
  });

  it('leaves nothing in doubt where the endpoint cannot be reached', async () => {
    const server = createServer((socket) => socket.destroy());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    // An origin of the caller’s own, which the policy alone would not open.
    const client = await connect({
      tokenUrl: `https://127.0.0.1:${port}/token`,
      options: { credentialOrigins: [] },
    });
    const failure = await failureOf(client.send('x'));
    expect(failure).toMatchObject({
      code: 'token-unavailable',
      cause: expect.objectContaining({ name: 'EgressError' }),
    });
    expect(agent.calls).toEqual([]);
    server.close();
  });
});
