import { type EgressPolicy } from '@nest-a2a/egress';
import { type GrpcTarget, parseGrpcTarget } from './grpc-target.js';
import { assertTargetAllowed, trustedOriginsFor } from './trusted-target.js';

const target = (url: string): GrpcTarget => {
  const parsed = parseGrpcTarget(url);
  if (!parsed) throw new TypeError(url);
  return parsed;
};

describe('trustedOriginsFor', () => {
  it.each([
    ['a.example:50051', 'https://a.example', 'https://a.example:50051'],
    ['a.example:50051', 'http://a.example:8000', 'https://a.example:50051'],
    ['grpc://a.example:1', 'http://a.example:8000', 'http://a.example:1'],
    ['localhost:50051', 'https://localhost:8000', 'http://localhost:50051'],
    ['[::1]:50051', 'http://[::1]:8000', 'http://[::1]:50051'],
  ])('trusts %s of %s', (url, origin, trusted) => {
    expect(trustedOriginsFor(target(url), [origin])).toEqual([trusted]);
  });

  it.each([
    ['b.example:443', 'https://a.example'],
    ['a.example.b.example:443', 'https://a.example'],
    ['grpc://a.example:50051', 'https://a.example'],
  ])('does not trust %s of %s', (url, origin) => {
    expect(trustedOriginsFor(target(url), [origin])).toEqual([]);
  });
});

describe('assertTargetAllowed', () => {
  const judge = (url: string, policy: EgressPolicy = {}) =>
    assertTargetAllowed(target(url), { policy, trustedOrigins: [] });

  it.each([
    ['agent.example:50051', 'port-not-allowed', { ports: [50_051] }],
    ['grpc://agent.example:80', 'scheme-not-allowed', { allowHttp: true }],
    [
      'grpcs://10.0.0.7:443',
      'address-not-allowed',
      { allowPrivateNetworks: true },
    ],
  ] as const)('refuses %s, unless it is opened', (url, code, policy) => {
    expect(() => judge(url)).toThrow(
      expect.objectContaining({
        code: 'not-allowed',
        cause: expect.objectContaining({ code }),
      }),
    );
    expect(judge(url, policy)).toBeUndefined();
  });
});
