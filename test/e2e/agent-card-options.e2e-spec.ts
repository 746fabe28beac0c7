import { A2AClient } from '@nest-a2a/client';
import { parseAgentCard } from '@nest-a2a/protocol';
import { VERSION } from '../support/a2a-http.js';
import { CARD, startAgent, type TestAgent } from '../support/test-agent.js';

/** Everything that an application can say about its agent. */
const WHOLE = {
  ...CARD,
  capabilities: {
    streaming: false,
    pushNotifications: false,
    extendedAgentCard: true,
    extensions: [
      {
        uri: 'https://example.com/ext/a',
        description: 'A.',
        required: false,
        params: { depth: [1, { b: null }] },
      },
    ],
  },
  provider: { url: 'https://example.com', organization: 'Example' },
  documentationUrl: 'https://example.com/docs',
  iconUrl: 'https://example.com/icon.png',
  defaultInputModes: ['text/plain', 'image/png'],
  defaultOutputModes: ['application/json'],
  securitySchemes: {
    key: {
      apiKeySecurityScheme: { location: 'header' as const, name: 'X-API-Key' },
    },
    bearer: {
      httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'JWT' },
    },
  },
  securityRequirements: [
    { schemes: { key: { list: [] } } },
    { schemes: { bearer: { list: ['read'] } } },
  ],
  skills: [
    {
      id: 'report',
      name: 'Report',
      description: 'Writes reports.',
      tags: ['sales'],
      examples: ['The first quarter, please.'],
      inputModes: ['text/plain'],
      outputModes: ['text/markdown'],
    },
  ],
};

describe('what the application says about its agent', () => {
  let agent: TestAgent;

  afterEach(() => agent.close());

  async function card(): Promise<any> {
    const url = `${agent.url}/.well-known/agent-card.json`;
    const response = await fetch(url, { headers: VERSION });
    return response.json();
  }

  it('is on its card as it was said (A2A §4.4.1)', async () => {
    agent = await startAgent({
      options: { agentCard: WHOLE, idempotency: false },
    });
    const { supportedInterfaces, ...said } = await card();
    expect(said).toEqual(WHOLE);
    const whole = { ...said, supportedInterfaces };
    expect(parseAgentCard(whole)).toEqual(whole);
  });

  it('names the preferred binding first, which clients take (A2A §8.3.2)', async () => {
    const bindings = ['HTTP+JSON', 'JSONRPC'] as const;
    agent = await startAgent({ options: { bindings } });
    const { supportedInterfaces } = await card();
    const offered = supportedInterfaces.map(
      ({ protocolBinding }: any) => protocolBinding,
    );
    expect(offered).toEqual([...bindings, ...bindings]);
    const client = await A2AClient.connect(agent.url);
    expect(client.agentInterface.protocolBinding).toBe('HTTP+JSON');
    expect((await client.send('hi')).text).toBe('echo: hi');
    await client.close();
  });
});
