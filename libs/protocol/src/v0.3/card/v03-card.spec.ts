import fc from 'fast-check';
import { type AgentCard } from '../../agent-card/agent-card.js';
import { parseAgentCard } from '../../agent-card/parse-agent-card.js';
import { fromV03Card } from './from-v03-card.js';
import { toV03Card, toV03ProtoCard } from './to-v03-card.js';

const FLOW = {
  authorizationUrl: 'https://id.example/authorize',
  tokenUrl: 'https://id.example/token',
  scopes: { read: 'Read.' },
};

const CARD: AgentCard = {
  name: 'Reports',
  description: 'Writes reports.',
  version: '2.1.0',
  supportedInterfaces: [
    {
      url: 'https://a.example',
      protocolBinding: 'JSONRPC',
      protocolVersion: '1.0',
    },
    {
      url: 'https://a.example/old',
      protocolBinding: 'JSONRPC',
      protocolVersion: '0.3',
    },
    {
      url: 'https://a.example/rest',
      protocolBinding: 'HTTP+JSON',
      protocolVersion: '0.3',
    },
    {
      url: 'a.example:50051',
      protocolBinding: 'GRPC',
      protocolVersion: '0.3',
    },
  ],
  provider: { url: 'https://example.com', organization: 'Example' },
  capabilities: { streaming: true, extendedAgentCard: true },
  securitySchemes: {
    key: {
      apiKeySecurityScheme: {
        location: 'header',
        name: 'X-Key',
        description: 'A key.',
      },
    },
    bearer: {
      httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'JWT' },
    },
    oauth: {
      oauth2SecurityScheme: {
        flows: { authorizationCode: { ...FLOW, pkceRequired: true } },
        oauth2MetadataUrl: 'https://id.example/meta',
      },
    },
    oidc: {
      openIdConnectSecurityScheme: { openIdConnectUrl: 'https://id.example' },
    },
    mtls: { mtlsSecurityScheme: {} },
  },
  securityRequirements: [
    { schemes: { key: { list: [] }, oauth: { list: ['read'] } } },
    { schemes: { mtls: { list: [] } } },
  ],
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [
    {
      id: 'report',
      name: 'Report',
      description: 'Writes.',
      tags: ['sales'],
      securityRequirements: [{ schemes: { oauth: { list: ['read'] } } }],
    },
    { id: 'plain', name: 'Plain', description: 'Plain.', tags: [] },
  ],
};

const OPEN_API_SCHEMES = {
  key: { type: 'apiKey', in: 'header', name: 'X-Key', description: 'A key.' },
  bearer: { type: 'http', scheme: 'Bearer', bearerFormat: 'JWT' },
  oauth: {
    type: 'oauth2',
    flows: { authorizationCode: FLOW },
    oauth2MetadataUrl: 'https://id.example/meta',
  },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://id.example' },
  mtls: { type: 'mutualTLS' },
};

const V03_CARD = {
  protocolVersion: '0.3.0',
  name: 'Reports',
  description: 'Writes reports.',
  url: 'https://a.example/old',
  preferredTransport: 'JSONRPC',
  additionalInterfaces: [
    { url: 'https://a.example/old', transport: 'JSONRPC' },
    { url: 'https://a.example/rest', transport: 'HTTP+JSON' },
  ],
  version: '2.1.0',
  capabilities: { streaming: true, stateTransitionHistory: true },
  securitySchemes: OPEN_API_SCHEMES,
  security: [{ key: [], oauth: ['read'] }, { mtls: [] }],
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [
    {
      id: 'report',
      name: 'Report',
      description: 'Writes.',
      tags: ['sales'],
      security: [{ oauth: ['read'] }],
    },
  ],
  supportsAuthenticatedExtendedCard: true,
};

