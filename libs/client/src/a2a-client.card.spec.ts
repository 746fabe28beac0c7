import { type ServerResponse } from 'node:http';
import { CardLab, MINUTE } from '../test/card-lab.js';
import {
  answering,
  failureOf,
  json,
  ScriptedAgent,
  taskIn,
  wrap,
} from '../test/scripted-agent.js';
import { A2AClient } from './a2a-client.js';

describe('the card of an agent, looked at again', () => {
  let lab: CardLab;

  beforeEach(async () => {
    lab = await CardLab.start();
  });

  afterEach(() => lab.close());

  it('is not asked for while it is fresh (RFC 9111 §4.2)', async () => {
    await lab.connect();
    lab.pass(10 * MINUTE - 1);
    await lab.client.getTask('t1');
    expect(lab.looks()).toHaveLength(1);
  });

  it('is asked for with its validators when it is stale, and kept on 304 (RFC 9111 §4.3)', async () => {
    const modified = 'Mon, 23 Nov 2026 12:00:00 GMT';
    lab.headers['Last-Modified'] = modified;
    await lab.connect();
    const card = lab.client.agentCard;
    lab.answerCard = (_, response) =>
      response.writeHead(304, lab.headers).end();
    lab.pass(10 * MINUTE);
    await lab.client.getTask('t1');
    expect(lab.looks()[1]?.headers).toMatchObject({
      'if-none-match': '"1"',
      'if-modified-since': modified,
    });
    expect(lab.client.agentCard).toBe(card);
    // The answer has made it fresh again.
    lab.pass(10 * MINUTE - 1);
    await lab.client.getTask('t1');
    expect(lab.looks()).toHaveLength(2);
  });

  it('counts from then on when it has changed: the calls go where it says', async () => {
    await lab.connect();
    lab.agent.card = {
      ...lab.agent.card,
      name: 'Moved',
      supportedInterfaces: [
        {
          url: `${lab.agent.url}/new`,
          protocolBinding: 'JSONRPC',
          protocolVersion: '1.0',
        },
      ],
    };
    lab.pass(10 * MINUTE);
    await lab.client.getTask('t1');
    expect(lab.client.agentName).toBe('Moved');
    expect(lab.agent.calls.at(-1)?.path).toBe('/new');
  });

  it('is asked for once by all who wait', async () => {
    await lab.connect();
    lab.pass(10 * MINUTE);
    await Promise.all(
      Array.from({ length: 10 }, () => lab.client.getTask('t1')),
    );
    expect(lab.looks()).toHaveLength(2);
  });

  it('is asked for once a minute at most, whatever the agent says', async () => {
    lab.headers['Cache-Control'] = 'no-cache';
    await lab.connect();
    lab.pass(MINUTE - 1);
    await lab.client.getTask('t1');
    expect(lab.looks()).toHaveLength(1);
    lab.pass(1);
    await lab.client.getTask('t1');
    expect(lab.looks()).toHaveLength(2);
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['500', (response) => json(response, {}, 500)],
    ['404', (response) => json(response, {}, 404)],
    ['no card', (response) => json(response, { name: 7 })],
    ['no answer', (response) => response.destroy()],
    ['too much', (response) => json(response, 'x'.repeat(2_000_000))],
  ])('is kept where the next look brings %s', async (_, fail) => {
    await lab.connect();
    lab.answerCard = (_request, response) => void fail(response);
    lab.pass(10 * MINUTE);
    expect((await lab.client.getTask('t1')).state).toBe('working');
    lab.pass(MINUTE - 1);
    await lab.client.getTask('t1');
    expect(lab.looks()).toHaveLength(2);
  });

  it('is not kept where the next look finds one that is refused', async () => {
    const cause = new Error('not this one');
    await lab.connect({
      cardValidator: ({ name }) => {
        if (name === 'Other') throw cause;
      },
    });
    lab.agent.card = { ...lab.agent.card, name: 'Other' };
    lab.pass(10 * MINUTE);
    const refused = { code: 'card-refused', cause };
    expect(await failureOf(lab.client.getTask('t1'))).toMatchObject(refused);
    expect(lab.calls()).toEqual([]);
  });

  it('is tried again where the agent has no time at first', async () => {
    const statuses = [503, 429, 502];
    lab.answerCard = (_, response) =>
      json(response, lab.agent.card, statuses.shift() ?? 200);
    await lab.connect();
    expect(lab.looks()).toHaveLength(4);
  });

  it('has the size that the caller allows', async () => {
    const maxCardBytes = JSON.stringify(lab.agent.card).length;
    await lab.connect({ maxCardBytes });
    const small = { maxCardBytes: maxCardBytes - 1 };
    const failure = failureOf(A2AClient.connect(lab.agent.url, small));
    expect(await failure).toMatchObject({ code: 'response-too-large' });
  });

  it('is asked for with the headers that the caller has for it, and no call is', async () => {
    await lab.connect({ cardHeaders: { Authorization: 'Bearer of the card' } });
    await lab.client.getTask('t1');
    lab.pass(10 * MINUTE);
    await lab.client.getTask('t1');
    const shown = lab.looks().map((look) => look.headers.authorization);
    expect(shown).toEqual(['Bearer of the card', 'Bearer of the card']);
    expect(
      lab.calls().some(({ headers: { authorization } }) => authorization),
    ).toBe(false);
    const cardHeaders = { 'X-Key': 'a\r\nb' };
    expect(() => A2AClient.create(lab.agent.url, { cardHeaders })).toThrow(
      'X-Key',
    );
  });

  it('gives way to the extended one (A2A §3.1.11)', async () => {
    const { answer } = lab;
    lab.answer = (request, response) => {
      const isCard = request.body.method === 'GetExtendedAgentCard';
      const card = { ...lab.agent.card, name: 'For you' };
      return isCard
        ? json(response, wrap('JSONRPC', request, card))
        : answer(request, response);
    };
    await lab.connect({ extendedCard: true });
    expect(lab.client.agentName).toBe('For you');
    await lab.client.getTask('t1');
    const methods = lab.agent.calls.map(({ body }) => body.method);
    expect(methods).toEqual(['GetExtendedAgentCard', 'GetTask']);
  });

  it('stays where the agent has no extended one after all', async () => {
    const error = { code: -32007, message: 'None' };
    lab.answer = (request, response) =>
      json(response, { jsonrpc: '2.0', id: request.body.id, error });
    await lab.connect({ extendedCard: true });
    expect(lab.client.agentName).toBe('Report Generator');
  });
});

