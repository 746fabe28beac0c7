import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  A2AModule,
  A2AWorker,
  type TaskContext,
  type Worker,
} from '@nest-a2a/server';
import { FakeClock } from '../fake-clock.js';
import { createTestAgent } from './create-test-agent.js';
import { testAgentOf } from './test-agent-of.js';

@A2AWorker()
class EchoWorker implements Worker {
  handle(ctx: TaskContext): Promise<void> {
    return ctx.complete(`echo: ${ctx.userText}`);
  }
}

@A2AWorker({ agent: 'billing' })
class BillingWorker implements Worker {
  handle(ctx: TaskContext): Promise<void> {
    return ctx.complete('Paid.');
  }
}

const card = { name: 'Echo', description: 'Says it again.', version: '1' };

@Module({
  imports: [
    A2AModule.forRoot({
      agentCard: card,
      publicUrl: 'https://agents.example.com',
    }),
    A2AModule.forFeature({
      agent: 'billing',
      path: 'billing',
      agentCard: { ...card, name: 'Billing' },
    }),
  ],
  providers: [EchoWorker, BillingWorker],
})
class AppModule {}

/** How much of each kind keeps the process alive. */
function openResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function addedSince(before: ReadonlyMap<string, number>): string[] {
  return [...openResources()]
    .filter(([kind]) => kind !== 'Immediate' && kind !== 'TickObject')
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind]) => kind);
}

/** Resolves when nothing is open that was not before. */
async function untilNothingLeft(
  before: ReadonlyMap<string, number>,
): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (addedSince(before).length > 0 && Date.now() < deadline) {
    await setImmediate();
  }
  expect(addedSince(before)).toEqual([]);
}

/** Says a word, and works until it is told to stop. */
async function workOn(ctx: TaskContext): Promise<void> {
  const stopped = once(ctx.signal, 'abort');
  await ctx.emitText('so far');
  await stopped;
}

describe('testAgentOf', () => {
  const newModule = () =>
    Test.createTestingModule({ imports: [AppModule] }).compile();

  it('talks to the agents of a whole application, wherever their cards say that they are', async () => {
    for (const adapter of [undefined, new FastifyAdapter()]) {
      const module = await newModule();
      const settings = { logger: false } as const;
      const app = adapter
        ? module.createNestApplication(adapter, settings)
        : module.createNestApplication(settings);
      const echo = await testAgentOf(app);
      const billing = await testAgentOf(app, { path: 'billing' });
      expect((await echo.send('Hello')).text).toBe('echo: Hello');
      expect((await billing.send('Hello')).text).toBe('Paid.');
      expect(echo.client.agentInterface.url).toMatch(
        /^https:\/\/agents\.example\.com/,
      );
      await billing.close();
      await echo.close();
    }
  });

  it('says where it has found no agent', async () => {
    const module = await newModule();
    const app = module.createNestApplication({ logger: false });
    await expect(testAgentOf(app, { path: 'mail' })).rejects.toMatchObject({
      code: 'card-unavailable',
      message: expect.stringContaining('/mail/.well-known/agent-card.json'),
    });
    await app.close();
  });
});

describe('TestAgent', () => {
  let before: Map<string, number>;

  beforeEach(() => {
    before = openResources();
  });

  it.each([undefined, 0])(
    'leaves nothing open, however many there are (port: %j)',
    async (port) => {
      for (let count = 0; count < 20; count += 1) {
        await using agent = await createTestAgent(EchoWorker, { port });
        await agent.send('Hello');
      }
      await untilNothingLeft(before);
    },
  );

  it.each([undefined, 0])(
    'closes while a worker works and a stream is read (port: %j)',
    async (port) => {
      const agent = await createTestAgent(workOn, { port });
      const reading = agent.stream('Tell');
      while ((await reading.next()).value?.kind !== 'artifact');
      const next = reading.next();
      const failed = expect(next).rejects.toMatchObject({ code: 'closed' });
      await agent.close();
      await agent.close();
      await failed;
      await expect(agent.send('Hello')).rejects.toMatchObject({
        code: 'closed',
      });
      await untilNothingLeft(before);
    },
  );

  it('closes at once although its clock stands still', async () => {
    const clock = new FakeClock();
    const agent = await createTestAgent(workOn, {
      clock,
      a2a: { drainMs: 20_000 },
    });
    await agent.send('Hello', { blocking: false });
    await agent.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up a message after the time of the call', async () => {
    const agent = await createTestAgent(workOn);
    await expect(agent.send('Hello', { timeoutMs: 100 })).rejects.toMatchObject(
      { code: 'outcome-unknown' },
    );
    await agent.close();
  });
});