describe('toV03Card', () => {
  const superset: any = { ...CARD, ...toV03Card(CARD) };

  it('names the interfaces for 0.3, the preferred one among them', () => {
    expect(superset).toMatchObject({
      protocolVersion: '0.3.0',
      url: 'https://a.example/old',
      preferredTransport: 'JSONRPC',
      additionalInterfaces: [
        { url: 'https://a.example/old', transport: 'JSONRPC' },
        { url: 'https://a.example/rest', transport: 'HTTP+JSON' },
        { url: 'a.example:50051', transport: 'GRPC' },
      ],
      supportsAuthenticatedExtendedCard: true,
    });
  });

  it('says each security scheme in both forms', () => {
    const { pkceRequired: _, ...flow } = {
      ...FLOW,
      pkceRequired: true,
    };
    for (const [name, scheme] of Object.entries(OPEN_API_SCHEMES)) {
      expect(superset.securitySchemes[name]).toEqual({
        ...CARD.securitySchemes?.[name],
        ...scheme,
      });
    }
    expect(superset.securitySchemes.oauth.flows.authorizationCode).toEqual(
      flow,
    );
  });

  it('says what is required in both forms, of the card and of its skills', () => {
    expect(superset.security).toEqual(V03_CARD.security);
    expect(superset.securityRequirements).toEqual(CARD.securityRequirements);
    expect(superset.skills[0]).toEqual({
      ...CARD.skills[0],
      security: [{ oauth: ['read'] }],
    });
    expect(superset.skills[1]).toEqual(CARD.skills[1]);
  });

  it('reads as the same card in 1.0 (A2A §5.7)', () => {
    expect(fromV03Card(superset)).toBe(superset);
    const { securitySchemes, ...rest } = parseAgentCard(superset);
    const { securitySchemes: own, ...expected } = CARD;
    expect(rest).toEqual(expected);
    for (const [name, scheme] of Object.entries(own ?? {})) {
      expect(securitySchemes?.[name]).toMatchObject(scheme);
    }
  });

  it('names the interfaces there are where none is for 0.3', () => {
    const [first] = CARD.supportedInterfaces;
    const card = { ...CARD, supportedInterfaces: first ? [first] : [] };
    expect(toV03Card(card)).toMatchObject({ url: 'https://a.example' });
  });

  it('leaves out the flow for devices, which 0.3 does not know', () => {
    const securitySchemes = {
      oauth: {
        oauth2SecurityScheme: {
          flows: {
            deviceCode: {
              deviceAuthorizationUrl: 'https://id.example',
              tokenUrl: 'https://id.example',
              scopes: {},
            },
          },
        },
      },
    };
    const card: any = toV03Card({ ...CARD, securitySchemes });
    expect(card.securitySchemes.oauth).toEqual({
      ...securitySchemes.oauth,
      type: 'oauth2',
      flows: {},
    });
  });

  it.each([
    {},
    { newSecurityScheme: { a: 1 } },
    { apiKeySecurityScheme: null },
    { oauth2SecurityScheme: { flows: null } },
    { oauth2SecurityScheme: {} },
    { oauth2SecurityScheme: { flows: { implicit: null } } },
  ])('takes a scheme of a foreign card as it is: %j', (scheme) => {
    const securitySchemes = { odd: scheme } as never;
    const card: any = toV03Card({ ...CARD, securitySchemes });
    expect(card.securitySchemes.odd).toMatchObject(scheme);
  });
});

describe('toV03ProtoCard', () => {
  it('is the card in the JSON form of the 0.3 proto', () => {
    const card: any = toV03ProtoCard(CARD);
    expect(card).toMatchObject({
      url: 'https://a.example/old',
      protocolVersion: '0.3.0',
      capabilities: { streaming: true },
      securitySchemes: CARD.securitySchemes,
      security: CARD.securityRequirements,
      supportsAuthenticatedExtendedCard: true,
    });
    expect(card.skills[0].security).toEqual(
      CARD.skills[0]?.securityRequirements,
    );
    for (const own of ['supportedInterfaces', 'securityRequirements']) {
      expect(card).not.toHaveProperty(own);
    }
  });
});

