import { EgressError } from './egress-error.js';
import { EgressRules } from './egress-rules.js';

const TRUSTED = 'http://localhost:8000';

describe('EgressRules with trusted origins', () => {
  const rules = new EgressRules({ deny: ['10.0.0.0/8'] }, [
    'http://LOCALHOST:8000/a2a',
    'http://10.0.0.1',
  ]);

  it('admits every URL of a trusted origin and no other port or scheme', () => {
    expect(rules.admit(`${TRUSTED}/x`).href).toBe(`${TRUSTED}/x`);
    for (const url of ['http://localhost:8001/', 'https://localhost:8000/']) {
      expect(() => rules.admit(url)).toThrow(EgressError);
    }
  });

  it('admits long URLs of a trusted origin only', () => {
    const path = `/${'a'.repeat(3_000)}`;
    expect(rules.admit(TRUSTED + path).href).toHaveLength(3_022);
    expect(() => rules.admit(`https://a.example${path}`)).toThrow('2048');
    expect(() => rules.admit(`${TRUSTED}.example${path}`)).toThrow('2048');
  });

  it('still refuses user information', () => {
    expect(() => rules.admit('http://a:b@localhost:8000/')).toThrow(
      'user name or password',
    );
  });

  it('connects a trusted origin to any address', () => {
    const destination = { origin: TRUSTED, hostname: 'localhost' };
    expect(rules.allowsAddress('127.0.0.1', destination)).toBe(true);
    expect(rules.allowsAddress('', destination)).toBe(false);
    expect(
      rules.allowsAddress('127.0.0.1', {
        origin: 'http://localhost:8001',
        hostname: 'localhost',
      }),
    ).toBe(false);
  });

  it('lets deny win over a trusted origin', () => {
    expect(() => rules.admit('http://10.0.0.1/')).toThrow('not allowed');
    expect(
      rules.allowsAddress('10.0.0.1', {
        origin: TRUSTED,
        hostname: 'localhost',
      }),
    ).toBe(false);
  });

  it.each(['localhost:8000', 'ftp://a.example', 'http://u:p@a.example', ''])(
    'throws for the trusted origin %j',
    (origin) => {
      expect(() => new EgressRules({}, [origin])).toThrow(TypeError);
    },
  );
});

it('lets an allowed name resolve to private addresses, but not to metadata', () => {
  const rules = new EgressRules({ allow: ['*.corp.example'] });
  const destination = {
    origin: 'https://hook.corp.example',
    hostname: 'hook.corp.example',
  };
  expect(rules.allowsAddress('10.0.0.1', destination)).toBe(true);
  expect(rules.allowsAddress('169.254.169.254', destination)).toBe(false);
  expect(
    rules.allowsAddress('10.0.0.1', {
      origin: 'https://other.example',
      hostname: 'other.example',
    }),
  ).toBe(false);
});
