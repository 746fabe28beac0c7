import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { type CardPayloadForm, signedContent } from './card-payload.js';

function payload(card: object, form: CardPayloadForm = 'specified'): string {
  return canonicalJson(signedContent({ ...card }, form));
}

describe('the signed content of a card', () => {
  it('is that of the example (A2A §8.4.1)', () => {
    const card = {
      name: 'Example Agent',
      description: '',
      capabilities: {
        streaming: false,
        pushNotifications: false,
        extensions: [],
      },
      skills: [],
    };
    expect(payload(card)).toBe(
      '{"capabilities":{"pushNotifications":false,"streaming":false},' +
        '"description":"","name":"Example Agent","skills":[]}',
    );
  });

  it('has no signatures', () => {
    expect(payload({ name: 'a', signatures: [{ protected: 'x' }] })).toBe(
      '{"name":"a"}',
    );
  });

  it.each<[string, object, object]>([
    [
      'keeps what is REQUIRED, though it is empty',
      {
        name: '',
        description: '',
        version: '',
        supportedInterfaces: [],
        capabilities: {},
        defaultInputModes: [],
        defaultOutputModes: [],
        skills: [{ id: '', name: '', description: '', tags: [] }],
        provider: { url: '', organization: '' },
      },
      {
        name: '',
        description: '',
        version: '',
        supportedInterfaces: [],
        capabilities: {},
        defaultInputModes: [],
        defaultOutputModes: [],
        skills: [{ id: '', name: '', description: '', tags: [] }],
        provider: { url: '', organization: '' },
      },
    ],
    [
      'keeps what is optional and set, though to its default',
      { documentationUrl: '', iconUrl: '', capabilities: { streaming: false } },
      { documentationUrl: '', iconUrl: '', capabilities: { streaming: false } },
    ],
    [
      'drops every other default',
      {
        supportedInterfaces: [{ url: 'u', tenant: '' }],
        securitySchemes: {},
        securityRequirements: [],
        skills: [
          {
            id: 'a',
            tags: [],
            examples: [],
            inputModes: [],
            outputModes: [],
            securityRequirements: [],
          },
        ],
        capabilities: {
          extensions: [{ uri: 'x', description: '', required: false }],
        },
      },
      {
        supportedInterfaces: [{ url: 'u' }],
        skills: [{ id: 'a', tags: [] }],
        capabilities: { extensions: [{ uri: 'x' }] },
      },
    ],
    [
      'keeps a requirement whose scheme has no scopes',
      { securityRequirements: [{ schemes: { key: { list: [] } } }, {}] },
      { securityRequirements: [{ schemes: { key: {} } }, {}] },
    ],
    [
      'keeps a scheme that is chosen and has nothing to say',
      {
        securitySchemes: {
          mtls: { mtlsSecurityScheme: { description: '' } },
          oauth: {
            oauth2SecurityScheme: {
              oauth2MetadataUrl: '',
              flows: {
                authorizationCode: {
                  tokenUrl: 't',
                  refreshUrl: '',
                  scopes: {},
                  pkceRequired: false,
                },
              },
            },
          },
          old: {
            oauth2SecurityScheme: { flows: { implicit: { scopes: {} } } },
          },
        },
      },
      {
        securitySchemes: {
          mtls: { mtlsSecurityScheme: {} },
          oauth: {
            oauth2SecurityScheme: {
              flows: { authorizationCode: { tokenUrl: 't', scopes: {} } },
            },
          },
          old: { oauth2SecurityScheme: { flows: { implicit: {} } } },
        },
      },
    ],
    [
      'takes null for none (ProtoJSON)',
      { name: null, iconUrl: null, capabilities: { streaming: null } },
      { capabilities: {} },
    ],
    [
      'keeps what A2A does not know, and free JSON, as they are',
      {
        url: '',
        preferred: null,
        capabilities: { extensions: [{ params: { a: '', b: [{}] } }], x: [] },
      },
      {
        url: '',
        preferred: null,
        capabilities: { extensions: [{ params: { a: '', b: [{}] } }], x: [] },
      },
    ],
    [
      'passes over members of the wrong kind',
      { capabilities: 7, skills: [null, 'a'], securitySchemes: ['x'] },
      { capabilities: 7, skills: [null, 'a'], securitySchemes: ['x'] },
    ],
  ])('%s', (_title, card, expected) => {
    expect(JSON.parse(payload(card))).toEqual(expected);
  });

  it('is without anything empty in the form that some implementations sign', () => {
    const card = {
      name: 'a',
      description: '',
      capabilities: { streaming: false, extensions: [{ params: { a: [] } }] },
      skills: [],
      securityRequirements: [{ schemes: { key: { list: [] } } }],
    };
    expect(payload(card, 'stripped')).toBe(
      '{"capabilities":{"streaming":false},"name":"a"}',
    );
    expect(payload({}, 'stripped')).toBe('{}');
  });

  it('gives names that prototypes have no special meaning', () => {
    const card = JSON.parse(
      '{"__proto__":{"a":1},"constructor":"","securitySchemes":{"__proto__":{"x":""}}}',
    ) as object;
    expect(payload(card)).toBe(
      '{"__proto__":{"a":1},"constructor":"","securitySchemes":{"__proto__":{"x":""}}}',
    );
  });

  it('is the same when it is made again', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (card) => {
        for (const form of ['specified', 'stripped'] as const) {
          const once = signedContent(card, form);
          expect(signedContent(once, form)).toEqual(once);
        }
      }),
    );
  });
});
