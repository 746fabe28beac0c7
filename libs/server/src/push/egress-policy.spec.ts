import { DEFAULT_OPTIONS } from '../options/default-options.js';
import { egressPolicyOf } from './egress-policy.js';

const PUSH = {
  ...DEFAULT_OPTIONS.push,
  allow: ['a.example'],
  deny: ['b.example'],
  ports: [9_443],
  tenants: {
    acme: { allow: ['10.0.0.1'], deny: ['c.example'] },
    bank: { requireAllowlist: true },
  },
};

describe('egressPolicyOf', () => {
  it('is the general policy for tenants that have no lists of their own', () => {
    for (const tenant of ['', 'other', 'Acme', 'constructor', '__proto__']) {
      expect(egressPolicyOf(PUSH, tenant)).toEqual({
        allowHttp: false,
        allowPrivateNetworks: false,
        allow: ['a.example'],
        deny: ['b.example'],
        ports: [9_443],
        requireAllowlist: false,
      });
    }
  });

  it('adds the lists of a tenant, and takes nothing away (S22)', () => {
    expect(egressPolicyOf(PUSH, 'acme')).toMatchObject({
      allow: ['a.example', '10.0.0.1'],
      deny: ['b.example', 'c.example'],
      requireAllowlist: false,
    });
  });

  it('requires a list where it is required of all or of the tenant', () => {
    const requires = (push: typeof PUSH, tenant: string) =>
      egressPolicyOf(push, tenant).requireAllowlist;
    expect(requires(PUSH, 'bank')).toBe(true);
    const strict = {
      ...PUSH,
      requireAllowlist: true,
      tenants: { ...PUSH.tenants, acme: { requireAllowlist: false } },
    };
    expect(requires(strict as never, 'acme')).toBe(true);
  });
});
