import { isA2AError } from '../errors/a2a-error.js';
import { object } from '../validation/object.js';
import { ParseContext } from '../validation/parse-context.js';
import { type AgentCard } from './agent-card.js';
import { AGENT_CARD_FIELDS, parseAgentCard } from './parse-agent-card.js';

function refusalOf(value: unknown) {
  try {
    parseAgentCard(value);
  } catch (error) {
    if (isA2AError(error) && error.code === 'INVALID_AGENT_RESPONSE') {
      return {
        message: error.message,
        fields: error.violations.map(({ field }) => field),
      };
    }
    throw error;
  }
  throw new Error('was not refused');
}

/** What is wrong with a card of our own. */
function problemsOf(value: unknown): string[] {
  const context = new ParseContext('request');
  object<AgentCard>(AGENT_CARD_FIELDS)(value, '', context);
  return context.violations.map(
    ({ field, description }) => `${field} ${description}`,
  );
}

const WHOLE = {
  name: 'Reports',
  description: 'Writes reports',
  supportedInterfaces: [
    {
      url: 'https://a.example/a2a',
      protocolBinding: 'JSONRPC',
      tenant: 'n1',
      protocolVersion: '1.0',
    },
    { url: 'a.example:443', protocolBinding: 'GRPC', protocolVersion: '1.0' },
  ],
  provider: { url: 'https://a.example', organization: 'Example' },
  version: '2.1.0',
  documentationUrl: 'https://a.example/docs',
  capabilities: {
    streaming: true,
    pushNotifications: false,
    extensions: [
      {
        uri: 'https://a.example/ext',
        description: 'd',
        required: true,
        params: { a: [1] },
      },
    ],
    extendedAgentCard: false,
  },
  securitySchemes: {
    key: { apiKeySecurityScheme: { location: 'header', name: 'X-Key' } },
    http: { httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'JWT' } },
    oauth: {
      oauth2SecurityScheme: {
        flows: {
          authorizationCode: {
            authorizationUrl: 'https://a.example/authorize',
            tokenUrl: 'https://a.example/token',
            scopes: { read: 'Read' },
            pkceRequired: true,
          },
        },
      },
    },
    oidc: {
      openIdConnectSecurityScheme: {
        openIdConnectUrl: 'https://a.example/oidc',
      },
    },
    mtls: { mtlsSecurityScheme: {} },
  },
  securityRequirements: [{ schemes: { oauth: { list: ['read'] } } }],
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [
    {
      id: 's1',
      name: 'Write',
      description: 'Writes',
      tags: ['text'],
      examples: ['Write'],
      inputModes: ['text/plain'],
      outputModes: ['text/markdown'],
      securityRequirements: [{ schemes: { key: { list: [] } } }],
    },
  ],
  signatures: [{ protected: 'eyJ', signature: 'abc', header: { a: 1 } }],
  iconUrl: 'https://a.example/icon.png',
};

const [agentInterface] = WHOLE.supportedInterfaces;
const bare = { supportedInterfaces: [agentInterface] };

describe('parseAgentCard', () => {
  it('reads every member (A2A §4.4.1)', () => {
    expect(parseAgentCard({ ...WHOLE, unknown: 1, url: 'legacy' })).toEqual(
      WHOLE,
    );
  });

  it('takes the names of the protocol buffers (ProtoJSON)', () => {
    expect(
      parseAgentCard({
        supported_interfaces: [
          { url: 'u', protocol_binding: 'GRPC', protocol_version: '1.0' },
        ],
        default_input_modes: ['a/b'],
        capabilities: { push_notifications: true, extended_agent_card: true },
      }),
    ).toMatchObject({
      supportedInterfaces: [
        { url: 'u', protocolBinding: 'GRPC', protocolVersion: '1.0' },
      ],
      defaultInputModes: ['a/b'],
      capabilities: { pushNotifications: true, extendedAgentCard: true },
    });
  });

  it('needs nothing but interfaces: what is empty may be missing', () => {
    expect(parseAgentCard(bare)).toEqual({
      name: '',
      description: '',
      ...bare,
      version: '',
      capabilities: {},
      defaultInputModes: [],
      defaultOutputModes: [],
      skills: [],
    });
  });

  it('takes empty lists and texts of others', () => {
    const skill = { id: 's1', name: '', description: '', tags: [] };
    const card = {
      ...WHOLE,
      description: '',
      provider: { url: '', organization: '' },
      defaultInputModes: [],
      skills: [skill, { id: 's2' }],
    };
    expect(parseAgentCard(card)).toEqual({
      ...card,
      skills: [skill, { ...skill, id: 's2' }],
    });
    expect(parseAgentCard({ ...bare, supportedInterfaces: [] })).toMatchObject({
      supportedInterfaces: [],
    });
  });

  it('takes a scheme without scopes, and a requirement without schemes', () => {
    const { securityRequirements } = parseAgentCard({
      ...bare,
      securityRequirements: [
        { schemes: { key: {}, oauth: { list: null } } },
        {},
      ],
    });
    expect(securityRequirements).toEqual([
      { schemes: { key: { list: [] }, oauth: { list: [] } } },
      { schemes: {} },
    ]);
  });

  it('keeps schemes that it does not know, so that they do not hide the others', () => {
    const securitySchemes = {
      future: { tokenRingSecurityScheme: {} },
      odd: { oauth2SecurityScheme: { flows: {} } },
      http: WHOLE.securitySchemes.http,
    };
    expect(
      parseAgentCard({ ...bare, securitySchemes }).securitySchemes,
    ).toEqual(securitySchemes);
  });

  it.each([
    { name: 'Old', url: 'https://a.example', protocolVersion: '0.3.0' },
    { ...WHOLE, supportedInterfaces: null },
    {},
  ])('says of %j that it is not a card of A2A 1.0', (value) => {
    expect(refusalOf(value)).toEqual({
      message:
        'The agent card has no supportedInterfaces: it is not a card of A2A 1.0',
      fields: ['supportedInterfaces'],
    });
  });

  it.each([
    [{ ...WHOLE, name: 7 }, 'name: Must be a string'],
    [
      { ...bare, supportedInterfaces: [agentInterface, { url: 'u' }] },
      'supportedInterfaces[1].protocolBinding: Is required',
    ],
    [
      { ...bare, supportedInterfaces: {} },
      'supportedInterfaces: Must be a list',
    ],
    [{ ...WHOLE, capabilities: [] }, 'capabilities: Must be an object'],
    [
      { ...WHOLE, capabilities: { streaming: 'yes' } },
      'capabilities.streaming: Must be true or false',
    ],
    [{ ...WHOLE, skills: [{}] }, 'skills[0].id: Is required'],
    [
      { ...WHOLE, securitySchemes: { a: 'Bearer' } },
      'securitySchemes.a: Must be an object',
    ],
    [
      { ...WHOLE, signatures: [{ protected: 'a' }] },
      'signatures[0].signature: Is required',
    ],
    [null, 'Must be an object'],
    [[WHOLE], 'Must be an object'],
    ['<html>', 'Must be an object'],
  ])('refuses %j', (value, description) => {
    expect(refusalOf(value).message).toContain(
      `The agent's answer is not a valid AgentCard: ${description}`,
    );
  });

  it('refuses what is nested too deeply, and does not crash', () => {
    const deep: unknown = JSON.parse(
      '{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5),
    );
    for (const card of [
      { ...bare, securitySchemes: { a: deep } },
      { ...bare, capabilities: { extensions: [{ uri: 'u', params: deep }] } },
      {
        ...bare,
        signatures: [{ protected: 'a', signature: 'b', header: deep }],
      },
    ]) {
      expect(refusalOf(card).message).toContain(
        'nested deeper than 100 levels',
      );
    }
  });

  it('keeps schemes with any name', () => {
    const json = '{"__proto__":{"mtlsSecurityScheme":{}},"constructor":{}}';
    const { securitySchemes } = parseAgentCard({
      ...bare,
      securitySchemes: JSON.parse(json) as unknown,
    });
    expect(JSON.stringify(securitySchemes)).toBe(json);
    expect({}).not.toHaveProperty('mtlsSecurityScheme');
  });
});

