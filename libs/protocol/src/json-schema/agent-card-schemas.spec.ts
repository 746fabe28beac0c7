import fc from 'fast-check';
import { SchemaCheck, withChanges } from '../../test/schema-check.js';
import { type AgentCard } from '../agent-card/agent-card.js';
import { AGENT_CARD_FIELDS } from '../agent-card/parse-agent-card.js';
import { object } from '../validation/object.js';
import { ParseContext } from '../validation/parse-context.js';

const FLOW = { tokenUrl: 'https://a.example/token', scopes: { read: 'Reads' } };
const CARD: AgentCard = {
  name: 'Echo',
  description: 'Says it again.',
  version: '1',
  supportedInterfaces: [
    {
      url: 'https://a.example',
      protocolBinding: 'HTTP+JSON',
      protocolVersion: '1.0',
      tenant: 't',
    },
  ],
  provider: { url: 'https://a.example', organization: 'A' },
  documentationUrl: 'https://a.example/docs',
  iconUrl: 'https://a.example/icon',
  capabilities: {
    streaming: true,
    pushNotifications: false,
    extendedAgentCard: true,
    extensions: [
      { uri: 'urn:a', description: 'A', required: true, params: { a: [1] } },
    ],
  },
  securitySchemes: {
    key: { apiKeySecurityScheme: { location: 'header', name: 'X-Key' } },
    bearer: { httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'J' } },
    certificate: { mtlsSecurityScheme: { description: 'Ours.' } },
    openId: { openIdConnectSecurityScheme: { openIdConnectUrl: 'https://b' } },
    client: { oauth2SecurityScheme: { flows: { clientCredentials: FLOW } } },
    device: {
      oauth2SecurityScheme: {
        oauth2MetadataUrl: 'https://a.example/meta',
        flows: {
          deviceCode: { ...FLOW, deviceAuthorizationUrl: 'https://a.example' },
        },
      },
    },
    code: {
      oauth2SecurityScheme: {
        flows: {
          authorizationCode: {
            ...FLOW,
            authorizationUrl: 'https://a.example',
            refreshUrl: 'https://a.example',
            pkceRequired: true,
          },
        },
      },
    },
    old: { oauth2SecurityScheme: { flows: { password: FLOW } } },
    older: { oauth2SecurityScheme: { flows: { implicit: {} } } },
  },
  securityRequirements: [{ schemes: { key: { list: ['read'] } } }],
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [
    {
      id: 'echo',
      name: 'Echo',
      description: 'Says it again.',
      tags: ['echo'],
      examples: ['Hello'],
      inputModes: ['text/plain'],
      outputModes: ['text/plain'],
      securityRequirements: [{ schemes: { key: { list: [] } } }],
    },
  ],
  signatures: [{ protected: 'a', signature: 'b', header: { kid: 'k' } }],
};

function parse(value: unknown): AgentCard | undefined {
  const context = new ParseContext('request');
  const read = object<AgentCard>(AGENT_CARD_FIELDS)(value, '', context);
  return context.violations.length > 0 ? undefined : read;
}

describe('the schema of AgentCard', () => {
  const check = new SchemaCheck();

  it('takes a card with everything', () => {
    expect(parse(CARD)).toEqual(CARD);
    expect(check.problems('AgentCard', CARD)).toEqual([]);
  });

  it('takes what the strict parser reads, and nothing that it refuses', () => {
    const counts = { both: 0, neither: 0 };
    fc.assert(
      fc.property(withChanges(fc.constant(CARD)), (value) => {
        const isTaken = check.accepts('AgentCard', value);
        const read = parse(value);
        if (isTaken) {
          expect(read).toBeDefined();
          counts.both++;
        } else if (read === undefined) {
          counts.neither++;
        }
        if (read) expect(check.problems('AgentCard', read)).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
    expect(counts.both).toBeGreaterThan(100);
    expect(counts.neither).toBeGreaterThan(100);
  });
});
