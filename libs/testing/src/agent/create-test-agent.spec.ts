import { once } from 'node:events';
import { type Server } from 'node:http';
import {
  Controller,
  type CanActivate,
  Get,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { A2AWorker, type TaskContext, type Worker } from '@nest-a2a/server';
import { FakeClock } from '../fake-clock.js';
import { WebhookSink } from '../webhook-sink.js';
import { createTestAgent } from './create-test-agent.js';
import { type TestAgent } from './test-agent.js';
import { type TestAgentOptions } from './test-agent-options.js';

@Injectable()
class Sales {
  revenue(): number {
    return 1;
  }
}

@A2AWorker()
class ReportWorker implements Worker {
  constructor(@Inject(Sales) private readonly sales: Sales) {}

  async handle(ctx: TaskContext): Promise<void> {
    await ctx.sendStatus('Gathering data...');
    await ctx.complete(`${ctx.userText}: ${this.sales.revenue()}`);
  }
}

@A2AWorker({ agent: 'billing' })
class BillingWorker implements Worker {
  handle(ctx: TaskContext): Promise<void> {
    return ctx.complete('Paid.');
  }
}

class PlainWorker implements Worker {
  handle(ctx: TaskContext): Promise<void> {
    return ctx.complete('plain');
  }
}

const echo = (ctx: TaskContext) => ctx.complete(`echo: ${ctx.userText}`);

const ADAPTERS = {
  express: () => new ExpressAdapter(),
  fastify: () => new FastifyAdapter(),
};

function isListening({ app }: TestAgent): boolean {
  return (app.getHttpServer() as Server).listening;
}

describe('createTestAgent', () => {
  const agents: TestAgent[] = [];

  async function start(
    worker: Parameters<typeof createTestAgent>[0] = echo,
    options: TestAgentOptions = {},
  ): Promise<TestAgent> {
    const agent = await createTestAgent(worker, options);
    agents.push(agent);
    return agent;
  }

  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.close()));
  });

  it('tests a class with what it injects, without a port', async () => {
    const agent = await start(ReportWorker, { providers: [Sales] });
    const task = await agent.send('Revenue');
    expect(task).toMatchObject({ state: 'completed', text: 'Revenue: 1' });
    expect(isListening(agent)).toBe(false);
    const seen = await agent.tasks.get(task.taskId);
    expect(seen?.status.state).toBe('TASK_STATE_COMPLETED');
    expect(agent.get(Sales)).toBeInstanceOf(Sales);
  });

  it.each([
    ['a decorated class of another agent', BillingWorker, 'Paid.'],
    ['an instance of one', new BillingWorker(), 'Paid.'],
    ['a class without a decorator', PlainWorker, 'plain'],
    ['an object', { handle: echo }, 'echo: x'],
    ['a method', echo, 'echo: x'],
  ] as const)('tests %s', async (_, worker, text) => {
    const agent = await start(worker);
    expect((await agent.send('x')).text).toBe(text);
  });

  it.each([undefined, 1, {}, { handle: 1 }])('refuses %j', async (worker) => {
    await expect(createTestAgent(worker as any)).rejects.toThrow(TypeError);
  });

  it('replaces what the worker injects', async () => {
    const agent = await start(ReportWorker, {
      providers: [Sales],
      override: (module) =>
        module.overrideProvider(Sales).useValue({ revenue: () => 7 }),
    });
    expect((await agent.send('Revenue')).text).toBe('Revenue: 7');
  });

  it('says what is missing', async () => {
    await expect(createTestAgent(ReportWorker)).rejects.toThrow('Sales');
  });

  describe.each(Object.entries(ADAPTERS))('on %s', (_, newAdapter) => {
    it.each(['JSONRPC', 'HTTP+JSON'] as const)(
      'speaks %s of both versions in memory',
      async (binding) => {
        for (const version of ['1.0', '0.3'] as const) {
          const agent = await start(echo, {
            adapter: newAdapter(),
            client: { binding, versions: [version] },
          });
          const { protocolVersion } = agent.client.agentInterface;
          expect(protocolVersion).toBe(version);
          expect((await agent.send('Hello')).text).toBe('echo: Hello');
        }
      },
    );

    it('streams as the worker speaks, and tells it who cancels', async () => {
      const agent = await start(
        async (ctx: TaskContext) => {
          const stopped = once(ctx.signal, 'abort');
          await ctx.emitText('one ');
          await stopped;
        },
        { adapter: newAdapter() },
      );
      const seen: string[] = [];
      for await (const { kind, text, state, task } of agent.stream('Tell')) {
        if (kind === 'artifact') {
          seen.push(text);
          await agent.client.cancel(task.taskId);
        }
        if (state === 'canceled') seen.push(state);
      }
      expect(seen).toEqual(['one ', 'canceled']);
    });

    it('carries more than a connection holds, both ways', async () => {
      const text = 'x'.repeat(1_000_000);
      const agent = await start(echo, { adapter: newAdapter() });
      expect((await agent.send(text)).text).toBe(`echo: ${text}`);
    });

    it('passes the guards of the application', async () => {
      const refuse: CanActivate = {
        canActivate: () => {
          throw new UnauthorizedException();
        },
      };
      const agent = await start(echo, {
        adapter: newAdapter(),
        providers: [{ provide: APP_GUARD, useValue: refuse }],
      });
      await expect(agent.send('Hello')).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
    });

    it('listens where a test wants a real port', async () => {
      @Controller('health')
      class Health {
        @Get()
        check(): string {
          return 'well';
        }
      }
      const agent = await start(echo, {
        adapter: newAdapter(),
        port: 0,
        controllers: [Health],
        a2a: { path: 'agent' },
      });
      expect(isListening(agent)).toBe(true);
      expect(agent.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/agent$/);
      expect((await agent.send('Hello')).text).toBe('echo: Hello');
      const health = await fetch(new URL('/health', agent.url));
      expect(await health.text()).toBe('well');
    });
  });

  it('finds an agent below a path and a prefix', async () => {
    const agent = await start(echo, {
      a2a: { path: 'agents/echo' },
      setUp: (app) => app.setGlobalPrefix('api'),
    });
    expect((await agent.send('Hello')).text).toBe('echo: Hello');
  });

  it('sends webhooks to a sink', async () => {
    const sink = await WebhookSink.open();
    const agent = await start();
    await agent.send('Hello', { pushUrl: sink.url });
    await sink.waitFor(1);
    await sink.close();
    expect(sink.received[0]?.body).toBeDefined();
  });

  it('lives in the time of the test', async () => {
    const clock = new FakeClock(0);
    const agent = await createTestAgent(
      async (ctx: TaskContext) => {
        await once(ctx.signal, 'abort');
      },
      { clock, a2a: { turn: { timeoutMs: 60_000 } } },
    );
    agents.push(agent);
    const { taskId } = await agent.send('Hello', { blocking: false });
    await agent.clock.advance(59_000);
    expect((await agent.client.getTask(taskId)).state).toBe('working');
    await agent.clock.advance(1_000);
    const task = await agent.client.waitFor(taskId);
    expect(task.state).toBe('failed');
    expect(task.raw).toMatchObject({
      status: { timestamp: '1970-01-01T00:01:00.000Z' },
    });
  });
});