describe('a card of our own', () => {
  it('may be whole', () => {
    expect(problemsOf(WHOLE)).toEqual([]);
  });

  it('must have what the specification requires, filled (A2A §4.4.1, §5.7)', () => {
    expect(problemsOf({})).toEqual([
      'name Is required',
      'description Is required',
      'supportedInterfaces Is required',
      'version Is required',
      'capabilities Is required',
      'defaultInputModes Is required',
      'defaultOutputModes Is required',
      'skills Is required',
    ]);
    expect(
      problemsOf({
        ...WHOLE,
        name: '',
        supportedInterfaces: [],
        defaultInputModes: [],
        defaultOutputModes: [''],
        skills: [],
      }),
    ).toEqual([
      'name Must not be empty',
      'supportedInterfaces Must have at least 1 element, got 0',
      'defaultInputModes Must have at least 1 element, got 0',
      'defaultOutputModes[0] Must not be empty',
      'skills Must have at least 1 element, got 0',
    ]);
  });

  const anyKind =
    'Must have exactly one of apiKeySecurityScheme, httpAuthSecurityScheme, ' +
    'oauth2SecurityScheme, openIdConnectSecurityScheme, mtlsSecurityScheme; got none';
  const anyFlow =
    'Must have exactly one of authorizationCode, clientCredentials, deviceCode, ' +
    'implicit, password; got none';

  it.each([
    [{ type: 'http', scheme: 'bearer' }, '', anyKind],
    [
      { apiKeySecurityScheme: { location: 'body', name: 'k' } },
      '.apiKeySecurityScheme.location',
      'Must be one of query, header, cookie',
    ],
    [
      { httpAuthSecurityScheme: {} },
      '.httpAuthSecurityScheme.scheme',
      'Is required',
    ],
    [
      { oauth2SecurityScheme: { flows: {} } },
      '.oauth2SecurityScheme.flows',
      anyFlow,
    ],
    [
      {
        oauth2SecurityScheme: { flows: { clientCredentials: { scopes: {} } } },
      },
      '.oauth2SecurityScheme.flows.clientCredentials.tokenUrl',
      'Is required',
    ],
    [
      { openIdConnectSecurityScheme: { openIdConnectUrl: '' } },
      '.openIdConnectSecurityScheme.openIdConnectUrl',
      'Must not be empty',
    ],
    [
      { mtlsSecurityScheme: { description: 1 } },
      '.mtlsSecurityScheme.description',
      'Must be a string',
    ],
  ])('may not describe a scheme as %j (A2A §4.5)', (scheme, path, problem) => {
    expect(problemsOf({ ...WHOLE, securitySchemes: { x: scheme } })).toEqual([
      `securitySchemes.x${path} ${problem}`,
    ]);
  });

  it.each(['implicit', 'password'])(
    'may name the deprecated flow %s',
    (flow) => {
      const scheme = { oauth2SecurityScheme: { flows: { [flow]: {} } } };
      expect(problemsOf({ ...WHOLE, securitySchemes: { x: scheme } })).toEqual(
        [],
      );
    },
  );

  it('may name a scheme without scopes', () => {
    const securityRequirements = [{ schemes: { key: {} } }];
    expect(problemsOf({ ...WHOLE, securityRequirements })).toEqual([]);
  });
});
