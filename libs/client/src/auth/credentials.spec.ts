import { A2AClient } from '../a2a-client.js';
import { apiKey } from './api-key.js';
import { basic } from './basic.js';
import { bearer } from './bearer.js';
import { mutualTls } from './mutual-tls.js';
import { oauth2ClientCredentials } from './oauth2-client-credentials.js';

const CLIENT = { clientId: 'me', clientSecret: 's3cret' };

describe('credentials that make no sense', () => {
  it.each<[string, () => unknown]>([
    ['an empty key', () => apiKey('')],
    ['a key with a line break', () => apiKey('s3cret\n')],
    ['no key', () => apiKey(undefined as never)],
    ['a reserved header', () => apiKey('k', { header: 'Host' })],
    ['a header that is none', () => apiKey('k', { header: 'a b' })],
    ['an empty token', () => bearer('')],
    ['a token that is not ASCII', () => bearer('s3crét')],
    ['a user with a colon', () => basic('a:b', 's3cret')],
    ['a password with a line break', () => basic('a', 's3cret\n')],
    ['no password', () => basic('a', undefined as never)],
    ['no client', () => oauth2ClientCredentials({ ...CLIENT, clientId: '' })],
    [
      'no secret',
      () => oauth2ClientCredentials({ ...CLIENT, clientSecret: '' }),
    ],
    [
      'an unknown way to show the secret',
      () =>
        oauth2ClientCredentials({
          ...CLIENT,
          clientAuthentication: 'jwt' as never,
        }),
    ],
    [
      'a parameter with an option of its own',
      () =>
        oauth2ClientCredentials({
          ...CLIENT,
          parameters: { grant_type: 'password' },
        }),
    ],
    ...['a b', ['a b'], ['']].map((scopes): [string, () => unknown] => [
      `the scopes ${JSON.stringify(scopes)}`,
      () => oauth2ClientCredentials({ ...CLIENT, scopes: scopes as never }),
    ]),
    ...['x', 'ftp://a.example', 'https://me:s3cret@a.example'].map(
      (tokenUrl): [string, () => unknown] => [
        `the endpoint ${tokenUrl}`,
        () => oauth2ClientCredentials({ ...CLIENT, tokenUrl }),
      ],
    ),
  ])('are a TypeError that shows no value: %s', (_, make) => {
    expect(make).toThrow(TypeError);
    expect(make).not.toThrow(/s3cr/);
  });

  it.each<[string, unknown]>([
    ['text', 's3cret'],
    ['nothing', null],
    ['a credential alone', bearer('s3cret')],
    ['what is no credential', ['s3cret']],
    ['what looks like one', [{ kind: 'bearer' }]],
    ['two of a kind without names', [apiKey('s3cret'), apiKey('s3cret')]],
    [
      'two certificates',
      {
        a: mutualTls({ cert: 'a', key: 'b' }),
        b: mutualTls({ cert: 'a', key: 'b' }),
      },
    ],
    ['a certificate that is none', [mutualTls({ cert: 'a', key: 's3cret' })]],
  ])('are a TypeError of the client: %s', (_, credentials) => {
    const create = () =>
      A2AClient.create('https://agent.example', {
        credentials: credentials as never,
      });
    expect(create).toThrow(TypeError);
    expect(create).not.toThrow(/s3cr/);
  });

  it.each([[['x']], ['x'], [{}]])(
    'as interceptors are a TypeError too: %j',
    (interceptors) => {
      const options = { interceptors: interceptors as never };
      expect(() => A2AClient.create('https://agent.example', options)).toThrow(
        TypeError,
      );
    },
  );
});
