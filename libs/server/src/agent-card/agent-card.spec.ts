import { resolveAgent } from '../agents/resolve-agent.js';
import { AGENT_OPTION_NAMES } from '../options/option-names.js';
import { type AgentExtras } from '../options/a2a-module-options.js';
import { toAgentCard } from './agent-card.js';

const agentCard = { name: '!', description: 'd', version: '1' };
const URL_ = 'https://a.example/agents';

const cardOf = (extras: AgentExtras, grpc?: { address: string }) =>
  toAgentCard(
    resolveAgent(
      { call: 'test', names: AGENT_OPTION_NAMES },
      { agentCard, ...(grpc && { grpc }) },
      extras,
    ),
    URL_,
  );

describe('toAgentCard', () => {
  it('names an interface for each binding and version, 1.0 first (A2A §8.3.1)', () => {
    const { supportedInterfaces } = cardOf({});
    expect(
      supportedInterfaces.map(
        ({ url, protocolBinding, protocolVersion }) =>
          `${protocolBinding} ${protocolVersion} ${url}`,
      ),
    ).toEqual([
      `JSONRPC 1.0 ${URL_}`,
      `HTTP+JSON 1.0 ${URL_}`,
      `JSONRPC 0.3 ${URL_}`,
      `HTTP+JSON 0.3 ${URL_}`,
    ]);
  });

  it.each([
    [undefined, 'a.example:50051'],
    [{ address: 'grpc.example:443' }, 'grpc.example:443'],
  ])('names host and port for gRPC, without a scheme: %j', (grpc, address) => {
    const { supportedInterfaces } = cardOf({ bindings: ['GRPC'] }, grpc);
    expect(supportedInterfaces).toEqual(
      ['1.0', '0.3'].map((protocolVersion) => ({
        url: address,
        protocolBinding: 'GRPC',
        protocolVersion,
      })),
    );
  });

  it('derives a skill that has an id, whatever the name is (A2A §4.4.1)', () => {
    const skill = { id: 'agent', name: '!', description: 'd', tags: ['agent'] };
    expect(cardOf({}).skills).toEqual([skill]);
  });
});
