import {
  failureOf,
  json,
  type Script,
  ScriptedAgent,
  v03CardFor,
} from '../test/scripted-agent.js';
import { A2AClient } from './a2a-client.js';

let agent: ScriptedAgent;

beforeEach(async () => {
  agent = await ScriptedAgent.start();
});

afterEach(() => agent.close());

describe('the card of an agent of A2A 0.3', () => {
  it('is one of 1.0 for the caller', async () => {
    agent.card = {
      ...v03CardFor(agent.url, 'JSONRPC'),
      additionalInterfaces: [
        { url: `${agent.url}/rpc`, transport: 'JSONRPC' },
        { url: `${agent.url}/rest`, transport: 'HTTP+JSON' },
      ],
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X' } },
      security: [{ key: [] }],
    };
    const client = await A2AClient.connect(agent.url);
    const { agentCard } = client;
    await client.close();
    const version = { protocolVersion: '0.3' };
    expect(agentCard).toMatchObject({
      name: 'Old Generator',
      supportedInterfaces: [
        { url: `${agent.url}/rpc`, protocolBinding: 'JSONRPC', ...version },
        { url: `${agent.url}/rest`, protocolBinding: 'HTTP+JSON', ...version },
      ],
      capabilities: { streaming: true, extendedAgentCard: true },
      securityRequirements: [{ schemes: { key: { list: [] } } }],
    });
  });

  const at =
    (place: string, card: object): Script =>
    ({ path }, response) =>
      path === place ? json(response, card) : json(response, {}, 404);

  it('is found where it was before', async () => {
    const card = v03CardFor(agent.url, 'JSONRPC');
    agent.hasCard = false;
    agent.script = at('/.well-known/agent.json', card);
    const client = await A2AClient.connect(`${agent.url}/old`);
    expect(client.agentName).toBe('Old Generator');
    await client.close();
    expect(agent.requests.map(({ path }) => path)).toEqual([
      '/old/.well-known/agent-card.json',
      '/.well-known/agent-card.json',
      '/old/.well-known/agent.json',
      '/.well-known/agent.json',
    ]);
  });

  it('is not looked for there where one is that is wrong', async () => {
    const card = v03CardFor(agent.url, 'JSONRPC');
    agent.card = { name: 'x' };
    agent.script = at('/.well-known/agent.json', card);
    const failure = await failureOf(A2AClient.connect(agent.url));
    expect(failure).toMatchObject({ code: 'INVALID_AGENT_RESPONSE' });
    expect(agent.requests).toHaveLength(1);
  });

  it('is missing at its place of today where it is nowhere', async () => {
    agent.hasCard = false;
    agent.script = at('/.well-known/agent.json', { name: 'x' });
    const failure = await failureOf(A2AClient.connect(agent.url));
    expect(failure).toMatchObject({
      code: 'card-unavailable',
      status: 404,
      message: expect.stringContaining('/.well-known/agent-card.json'),
    });
  });

  it('may be given as an object', async () => {
    const card = v03CardFor(agent.url, 'JSONRPC');
    const client = await A2AClient.connect(card, {
      allowHttp: true,
      allowPrivateNetworks: true,
    });
    expect(client.agentInterface).toMatchObject({ protocolVersion: '0.3' });
    await client.close();
    expect(agent.requests).toEqual([]);
  });
});
