import { type ExecutionContext, Injectable } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  ThrottlerException,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  ThrottlerModule,
} from '@nestjs/throttler';
import { rateLimited } from '@nest-a2a/protocol';
import { identityOf } from '@nest-a2a/server';
import { apiKey } from '@nest-a2a/server/auth';
import { ALL_BINDINGS, type AnyBinding } from '../support/any-binding.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const LIMIT = 3;
const throttlers = ThrottlerModule.forRoot([{ ttl: 60_000, limit: LIMIT }]);

/** Calls over gRPC have no headers of the answer: the error says when to come again. */
@Injectable()
class AgentThrottlerGuard extends ThrottlerGuard {
  protected override getRequestResponse(context: ExecutionContext) {
    const pair = super.getRequestResponse(context);
    return context.getType() === 'rpc'
      ? { ...pair, res: { header: () => undefined } }
      : pair;
  }

  protected override async throwThrottlingException(
    context: ExecutionContext,
    detail: ThrottlerLimitDetail,
  ): Promise<void> {
    throw context.getType() === 'rpc'
      ? rateLimited(detail.timeToBlockExpire)
      : new ThrottlerException();
  }
}

/** Counts for callers, wherever they come from. */
@Injectable()
class CallerThrottlerGuard extends AgentThrottlerGuard {
  protected override async getTracker(request: object): Promise<string> {
    return identityOf(request)?.principal ?? 'nobody';
  }
}

const OVER_HTTP = ALL_BINDINGS.filter(({ name }) => name !== 'GRPC');

async function exhaust(
  { call }: AnyBinding,
  agent: TestAgent,
  headers: Record<string, string> = {},
): Promise<void> {
  for (let i = 0; i < LIMIT; i += 1) {
    const { status } = await call(agent, 'ListTasks', {}, headers);
    expect(status).toBe('OK');
  }
}

function expectRefusal(answer: Awaited<ReturnType<AnyBinding['call']>>): void {
  expect(answer.status).toBe(8);
  const seconds = Number(answer.retryAfter);
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThanOrEqual(60);
}

const WAYS: [way: string, guard: TestAgentOptions][] = [
  [
    'of the agent',
    {
      imports: [],
      options: { guards: [ThrottlerGuard], imports: [throttlers] },
    },
  ],
  [
    'of the application',
    {
      imports: [throttlers],
      providers: [
        ScriptedWorker,
        { provide: APP_GUARD, useClass: ThrottlerGuard },
      ],
    },
  ],
];

describe.each(PLATFORMS)('a guard of the throttler on %s', (platform) => {
  describe.each(WAYS)('%s', (_way, options) => {
    it.each(OVER_HTTP)(
      'limits callers, and says when to come again ($name, A2A §5.4)',
      async (binding) => {
        const agent = await startAgent({ platform, ...options });
        await exhaust(binding, agent);
        const answer = await binding.call(agent, 'ListTasks');
        const card = await fetch(`${agent.url}/.well-known/agent-card.json`);
        await agent.close();
        expectRefusal(answer);
        expect(card.status).toBe(200);
      },
    );
  });
});

describe.each(ALL_BINDINGS)('over $name', (binding) => {
  let agent: TestAgent;
  afterEach(() => agent.close());

  it('a throttler that knows gRPC limits callers on every binding', async () => {
    agent = await startAgent({
      options: {
        ...GRPC_AGENT,
        guards: [AgentThrottlerGuard],
        imports: [throttlers],
      },
    });
    await exhaust(binding, agent);
    expectRefusal(await binding.call(agent, 'ListTasks'));
  });

  it('a throttler of the agent knows who calls', async () => {
    const keys = { alice: 'alice-alice-alice', bob: 'bob-bob-bob-bob-bob' };
    agent = await startAgent({
      options: {
        ...GRPC_AGENT,
        authentication: [apiKey({ name: 'X-API-Key', keys })],
        guards: [CallerThrottlerGuard],
        imports: [throttlers],
      },
    });
    const alice = { 'X-API-Key': keys.alice };
    await exhaust(binding, agent, alice);
    expectRefusal(await binding.call(agent, 'ListTasks', {}, alice));
    await exhaust(binding, agent, { 'X-API-Key': keys.bob });
  });
});
