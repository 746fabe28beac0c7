import { jwtBearer } from './jwt-bearer.js';
import { type JwtBearerOptions } from './jwt-options.js';

const GOOD = {
  issuer: 'https://issuer.example',
  audience: 'agent',
  jwksUrl: 'https://issuer.example/keys',
} satisfies JwtBearerOptions;
const { jwksUrl: _jwksUrl, ...WITHOUT_KEYS } = GOOD;
const SECRET = 'x'.repeat(32);

describe('options of tokens', () => {
  it.each<[string, object]>([
    ['no source of keys', { ...WITHOUT_KEYS }],
    ['two sources of keys', { ...GOOD, keys: { keys: [] } }],
    ['no issuer', { ...GOOD, issuer: undefined }],
    ['an empty issuer', { ...GOOD, issuer: '' }],
    ['an empty list of issuers', { ...GOOD, issuer: [] }],
    ['no audience', { ...GOOD, audience: undefined }],
    ['an empty audience among others', { ...GOOD, audience: ['a', ''] }],
    ['the algorithm none', { ...GOOD, algorithms: ['RS256', 'none'] }],
    ['HMAC with public keys', { ...GOOD, algorithms: ['HS256'] }],
    [
      'HMAC with keys in the options',
      { ...WITHOUT_KEYS, keys: { keys: [] }, algorithms: ['HS256'] },
    ],
    [
      'a public key algorithm with a secret',
      { ...WITHOUT_KEYS, secret: SECRET, algorithms: ['RS256'] },
    ],
    ['no algorithms', { ...GOOD, algorithms: [] }],
    ['a short secret', { ...WITHOUT_KEYS, secret: 'x'.repeat(31) }],
    [
      'keys over plain http',
      { ...GOOD, jwksUrl: 'http://issuer.example/keys' },
    ],
    [
      'keys from a host that is like ours',
      { ...GOOD, jwksUrl: 'http://localhost.example/keys' },
    ],
    ['keys from a file', { ...GOOD, jwksUrl: 'file:///keys' }],
    ['keys from nowhere', { ...GOOD, jwksUrl: 'keys' }],
    ['a time that is none', { ...GOOD, cacheMs: 'long' }],
    ['a negative tolerance', { ...GOOD, clockToleranceSec: -1 }],
  ])('cannot have %s', (_what, options) => {
    expect(() => jwtBearer(options as JwtBearerOptions)).toThrow(TypeError);
  });

  it.each<[string, object]>([
    [
      'several issuers and audiences',
      { ...GOOD, issuer: ['a', 'b'], audience: ['c'] },
    ],
    [
      'http on this machine',
      { ...GOOD, jwksUrl: 'http://127.0.0.1:8080/keys' },
    ],
    [
      'http elsewhere, where that is wanted',
      { ...GOOD, jwksUrl: 'http://keycloak:8080/keys', allowHttp: true },
    ],
    ['a secret', { ...WITHOUT_KEYS, secret: SECRET, algorithms: ['HS512'] }],
    [
      'undefined for what is not given',
      { ...GOOD, cacheMs: undefined, keys: undefined },
    ],
  ])('may have %s', (_what, options) => {
    expect(jwtBearer(options as JwtBearerOptions).name).toBe('bearer');
  });
});
