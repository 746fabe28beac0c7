import { type SecurityScheme } from '@nest-a2a/protocol';
import { type SecurityContext, securityOf } from './security.js';

const CONTEXT: SecurityContext = {
  openapi: '3.0.0',
  agent: 'billing',
  taken: {},
};
const FLOW = { tokenUrl: 'https://a.example/token', scopes: { read: 'Reads' } };
const KEY: SecurityScheme = {
  apiKeySecurityScheme: { location: 'query', name: 'key' },
};

const one = (scheme: SecurityScheme, context = CONTEXT) =>
  securityOf({ securitySchemes: { it: scheme } }, context).schemes.it;

describe('securityOf', () => {
  it.each<[SecurityScheme, object]>([
    [KEY, { type: 'apiKey', in: 'query', name: 'key' }],
    [
      {
        httpAuthSecurityScheme: {
          scheme: 'Bearer',
          bearerFormat: 'JWT',
          description: 'A token.',
        },
      },
      {
        type: 'http',
        scheme: 'Bearer',
        bearerFormat: 'JWT',
        description: 'A token.',
      },
    ],
    [
      {
        openIdConnectSecurityScheme: { openIdConnectUrl: 'https://b.example' },
      },
      { type: 'openIdConnect', openIdConnectUrl: 'https://b.example' },
    ],
    [
      {
        oauth2SecurityScheme: {
          flows: {
            authorizationCode: {
              ...FLOW,
              authorizationUrl: 'https://a.example',
              pkceRequired: true,
            },
          },
        },
      },
      {
        type: 'oauth2',
        flows: {
          authorizationCode: { ...FLOW, authorizationUrl: 'https://a.example' },
        },
      },
    ],
    [
      { oauth2SecurityScheme: { flows: { clientCredentials: FLOW } } },
      { type: 'oauth2', flows: { clientCredentials: FLOW } },
    ],
    [
      { oauth2SecurityScheme: { flows: { implicit: {} } } },
      {
        type: 'oauth2',
        flows: { implicit: { authorizationUrl: '', scopes: {} } },
      },
    ],
    [
      {
        oauth2SecurityScheme: {
          flows: {
            deviceCode: {
              ...FLOW,
              deviceAuthorizationUrl: 'https://a.example',
            },
          },
        },
      },
      { type: 'oauth2', flows: {} },
    ],
  ])('writes %j as OpenAPI does', (scheme, document) => {
    expect(one(scheme)).toEqual(document);
  });

  it('knows client certificates from OpenAPI 3.1 on', () => {
    const scheme = { mtlsSecurityScheme: { description: 'Ours.' } };
    const openapi = '3.1.0';
    expect(one(scheme, { ...CONTEXT, openapi })).toEqual({
      type: 'mutualTLS',
      description: 'Ours.',
    });
    const card = {
      securitySchemes: { it: scheme, key: KEY },
      securityRequirements: [
        { schemes: { it: { list: [] }, key: { list: [] } } },
        { schemes: { key: { list: [] } } },
      ],
    };
    // What needs more than can be said is left out, and not weakened.
    expect(securityOf(card, CONTEXT).security).toEqual([{ key: [] }]);
  });

  it('names scopes where the version of OpenAPI allows them', () => {
    const card = {
      securitySchemes: {
        token: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
        oauth: { oauth2SecurityScheme: { flows: { clientCredentials: FLOW } } },
      },
      securityRequirements: [
        { schemes: { token: { list: ['a'] }, oauth: { list: ['read'] } } },
      ],
    };
    expect(securityOf(card, CONTEXT).security).toEqual([
      { token: [], oauth: ['read'] },
    ]);
    const newer = { ...CONTEXT, openapi: '3.1.0' };
    expect(securityOf(card, newer).security).toEqual([
      { token: ['a'], oauth: ['read'] },
    ]);
  });

  it('keeps the requirements of the document where a card has none', () => {
    expect(securityOf({}, CONTEXT)).toEqual({ schemes: {} });
    const card = { securitySchemes: { it: KEY }, securityRequirements: [] };
    expect(securityOf(card, CONTEXT).security).toBeUndefined();
  });

  it('gives a scheme another name where its own means something else', () => {
    const card = {
      securitySchemes: { it: KEY },
      securityRequirements: [{ schemes: { it: { list: [] } } }],
    };
    const same = { ...CONTEXT, taken: { it: one(KEY)! } };
    expect(Object.keys(securityOf(card, same).schemes)).toEqual(['it']);
    const other = { ...CONTEXT, taken: { it: { type: 'http' } } };
    const { schemes, security } = securityOf(card, other);
    expect(Object.keys(schemes)).toEqual(['billing.it']);
    expect(security).toEqual([{ 'billing.it': [] }]);
  });

  it('has only the characters that names of components may have', () => {
    const card = {
      securitySchemes: { 'my key/1': KEY },
      securityRequirements: [{ schemes: { 'my key/1': { list: [] } } }],
    };
    const { schemes, security } = securityOf(card, CONTEXT);
    expect(Object.keys(schemes)).toEqual(['my_key_1']);
    expect(security).toEqual([{ my_key_1: [] }]);
  });
});
