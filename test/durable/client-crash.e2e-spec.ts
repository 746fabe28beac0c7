import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { A2AClient } from '@nest-a2a/client';
import { sqlite } from '@nest-a2a/sqlite';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { HERE } from '../support/faults/fault-lab.js';
import { MortalAgent } from '../support/mortal-agent.js';
import { DURABLE_PUSH } from '../support/shared-runtime.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const PATIENCE_MS = 150_000;

describe('the client of a process that dies, on sqlite', () => {
  let folder: string;
  let mortal: MortalAgent;
  let proxy: CuttingProxy;
  let client: A2AClient;
  let heir: TestAgent | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-client-crash-'));
    const store = { file: join(folder, 'tasks.db') };
    mortal = await MortalAgent.start({ store, push: DURABLE_PUSH });
    proxy = await CuttingProxy.open(mortal.url);
    client = await A2AClient.connect(await cardThrough(proxy), {
      ...HERE,
      retry: { maxAttempts: 100, baseDelayMs: 10, maxDelayMs: 200 },
    });
  });

  afterEach(async () => {
    await client.close();
    await proxy.close();
    await mortal.end();
    await heir?.close();
    heir = undefined;
    rmSync(folder, { recursive: true });
  });

  /** The process dies, and another one has its file. */
  async function die(): Promise<void> {
    proxy.target = undefined;
    mortal.signal('SIGKILL');
    await mortal.ended;
    const runtime = sqlite({ file: join(folder, 'tasks.db') });
    heir = await startAgent({ options: { runtime, push: DURABLE_PUSH } });
    heir.worker.on('hi', (context) => context.complete('hello'));
    proxy.target = heir.url;
  }

  it(
    'follows its task to the end, at the next one',
    async () => {
      const states: string[] = [];
      let text = '';
      let death: Promise<void> | undefined;
      for await (const event of client.stream('hi')) {
        death ??= die();
        states.push(event.state ?? event.kind);
        text = event.task.text;
      }
      await death;
      expect(states.at(0)).toBe('submitted');
      expect(states.at(-1)).toBe('completed');
      expect(text).toBe('hello');
      expect((await client.listTasks()).totalSize).toBe(1);
    },
    PATIENCE_MS,
  );

  it(
    'makes one task of the message that it did not answer',
    async () => {
      const sending = client.send('hi', { blocking: true });
      await until(async () => (await client.listTasks()).totalSize === 1);
      await die();
      expect(await sending).toMatchObject({ completed: true, text: 'hello' });
      expect((await client.listTasks()).totalSize).toBe(1);
    },
    PATIENCE_MS,
  );
});

async function cardThrough({
  target,
  url,
}: CuttingProxy): Promise<Record<string, unknown>> {
  const answer = await fetch(`${target}/.well-known/agent-card.json`, {
    headers: { 'A2A-Version': '1.0', Connection: 'close' },
  });
  const supportedInterfaces = [
    { url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
  ];
  return { ...((await answer.json()) as object), supportedInterfaces };
}
