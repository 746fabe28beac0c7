import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { A2AClient, type StreamEvent } from '@nest-a2a/client';
import { type TaskContext } from '@nest-a2a/server';
import { sqlite } from '@nest-a2a/sqlite';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { collect, HERE } from '../support/faults/fault-lab.js';
import { Gate } from '../support/gate.js';
import { aborted } from '../support/running-task.js';
import { DURABLE_PUSH } from '../support/shared-runtime.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const WORDS = ['Once ', 'upon ', 'a ', 'tïme ', 'there ', 'was ', 'one', '.'];
const STORY = WORDS.join('');

async function tell(context: TaskContext): Promise<void> {
  for (const word of WORDS) await context.emitText(word);
  await context.complete();
}

const outline = (events: readonly StreamEvent[]) =>
  events.map(({ kind, state, text }) => `${kind} ${state ?? text}`).join();

describe.each(['JSONRPC', 'HTTP+JSON'] as const)(
  'the client and our server with a bad line, over %s',
  (binding) => {
    let agent: TestAgent;
    let proxy: CuttingProxy;
    let client: A2AClient;

    beforeEach(async () => {
      agent = await startAgent();
      agent.worker.on('tell', tell);
      proxy = await CuttingProxy.open(agent.url);
      client = await connect(proxy, binding);
    });

    afterEach(async () => {
      await client.close();
      await proxy.close();
      await agent.close();
    });

    it('loses and repeats no event of a stream, wherever it is cut', async () => {
      const whole = outline(await collect(client.stream('tell')));
      for (let cut = 0; cut < 3_000; cut += 97) {
        proxy.cut();
        proxy.cuts.push(cut, (cut * 7) % 900);
        const events = await collect(client.stream('tell'));
        expect(outline(events)).toBe(whole);
        expect(events.at(-1)?.task.text).toBe(STORY);
        proxy.cuts.length = 0;
      }
      expect((await client.listTasks({ pageSize: 100 })).totalSize).toBe(32);
    });

    it('loses and repeats no event of a task that waits in between', async () => {
      const gate = new Gate();
      agent.worker.on('held', async (context) => {
        await context.emitText('one ');
        await gate.pass();
        await context.emitText('two');
        await context.complete();
      });
      const texts: string[] = [];
      for await (const text of client.streamText('held')) {
        texts.push(text);
        proxy.cut();
        gate.open();
      }
      expect(texts).toEqual(['one ', 'two']);
    });

    it('makes one task of a message whose answer is lost', async () => {
      proxy.cut();
      proxy.cuts.push(0, 20, 150);
      const result = await client.send('tell', { messageId: 'm1' });
      expect(result).toMatchObject({ completed: true, text: STORY });
      expect((await client.listTasks()).totalSize).toBe(1);
    });
  },
);

describe('the client and our server on SQLite, which is started again', () => {
  let folder: string;
  let proxy: CuttingProxy;
  let client: A2AClient | undefined;
  const agents: TestAgent[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-client-resume-'));
  });

  afterEach(async () => {
    await client?.close();
    await proxy.close();
    for (const agent of agents.splice(0)) await agent.close();
    rmSync(folder, { recursive: true });
  });

  async function start(): Promise<TestAgent> {
    const file = join(folder, 'tasks.db');
    const runtime = sqlite({ file });
    const options = { runtime, push: DURABLE_PUSH, drainMs: 100 };
    const agent = await startAgent({ options });
    agents.push(agent);
    return agent;
  }

  it.each(['JSONRPC', 'HTTP+JSON'] as const)(
    'streams through it and loses nothing, over %s',
    async (binding) => {
      const first = await start();
      proxy = await CuttingProxy.open(first.url);
      client = await connect(proxy, binding);
      first.worker.on('held', async (context) => {
        await context.emitText('one ');
        await aborted(context);
      });
      const texts: string[] = [];
      const following = (async () => {
        for await (const text of client.streamText('held')) texts.push(text);
      })();
      await until(() => texts.length === 1, 'the first words');

      proxy.target = undefined;
      proxy.cut();
      await first.close();
      agents.length = 0;
      const second = await start();
      second.worker.on('held', async (context) => {
        await context.emitText('two', { append: true });
        await context.complete();
      });
      proxy.target = second.url;
      await following;
      expect(texts.join('')).toBe('one two');
    },
    60_000,
  );
});

/** The card names the agent itself; everything else goes through the proxy. */
async function connect(
  { target = '', url }: CuttingProxy,
  protocolBinding: 'JSONRPC' | 'HTTP+JSON',
): Promise<A2AClient> {
  const answer = await fetch(`${target}/.well-known/agent-card.json`, {
    headers: { 'A2A-Version': '1.0', Connection: 'close' },
  });
  const supportedInterfaces = [
    { url, protocolBinding, protocolVersion: '1.0' },
  ];
  const card = { ...((await answer.json()) as object), supportedInterfaces };
  const retry = { maxAttempts: 50, baseDelayMs: 1, maxDelayMs: 20 };
  return A2AClient.connect(card, { ...HERE, retry });
}
