import { setImmediate as immediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  answering,
  beginStream,
  BINDINGS,
  failureOf,
  frame,
  json,
  ScriptedAgent,
  type Script,
  taskIn,
  wrap,
} from '../../test/scripted-agent.js';
import { TokenServer } from '../../test/token-server.js';
import { type A2AClient } from '../a2a-client.js';
import { type ClientBindingName } from '../client-options.js';
import { apiKey } from './api-key.js';
import { basic } from './basic.js';
import { bearer } from './bearer.js';
import { type Credential } from './credential.js';
import { oauth2ClientCredentials } from './oauth2-client-credentials.js';
import { type SecretRequest } from './secret.js';

const TASK = taskIn('COMPLETED');

let agent: ScriptedAgent;
let tokens: TokenServer;
let clients: A2AClient[];

beforeEach(async () => {
  agent = await ScriptedAgent.start();
  tokens = await TokenServer.start();
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await agent.allClosed();
  await Promise.all([agent.close(), tokens.close()]);
});

const oauth2 = () =>
  oauth2ClientCredentials({
    clientId: 'me',
    clientSecret: 's3cret',
    tokenUrl: tokens.url,
  });

async function connect(
  binding: ClientBindingName,
  credential: Credential,
): Promise<A2AClient> {
  const client = await agent.connect(binding, {
    credentials: [credential],
    credentialOrigins: [tokens.origin],
  });
  clients.push(client);
  return client;
}

/** Refuses requests unless they show one of these. */
function taking(values: readonly string[], answer: Script): Script {
  return (request, response) =>
    values.includes(String(request.headers.authorization))
      ? answer(request, response)
      : json(response, {}, 401, { 'WWW-Authenticate': 'Bearer error="x"' });
}

const shown = () => agent.calls.map(({ headers }) => headers.authorization);

