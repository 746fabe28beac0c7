import { type ModuleMetadata } from '@nestjs/common';
import { A2A_WORKER, A2AModule, A2AWorker } from '@nest-a2a/server';
import { CARD } from '../support/test-agent.js';
import { startHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';

@A2AWorker()
class OneWorker {
  handle() {}
}

@A2AWorker()
class OtherWorker {
  handle() {}
}

@A2AWorker({ agent: 'billing' })
class BillingWorker {
  handle() {}
}

@A2AWorker()
class IdleWorker {}

const root = (options: object = {}) =>
  A2AModule.forRoot(onTestStore({ agentCard: CARD, ...options }));
const feature = (options: object) =>
  A2AModule.forFeature({ agentCard: CARD, ...options });

/** What the application says when it does not start. */
async function refusal(
  metadata: ModuleMetadata,
): Promise<{ code: string; message: string }> {
  try {
    const host = await startHost(metadata);
    await host.close();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('The application has started');
}

describe('an application does not start', () => {
  it.each<[string, ModuleMetadata, string, RegExp]>([
    [
      'without a worker',
      { imports: [root()] },
      'MISSING_WORKER',
      /"default" has no worker.*@A2AWorker\(\)/,
    ],
    [
      'without a worker for a further agent',
      {
        imports: [root(), feature({ agent: 'billing', path: 'billing' })],
        providers: [OneWorker],
      },
      'MISSING_WORKER',
      /"billing" has no worker.*@A2AWorker\(\{ agent: 'billing' \}\)/,
    ],
    [
      'with two workers of one agent',
      { imports: [root()], providers: [OneWorker, OtherWorker] },
      'DUPLICATE_WORKER',
      /"default" has 2 workers: OneWorker, OtherWorker/,
    ],
    [
      'with a worker by the decorator and another by the token',
      {
        imports: [root()],
        providers: [OneWorker, { provide: A2A_WORKER, useClass: OtherWorker }],
      },
      'DUPLICATE_WORKER',
      /OneWorker, OtherWorker/,
    ],
    [
      'with a worker for an agent that is not there',
      { imports: [root()], providers: [OneWorker, BillingWorker] },
      'INVALID_WORKER',
      /BillingWorker works for the agent "billing", which is not there.*: default/,
    ],
    [
      'with a worker that cannot work',
      { imports: [root()], providers: [IdleWorker] },
      'INVALID_WORKER',
      /IdleWorker has no method handle/,
    ],
    [
      'with a worker that is null',
      {
        imports: [root()],
        providers: [{ provide: A2A_WORKER, useValue: null }],
      },
      'INVALID_WORKER',
      /has no method handle/,
    ],
    [
      'with two agents of one name',
      {
        imports: [root(), feature({ path: 'billing' })],
        providers: [OneWorker],
      },
      'DUPLICATE_AGENT',
      /Two agents are named "default".*forFeature\(\{ agent \}\)/,
    ],
    [
      'with two agents at one path',
      {
        imports: [
          root({ path: 'a2a' }),
          feature({ agent: 'billing', path: '/a2a/' }),
        ],
        providers: [OneWorker, BillingWorker],
      },
      'DUPLICATE_AGENT',
      /have the same path.*forFeature\(\{ path \}\)/,
    ],
    [
      'with an agent at a path that another answers',
      {
        imports: [root(), feature({ agent: 'billing', path: 'tasks/x' })],
        providers: [OneWorker, BillingWorker],
      },
      'ROUTE_CONFLICT',
      /POST \/tasks\/x of the agent "billing"/,
    ],
    [
      'with two agents whose paths differ in case only',
      {
        imports: [
          root({ path: 'a2a' }),
          feature({ agent: 'billing', path: 'A2A' }),
        ],
        providers: [OneWorker, BillingWorker],
      },
      'ROUTE_CONFLICT',
      /POST \/a2a of the agent/i,
    ],
    [
      'with an agent whose card is that of another',
      {
        imports: [root({ path: 'main' }), feature({ agent: 'billing' })],
        providers: [OneWorker, BillingWorker],
      },
      'ROUTE_CONFLICT',
      /GET \/\.well-known\/agent-card\.json of the agent "(billing|default)"/,
    ],
  ])('%s', async (_what, metadata, code, message) => {
    const error = await refusal(metadata);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
  });

  it.each([
    ['forRoot', (options: object) => A2AModule.forRoot(options as never)],
    [
      'forRootAsync',
      ({ path, bindings, versions, tenants, roles, ...options }: any) =>
        A2AModule.forRootAsync({
          path,
          bindings,
          versions,
          tenants,
          roles,
          useFactory: () => options,
        }),
    ],
  ])(
    'with options that cannot work, and %s says all of them',
    async (_how, register) => {
      const error = await refusal({
        imports: [
          register({
            path: 'a b/:c',
            bindings: ['SOAP'],
            versions: ['1.0', '2.0'],
            tenants: 'acme',
            roles: ['web'],
            agentCard: { name: '', version: 1, skills: 'many' },
            publicUrl: 'localhost:8000',
            trustProxy: 'yes',
            runtime: 'postgres',
            maxBodyBytes: -1,
            limits: { parts: 0, idLength: 513, pageSize: 1_000 },
            turn: { leaseMs: 1_000, heartbeatMs: 900, leaseMS: 1 },
            idempotency: 'sometimes',
            principal: 'sub',
            push: {
              encryptionKey: 'short',
              select: 'some',
              breaker: { failures: 0, openMs: 0, maxOpenMs: '1' },
              maxOrigins: 0,
              newOriginsPerMinute: true,
              requireAllowlist: 'yes',
              proxy: { url: 'http://user:pw@proxy.example' },
              tenants: {
                acme: { allow: ['a b'], ports: [80] },
                globex: { deny: 'all' },
              },
            },
          }),
        ],
        providers: [OneWorker],
      });
      expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
      for (const field of [
        'path',
        'bindings',
        'versions',
        'tenants',
        'roles',
        'agentCard.name',
        'agentCard.version',
        'agentCard.description',
        'agentCard.skills',
        'publicUrl',
        'trustProxy',
        'runtime',
        'maxBodyBytes',
        'limits.parts',
        'limits.idLength',
        'limits.pageSize',
        'turn.heartbeatMs',
        'turn.leaseMS',
        'idempotency',
        'principal',
        'push.encryptionKey',
        'push.select',
        'push.breaker.failures',
        'push.breaker.openMs',
        'push.breaker.maxOpenMs',
        'push.maxOrigins',
        'push.newOriginsPerMinute',
        'push.requireAllowlist',
        'push.proxy',
        'push.tenants.acme.allow',
        'push.tenants.acme.ports',
        'push.tenants.globex.deny',
      ]) {
        expect(error.message).toContain(`\n  ${field}: `);
      }
      expect(error.message).not.toContain('pw@');
      expect(error.message).toMatch(/^A2AModule\.forRoot\(\) was given/);
    },
  );

  it('with a breaker that would be open for longer at first than at most', async () => {
    const push = { breaker: { openMs: 600_000 } };
    const error = await refusal({
      imports: [root({ push })],
      providers: [OneWorker],
    });
    expect(error.message).toMatch(
      /\n {2}push.breaker.maxOpenMs: Must be at least push.breaker.openMs/,
    );
  });

  it.each([
    'https://user:pw@example.com',
    'https://example.com/?a=1',
    'https://example.com/#a',
    'ftp://example.com',
    '/agents',
  ])('with the public URL %s', async (publicUrl) => {
    const imports = [root({ publicUrl })];
    const error = await refusal({ imports, providers: [OneWorker] });
    expect(error.message).toMatch(/\n {2}publicUrl: Must /);
    expect(error.message).not.toContain('pw@');
  });

  it.each([
    ['forRoot', (options: object) => A2AModule.forRoot(options as never)],
    [
      'forRootAsync',
      (options: object) =>
        A2AModule.forRootAsync({ useFactory: () => options as never }),
    ],
  ])(
    'with options of %s that there are not, among others that cannot work',
    async (_how, register) => {
      const options = {
        agentCard: { name: 'a', description: 'b', version: '1' },
        drainMS: 3,
        turn: { leaseMS: 3, concurrency: 0 },
        push: { pots: [1], breaker: { open: 1 } },
        limits: { part: 1 },
        sse: { buffer: 1 },
        retention: { finished: 1 },
        grpc: { prot: 1 },
        cardSigning: { keyz: [] },
      };
      const imports = [register(options)];
      const error = await refusal({ imports, providers: [OneWorker] });
      expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
      for (const field of [
        'drainMS',
        'turn.leaseMS',
        'push.pots',
        'push.breaker.open',
        'limits.part',
        'sse.buffer',
        'retention.finished',
        'grpc.prot',
        'cardSigning.keyz',
      ]) {
        expect(error.message).toContain(`\n  ${field}: Is no option here, `);
      }
      expect(error.message).toContain('there are leaseMs, heartbeatMs, ');
      expect(error.message).toContain('\n  turn.concurrency: ');
    },
  );

  it('with a factory that answers what shapes routes', async () => {
    const agentCard = { name: 'a', description: 'b', version: '1' };
    const answer = { agentCard, path: 'a2a' };
    const imports = [A2AModule.forRootAsync({ useFactory: () => answer })];
    const error = await refusal({ imports, providers: [OneWorker] });
    expect(error.message).toContain('\n  path: Must stand beside the factory');
  });

  it('with options of the application at a further agent', async () => {
    const imports = [root(), feature({ agent: 'b', path: 'b', turn: {} })];
    const error = await refusal({ imports, providers: [OneWorker] });
    expect(error.message).toMatch(/^A2AModule\.forFeature\(\) was given/);
    expect(error.message).toContain('\n  turn: Is no option here, ');
  });

  it('with options of a further agent that cannot work', async () => {
    const billing = feature({
      agent: ' ',
      path: 'x y',
      agentCard: {},
      concurrency: 0,
    });
    const imports = [root(), billing];
    const error = await refusal({ imports, providers: [OneWorker] });
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(error.message).toMatch(/^A2AModule\.forFeature\(\) was given/);
    for (const field of ['agent', 'path', 'agentCard.name', 'concurrency']) {
      expect(error.message).toContain(`\n  ${field}: `);
    }
  });
});
