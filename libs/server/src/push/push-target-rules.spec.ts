import { type EgressPolicy } from '@nest-a2a/egress';
import {
  isA2AError,
  type TaskPushNotificationConfig,
} from '@nest-a2a/protocol';
import { assertAllowedTarget } from './push-target-rules.js';

const HOOK = 'https://hooks.example.com/a';
const MAX_VALUE = 8_192;

/** The fields that are named in the refusal; none where there is no refusal. */
function refusedFields(
  config: Partial<TaskPushNotificationConfig>,
  policy: EgressPolicy = {},
): string[] {
  try {
    assertAllowedTarget({ url: HOOK, ...config }, policy, '');
    return [];
  } catch (error) {
    if (!isA2AError(error)) throw error;
    expect(error.code).toBe('INVALID_PARAMS');
    return error.violations.map(({ field }) => field);
  }
}

function bearer(credentials: string) {
  return { authentication: { scheme: 'Bearer', credentials } };
}

describe('assertAllowedTarget', () => {
  it('returns the canonical URL and its origin', () => {
    const url = 'HTTPS://Hooks.EXAMPLE.com:443/a/../b?c#d';
    const admitted = assertAllowedTarget({ url }, {}, '');
    expect(admitted.href).toBe('https://hooks.example.com/b?c');
    expect(admitted.origin).toBe('https://hooks.example.com');
  });

  it.each([
    'http://hooks.example.com/',
    'https://localhost/',
    'https://10.0.0.1/',
    'https://user:password@hooks.example.com/',
    'https://hooks.example.com:6379/',
    'ftp://hooks.example.com/',
    'hooks.example.com',
    '//hooks.example.com',
  ])('refuses the url %s', (url) => {
    expect(refusedFields({ url })).toEqual(['url']);
  });

  it('says nothing about the address that it refuses', () => {
    const messages = [
      'https://10.0.0.1/',
      'https://169.254.169.254/',
      'https://[::1]/',
      'https://localhost/',
    ].map((url) => {
      try {
        return assertAllowedTarget({ url }, {}, '');
      } catch (error) {
        return isA2AError(error) && error.violations[0]?.description;
      }
    });
    expect(messages).toEqual(Array(4).fill('The host is not allowed'));
  });

  it('does as the policy of the operator says', () => {
    const url = 'http://localhost:9000/webhook';
    const open = { allowHttp: true, allowPrivateNetworks: true };
    expect(refusedFields({ url }, open)).toEqual([]);
    expect(refusedFields({ url }, { ...open, deny: ['localhost'] })).toEqual([
      'url',
    ]);
  });

  it.each(['\r', '\n', '\0', '\t', 'ü', '\u{1F511}', ' a', 'a '])(
    'refuses what no header can hold, or not for all receivers alike: %j (S19)',
    (text) => {
      const value = `${text}x${text}`;
      expect(refusedFields({ token: value })).toEqual(['token']);
      expect(refusedFields(bearer(value))).toEqual([
        'authentication.credentials',
      ]);
    },
  );

  it('refuses what no header can be large enough for (S19)', () => {
    const longest = 'a'.repeat(MAX_VALUE);
    expect(refusedFields({ token: longest })).toEqual([]);
    expect(refusedFields({ token: `${longest}a` })).toEqual(['token']);
    const rest = longest.slice('Bearer '.length);
    expect(refusedFields(bearer(rest))).toEqual([]);
    expect(refusedFields(bearer(`${rest}a`))).toEqual([
      'authentication.credentials',
    ]);
  });

  it.each(['Bearer\r\nX: y', 'Bearer x', 'Bearer:', '', 'Bäsic'])(
    'refuses a scheme that is none: %j (S19; RFC 9110 §11.1)',
    (scheme) => {
      const authentication = { scheme, credentials: 'abc' };
      expect(refusedFields({ authentication })).toEqual([
        'authentication.scheme',
      ]);
    },
  );

  it('names every wrong header, each with its path', () => {
    const config = {
      url: HOOK,
      token: '\n',
      authentication: { scheme: 'Bearer', credentials: '\n' },
    };
    expect(() => assertAllowedTarget(config, {}, 'config.')).toThrow(
      expect.objectContaining({
        violations: [
          expect.objectContaining({ field: 'config.token' }),
          expect.objectContaining({
            field: 'config.authentication.credentials',
          }),
        ],
      }),
    );
  });

  it('accepts a scheme without credentials', () => {
    expect(refusedFields({ authentication: { scheme: 'Bearer' } })).toEqual([]);
  });
});
