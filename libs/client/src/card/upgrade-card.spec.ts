import { parseAgentCard } from '@nest-a2a/protocol';
import { cardFor } from '../../test/scripted-agent.js';
import { upgradeCard } from './upgrade-card.js';

const PUBLIC = parseAgentCard(cardFor('https://a.example'));
const EXTENDED = parseAgentCard({
  ...cardFor('https://elsewhere.example'),
  name: 'For you',
  securitySchemes: { b: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
  securityRequirements: [{ schemes: { b: { list: [] } } }],
});

describe('upgradeCard', () => {
  it('is the extended card where the public one was believed as well', () => {
    expect(upgradeCard(PUBLIC, EXTENDED, false)).toBe(EXTENDED);
  });

  it('leads nowhere else than the card that was verified', () => {
    const card = upgradeCard(PUBLIC, EXTENDED, true);
    expect(card.name).toBe('For you');
    expect(card.supportedInterfaces).toBe(PUBLIC.supportedInterfaces);
    expect(card).not.toHaveProperty('securitySchemes');
    expect(card).not.toHaveProperty('securityRequirements');
  });
});