describe('fromV03Card', () => {
  const read = (card: unknown) => parseAgentCard(fromV03Card(card));
  const { iconUrl: _icon, provider: _provider, ...like } = CARD;
  const { stateTransitionHistory: _, ...known } = V03_CARD.capabilities;

  const EXPECTED: AgentCard = {
    ...like,
    supportedInterfaces: CARD.supportedInterfaces.slice(1, 3),
    capabilities: { ...known, extendedAgentCard: true },
    securitySchemes: {
      ...CARD.securitySchemes,
      oauth: {
        oauth2SecurityScheme: {
          flows: { authorizationCode: FLOW },
          oauth2MetadataUrl: 'https://id.example/meta',
        },
      },
    },
    skills: CARD.skills.slice(0, 1),
  };

  it('reads the card of the JSON-RPC binding', () => {
    expect(read(V03_CARD)).toEqual(EXPECTED);
  });

  it('reads the card of the proto', () => {
    const proto = {
      ...V03_CARD,
      securitySchemes: EXPECTED.securitySchemes,
      security: CARD.securityRequirements,
      skills: [
        {
          ...V03_CARD.skills[0],
          security: CARD.skills[0]?.securityRequirements,
        },
      ],
    };
    expect(read(proto)).toEqual(EXPECTED);
  });

  it('reads the names of the proto, and null for what is not there', () => {
    const { url, name, description, version } = V03_CARD;
    const snake = {
      url,
      name,
      description,
      version,
      protocol_version: '0.3.0',
      preferred_transport: 'HTTP+JSON',
      additional_interfaces: [{ url, transport: 'GRPC' }],
      supports_authenticated_extended_card: true,
      default_input_modes: ['text/plain'],
      security: null,
      securitySchemes: null,
      capabilities: { push_notifications: true, streaming: null },
      skills: [{ ...V03_CARD.skills[0], security: null, input_modes: ['a/b'] }],
    };
    expect(read(snake)).toMatchObject({
      supportedInterfaces: [
        { url, protocolBinding: 'HTTP+JSON', protocolVersion: '0.3' },
        { url, protocolBinding: 'GRPC', protocolVersion: '0.3' },
      ],
      capabilities: { pushNotifications: true, extendedAgentCard: true },
      defaultInputModes: ['text/plain'],
      skills: [{ id: 'report', inputModes: ['a/b'] }],
    });
  });

  it('takes the flag for the extended card from beside 1.0 where the capabilities are silent (A2A §A.2.2)', () => {
    const flag = { supportsAuthenticatedExtendedCard: true };
    const { capabilities, ...rest } = CARD;
    const { extendedAgentCard, ...silent } = capabilities;
    const of = (said: object) =>
      read({ ...rest, ...flag, capabilities: said }).capabilities;
    expect(of(silent).extendedAgentCard).toBe(true);
    expect(of({ ...silent, extendedAgentCard: false })).toMatchObject({
      extendedAgentCard: false,
    });
  });

  it('takes JSONRPC where the card names no transport', () => {
    const card = { name: 'Old', url: 'https://a.example' };
    expect(read(card).supportedInterfaces).toEqual([
      {
        url: 'https://a.example',
        protocolBinding: 'JSONRPC',
        protocolVersion: '0.3',
      },
    ]);
  });

  it('takes the best of several flows', () => {
    const flows = { implicit: {}, clientCredentials: FLOW, password: {} };
    const securitySchemes = { a: { type: 'oauth2', flows, description: null } };
    expect(read({ ...V03_CARD, securitySchemes }).securitySchemes).toEqual({
      a: { oauth2SecurityScheme: { flows: { clientCredentials: FLOW } } },
    });
  });

  it('knows a scheme named "schemes" from the form of the proto', () => {
    const security = [{ schemes: ['read'] }];
    expect(read({ ...V03_CARD, security }).securityRequirements).toEqual([
      { schemes: { schemes: { list: ['read'] } } },
    ]);
  });

  it('leaves it to the parser to refuse what is no card', () => {
    for (const odd of [null, 7, 'card', [], {}, { url: '' }, { url: 7 }]) {
      expect(() => read(odd)).toThrow(
        expect.objectContaining({ code: 'INVALID_AGENT_RESPONSE' }),
      );
    }
  });

  it('makes nothing of names that prototypes have', () => {
    const hostile = JSON.parse(
      '{"url":"https://a.example","__proto__":{"skills":[7]},' +
        '"securitySchemes":{"__proto__":{"type":"http","scheme":"x"},"a":{"type":"constructor"}},' +
        '"security":[{"__proto__":["x"]}]}',
    );
    const card = read(hostile);
    expect(card.skills).toEqual([]);
    expect(Object.keys(card.securitySchemes ?? {})).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(card.securitySchemes)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('scheme');
  });

  it('never throws by itself, whatever the members are', () => {
    const names = Object.keys({ ...V03_CARD, securityRequirements: 0 });
    const member = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.jsonValue()),
      fc.constantFrom([null], [[]], [{}], { a: null }, { a: { flows: 1 } }),
    );
    const card = fc.dictionary(fc.constantFrom(...names), member);
    fc.assert(
      fc.property(fc.oneof(card, fc.jsonValue()), (value) => {
        const converted = fromV03Card(value);
        try {
          toV03Card(parseAgentCard(converted));
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_AGENT_RESPONSE' });
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
