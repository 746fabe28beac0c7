import { type ExtendedAgentCardCaller } from '@nest-a2a/server';
import { forbidden, parseAgentCard } from '@nest-a2a/protocol';
import { fromV03Card } from '@nest-a2a/protocol/v0.3';
import { BINDINGS, VERSION } from '../support/a2a-http.js';
import { sendRaw } from '../support/raw-http.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const SKILL = {
  id: 'audit',
  name: 'Audit',
  description: 'Looks into the books.',
  tags: ['finance'],
};

const DECLARED = {
  ...CARD,
  capabilities: { ...CARD.capabilities, extendedAgentCard: true },
};

/** Who asks is who the caller says it is. */
const principal = (request: any) => request.headers['x-user'] as string;

describe.each(PLATFORMS)('the extended card on %s', (platform) => {
  let agent: TestAgent;

  async function start(options: TestAgentOptions['options']): Promise<void> {
    agent = await startAgent({ platform, options: { principal, ...options } });
  }

  const as = (user?: string) => ({
    ...VERSION,
    ...(user !== undefined && { 'X-User': user }),
  });

  /** Over JSON-RPC, which has the version of the protocol in its method. */
  async function rpc(
    headers: Record<string, string>,
    method = 'GetExtendedAgentCard',
  ) {
    const request = { jsonrpc: '2.0', id: 1, method };
    const answer = await sendRaw(agent.url, {
      headers,
      body: JSON.stringify(request),
    });
    return { ...answer, body: JSON.parse(answer.text) };
  }

  const get = (headers: Record<string, string>, path = '/extendedAgentCard') =>
    sendRaw(agent.url, { method: 'GET', path, headers });

  afterEach(() => agent.close());

  it.each(BINDINGS)(
    'is not supported where the card does not declare it: $name (A2A §3.3.4)',
    async ({ call, reason }) => {
      await start({});
      const answer = await call(agent.url, 'GetExtendedAgentCard', {});
      expect(reason(answer)).toBe('UNSUPPORTED_OPERATION');
    },
  );

  it.each(BINDINGS)(
    'is not configured where the card declares it alone: $name (A2A §3.3.4)',
    async ({ call, reason }) => {
      await start({ agentCard: DECLARED });
      const answer = await call(agent.url, 'GetExtendedAgentCard', {});
      expect(reason(answer)).toBe('EXTENDED_AGENT_CARD_NOT_CONFIGURED');
    },
  );

  it('is for callers who say who they are (A2A §13.3)', async () => {
    await start({ extendedAgentCard: { skills: [SKILL] } });
    expect((await rpc(as())).status).toBe(401);
    expect((await get(as())).status).toBe(401);
    const overRpc = (await rpc(as('ada'))).body.result;
    const overHttp = JSON.parse((await get(as('ada'))).text);
    expect(overHttp).toEqual(overRpc);
    expect(overRpc).toMatchObject({ ...DECLARED, skills: [SKILL] });
    expect(parseAgentCard(overRpc)).toEqual(overRpc);
  });

  it('differs from the public card in what the application says, and nowhere else', async () => {
    const capabilities = {
      streaming: false,
      extensions: [{ uri: 'https://example.com/ext' }],
    };
    await start({ extendedAgentCard: { version: '2.0.0', capabilities } });
    const path = '/.well-known/agent-card.json';
    const shown = JSON.parse((await get(VERSION, path)).text);
    expect(shown.capabilities.extendedAgentCard).toBe(true);
    expect((await rpc(as('ada'))).body.result).toEqual({
      ...shown,
      version: '2.0.0',
      // What the agent can do is not a matter of who asks.
      capabilities: {
        ...shown.capabilities,
        extensions: [
          ...capabilities.extensions,
          ...shown.capabilities.extensions,
        ],
      },
    });
  });

  it('may be another for each caller', async () => {
    const callers: ExtendedAgentCardCaller[] = [];
    await start({
      tenants: true,
      extendedAgentCard: async (caller) => {
        callers.push(caller);
        if (caller.principal === 'eve') throw forbidden();
        if (caller.principal === 'bob') return undefined;
        return { description: `For ${caller.principal}.` };
      },
    });
    const ada = await get(as('ada'), '/acme/extendedAgentCard');
    expect(JSON.parse(ada.text).description).toBe('For ada.');
    expect(callers[0]).toMatchObject({
      agent: 'default',
      principal: 'ada',
      tenant: 'acme',
      request: { headers: { 'x-user': 'ada' } },
    });
    const eve = await get(as('eve'));
    expect(eve.status).toBe(403);
    const bob = await get(as('bob'));
    expect(bob.status).toBe(400);
    expect(bob.text).toContain('EXTENDED_AGENT_CARD_NOT_CONFIGURED');
    expect(callers[1]).toMatchObject({ principal: 'eve', tenant: undefined });
  });

  it('is for everybody where the application says so', async () => {
    let asked: ExtendedAgentCardCaller | undefined;
    await start({
      publicExtendedAgentCard: true,
      extendedAgentCard: (caller) => {
        asked = caller;
        return { skills: [SKILL] };
      },
    });
    const { body } = await rpc(as());
    expect(body.result.skills).toEqual([SKILL]);
    expect(asked).toMatchObject({ principal: undefined });
  });

  it('may be kept by its caller, who asks whether it is the same (A2A §13.3)', async () => {
    await start({
      extendedAgentCard: ({ principal: name }) => ({ name: `For ${name}` }),
    });
    const first = await get(as('ada'));
    expect(first.headers).toMatchObject({
      'cache-control': 'private, no-cache',
      etag: expect.stringMatching(/^"[\w-]{20,}"$/),
    });
    const known = { 'If-None-Match': String(first.headers.etag) };
    const again = await get({ ...as('ada'), ...known });
    expect(again).toMatchObject({ status: 304, text: '' });
    expect(again.headers).toMatchObject({
      'cache-control': 'private, no-cache',
      etag: first.headers.etag,
    });
    expect((await get({ ...as('bob'), ...known })).status).toBe(200);
    expect((await get({ ...as(), ...known })).status).toBe(401);
  });

  it('can be read by callers of 0.3', async () => {
    await start({ extendedAgentCard: { skills: [SKILL] } });
    const user = { 'X-User': 'ada' };
    const overRpc = await rpc(user, 'agent/getAuthenticatedExtendedCard');
    const overHttp = JSON.parse((await get(user, '/v1/card')).text);
    for (const card of [overRpc.body.result, overHttp]) {
      expect(card).toMatchObject({
        protocolVersion: '0.3.0',
        supportsAuthenticatedExtendedCard: true,
        skills: [SKILL],
      });
      const { supportedInterfaces: _, ...old } = card;
      expect(parseAgentCard(fromV03Card(old)).name).toBe(CARD.name);
    }
  });

  it('does not go out where the application answers nonsense', async () => {
    await start({ extendedAgentCard: () => ({ skills: 'all' }) as never });
    const { status, text } = await get(as('ada'));
    expect(status).toBe(500);
    expect(text).not.toContain('skills');
  });

  it.each<[string, any, RegExp]>([
    [
      'nonsense',
      { extendedAgentCard: { skills: [{}] } },
      /extendedAgentCard\.skills\[0\]\.id/,
    ],
    [
      'text',
      { extendedAgentCard: 'x' },
      /extendedAgentCard: Must be an object/,
    ],
    [
      'a word for yes',
      { publicExtendedAgentCard: 'yes' },
      /publicExtendedAgentCard/,
    ],
    [
      'a card that it denies',
      {
        agentCard: { ...CARD, capabilities: { extendedAgentCard: false } },
        extendedAgentCard: {},
      },
      /extendedAgentCard: Must be left out/,
    ],
  ])('does not start with %s', async (_what, options, message) => {
    await expect(start(options)).rejects.toThrow(message);
  });
});