describe('a client that connects when it is needed', () => {
  it('asks for nothing before, fails without an agent, and finds it later', async () => {
    const agent = await ScriptedAgent.start();
    const { url } = agent;
    const client = A2AClient.create(url, { retry: false });
    expect(() => client.agentName).toThrow(
      expect.objectContaining({ code: 'not-connected' }),
    );
    expect(agent.requests).toEqual([]);
    agent.hasCard = false;
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'card-unavailable',
    });
    agent.hasCard = true;
    agent.script = answering('JSONRPC', taskIn('WORKING'));
    await Promise.all([client.getTask('t1'), client.ready()]);
    expect(client.agentName).toBe('Report Generator');
    await client.close();
    expect(await failureOf(client.ready())).toMatchObject({ code: 'closed' });
    await agent.allClosed();
    await agent.close();
  });

  it.each([
    { credentialOrigins: ['nowhere'] },
    { connectTimeoutMs: 0 },
    { streamIdleMs: -1 },
    { streamResumeMs: -1 },
    { maxCardBytes: 0.5 },
    { retry: { maxAttempts: 0 } },
    { verifyCard: { policy: 'perhaps' as 'off' } },
  ])('says at once what makes no sense: %j', (options) => {
    const [name = ''] = Object.keys(options);
    expect(() => A2AClient.create('http://a.example', options)).toThrow(name);
  });

  it('says at once that a URL is none', () => {
    expect(() => A2AClient.create('not a URL')).toThrow(TypeError);
  });
});
