import { A2AClient, type A2AClientOptions } from '@nest-a2a/client';
import { grpc } from '@nest-a2a/client/grpc';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { SCENARIOS, scriptScenarios } from '../support/scenarios.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

const BINDINGS = ['JSONRPC', 'HTTP+JSON', 'GRPC'] as const;
const VERSIONS = ['1.0', '0.3'] as const;
const COMBINATIONS = VERSIONS.flatMap((version) =>
  BINDINGS.map((binding) => ({ version, binding })),
);

/**
 * What a client has seen, without what differs from run to run: each id is
 * named by its first appearance, times are left out.
 */
function comparable(seen: unknown): unknown {
  const names = new Map<string, string>();
  const text = JSON.stringify(seen, (key, value: unknown) => {
    if (key === 'timestamp') return undefined;
    // An empty list and none are the same (ProtoJSON).
    return Array.isArray(value) && value.length === 0 ? undefined : value;
  }).replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
    const name = names.get(id) ?? `id ${names.size + 1}`;
    names.set(id, name);
    return name;
  });
  return JSON.parse(text);
}

describe('what a client sees', () => {
  let agent: TestAgent;
  const clients = new Map<string, A2AClient>();
  const nameOf = (one: (typeof COMBINATIONS)[number]) =>
    `${one.binding} ${one.version}`;

  beforeAll(async () => {
    agent = await startAgent({
      options: {
        ...GRPC_AGENT,
        directReplies: true,
        agentCard: {
          name: 'Test Agent',
          description: 'Does what tests say.',
          version: '1.0.0',
          capabilities: { pushNotifications: true, extendedAgentCard: true },
          defaultInputModes: [
            'text/plain',
            'application/json',
            'image/png',
            'text/csv',
          ],
        },
      },
    });
    scriptScenarios(agent.worker);
    for (const combination of COMBINATIONS) {
      const { binding, version } = combination;
      const options: A2AClientOptions = {
        binding,
        bindings: [grpc()],
        versions: [version],
      };
      const client = await A2AClient.connect(agent.url, options);
      expect(client.agentInterface).toMatchObject({
        protocolBinding: binding,
        protocolVersion: version,
      });
      clients.set(nameOf(combination), client);
    }
  });

  afterAll(async () => {
    for (const client of clients.values()) await client.close();
    await agent.close();
  });

  it.each(SCENARIOS)(
    'is the same over every binding and version: $title (A2A §5.1)',
    async ({ run, onlySince, expected }) => {
      const seen = new Map<string, unknown>();
      for (const combination of COMBINATIONS) {
        if (onlySince && combination.version !== onlySince) continue;
        const client = clients.get(nameOf(combination)) as A2AClient;
        seen.set(nameOf(combination), comparable(await run(client)));
      }
      const reference = seen.get('JSONRPC 1.0');
      expect(reference).toEqual(expected ?? expect.anything());
      for (const [name, value] of seen) {
        expect([name, value]).toEqual([name, reference]);
      }
    },
  );
});