describe.each(BINDINGS)('a refusal (HTTP 401) over %s', (binding) => {
  it('is answered with a fresh token, once', async () => {
    agent.script = taking(['Bearer token-2'], (request, response) =>
      json(response, wrap(binding, request, { task: TASK })),
    );
    const client = await connect(binding, oauth2());
    expect((await client.send('x')).state).toBe('completed');
    expect(shown()).toEqual(['Bearer token-1', 'Bearer token-2']);
    const [first, second] = agent.calls.map(({ text }) => JSON.parse(text));
    const messageOf = ({ params, message }: any) => params?.message ?? message;
    expect(messageOf(second)).toEqual(messageOf(first));
    await client.send('y');
    expect(tokens.requests).toHaveLength(2);
  });

  it('rises where the fresh token is refused too', async () => {
    agent.script = taking([], () => undefined);
    const client = await connect(binding, oauth2());
    expect(await failureOf(client.send('x'))).toMatchObject({
      name: 'A2AError',
      code: 'UNAUTHENTICATED',
      challenge: 'Bearer error="x"',
    });
    expect(shown()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('of a stream is answered with a fresh token too', async () => {
    agent.script = taking(['Bearer token-2'], (request, response) => {
      beginStream(response).end(frame(binding, request, { task: TASK }));
    });
    const client = await connect(binding, oauth2());
    const states: string[] = [];
    for await (const { task } of client.stream('x')) states.push(task.state);
    expect(states).toEqual(['completed']);
    expect(shown()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });
});

describe('a refusal (HTTP 401)', () => {
  it('of several calls at once leads to one fresh token', async () => {
    const waiting: (() => void)[] = [];
    agent.script = (request, response) => {
      if (request.headers.authorization !== 'Bearer token-1') {
        json(response, TASK);
        return;
      }
      waiting.push(() => json(response, {}, 401));
      if (waiting.length === 3) waiting.forEach((refuse) => refuse());
    };
    const client = await connect('HTTP+JSON', oauth2());
    await Promise.all([1, 2, 3].map(() => client.getTask('t1')));
    expect(tokens.requests).toHaveLength(2);
    expect(shown()).toHaveLength(6);
  });

  it('that comes when there is a fresh token already leads to no other', async () => {
    let refuseLast: () => void = () => undefined;
    agent.script = (request, response) => {
      if (request.headers.authorization !== 'Bearer token-1') {
        json(response, TASK);
      } else if (request.path.endsWith('last')) {
        refuseLast = () => json(response, {}, 401);
      } else {
        json(response, {}, 401);
      }
    };
    const client = await connect('HTTP+JSON', oauth2());
    const last = client.getTask('last');
    while (agent.calls.length === 0) await immediate();
    await client.getTask('first');
    refuseLast();
    await last;
    expect(tokens.requests).toHaveLength(2);
    expect(shown().at(-1)).toBe('Bearer token-2');
  });

  it('rises where the server gives the same token again', async () => {
    tokens.script = (response) =>
      json(response, { access_token: 'same', token_type: 'Bearer' });
    agent.script = taking([], () => undefined);
    const client = await connect('HTTP+JSON', oauth2());
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(shown()).toEqual(['Bearer same']);
  });

  it('is told to the function of a token, which may have another', async () => {
    const asked: SecretRequest[] = [];
    const token = (request: SecretRequest) => {
      asked.push(request);
      return Promise.resolve(request.isRefused ? 'new' : 'old');
    };
    agent.script = taking(['Bearer new'], answering('HTTP+JSON', TASK));
    await (await connect('HTTP+JSON', bearer(token))).getTask('t1');
    expect(asked).toEqual([{ isRefused: false }, { isRefused: true }]);
    expect(shown()).toEqual(['Bearer old', 'Bearer new']);
  });

  it.each([
    ['a value', bearer('fixed')],
    ['a function that has no other', bearer(() => 'fixed')],
    ['a password', basic('me', 'pw')],
  ])('of %s rises at once', async (_, credential) => {
    agent.script = taking([], () => undefined);
    const client = await connect('HTTP+JSON', credential);
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(agent.calls).toHaveLength(1);
  });

  it.each([403, 500])('is not what HTTP %i is', async (status) => {
    agent.script = (_, response) => json(response, {}, status);
    const client = await connect('HTTP+JSON', oauth2());
    await failureOf(client.getTask('t1'));
    expect(agent.calls).toHaveLength(1);
    expect(tokens.requests).toHaveLength(1);
  });
});

describe('the function of a credential', () => {
  it.each([
    ['throws', () => Promise.reject(new Error('vault is closed'))],
    ['answers nothing', () => undefined as never],
    ['answers what cannot be sent', () => 'a\r\nb'],
  ])('that %s stops the call, and nothing is sent', async (_, token) => {
    const client = await connect('HTTP+JSON', bearer(token));
    expect(await failureOf(client.send('x'))).toMatchObject({
      name: 'A2AClientError',
      code: 'no-credentials',
    });
    expect(agent.calls).toEqual([]);
  });

  it('that never answers is waited for as long as the call may take', async () => {
    const never = new Promise<string>(() => undefined);
    const client = await connect(
      'HTTP+JSON',
      apiKey(() => never, { header: 'X-Key' }),
    );
    const failure = await failureOf(client.send('x', { timeoutMs: 50 }));
    expect(failure).toMatchObject({ code: 'timeout' });
    expect(agent.calls).toEqual([]);
  });
});

describe('the values of credentials', () => {
  const credentials = {
    a: apiKey('s3cret', { header: 'X-Key' }),
    b: bearer('s3cret'),
    c: basic('me', 's3cret'),
    d: oauth2ClientCredentials({ clientId: 'me', clientSecret: 's3cret' }),
  };
  const everything = { depth: Infinity, showHidden: true } as const;
  const hidden = [/s3cret/, new RegExp(btoa('me:s3cret'))];

  function expectHidden(value: unknown): void {
    const texts = [
      inspect(value, everything),
      JSON.stringify(value) ?? '',
      String(value),
    ];
    for (const text of texts) {
      for (const secret of hidden) expect(text).not.toMatch(secret);
    }
  }

  it('cannot be seen in them, or in a client that has them', async () => {
    expectHidden(credentials);
    const client = await agent.connect('HTTP+JSON', { credentials });
    clients.push(client);
    agent.script = answering('HTTP+JSON', TASK);
    await client.getTask('t1');
    expect(agent.calls[0]?.headers['x-key']).toBe('s3cret');
    expectHidden(client);
  });

  it.each([
    [
      'broken connections',
      (): Script => (_, response) => void response.destroy(),
    ],
    ['refusals', (): Script => (_, response) => json(response, {}, 401)],
    [
      'what is no answer',
      (): Script => (_, response) => json(response, 'x', 200),
    ],
  ])('cannot be seen in errors of %s', async (_, script) => {
    agent.script = script();
    const client = await connect('HTTP+JSON', bearer('s3cret'));
    expectHidden(await failureOf(client.getTask('t1', { retry: false })));
    expect(shown()).toEqual(['Bearer s3cret']);
  });

  it('cannot be seen in errors of token endpoints', async () => {
    const client = await connect('HTTP+JSON', oauth2());
    tokens.script = (response) => response.destroy();
    expectHidden(await failureOf(client.getTask('t1')));
    const asked = new Promise<void>((resolve) => {
      tokens.script = () => resolve();
    });
    const failure = failureOf(client.getTask('t1'));
    await asked;
    await client.close();
    expectHidden(await failure);
  });
});
