import { newKeyPair } from '@nest-a2a/protocol';
import { resolveAgent } from '../agents/resolve-agent.js';
import { AGENT_OPTION_NAMES } from '../options/option-names.js';
import { DEFAULT_OPTIONS } from '../options/default-options.js';
import { CardDocuments } from './card-documents.service.js';

const { privateKey: key } = newKeyPair('ec', { namedCurve: 'P-256' });

const AGENT = resolveAgent(
  { call: 'test', names: AGENT_OPTION_NAMES },
  {
    agentCard: { name: 'a', description: 'b', version: '1' },
    cardSigning: { keys: [{ key }] },
  },
  {},
);

describe('signed cards', () => {
  const documents = new CardDocuments({
    idempotency: 'off',
    push: { ...DEFAULT_OPTIONS.push, signing: false },
  });
  const bodyAt = (host: number) =>
    documents.of(AGENT, `https://h${host}.example`, '1.0').body;

  it('are remembered for as many URLs as an agent has, and not for all that callers think of', () => {
    const first = bodyAt(0);
    expect(bodyAt(0)).toBe(first);
    for (let host = 1; host < 64; host++) bodyAt(host);
    expect(bodyAt(0)).toBe(first);
    bodyAt(64);
    // The same content, signed again.
    expect(bodyAt(0)).not.toBe(first);
  });
});
