import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebhookSink } from '@nest-a2a/testing';
import { MortalAgent } from '../support/mortal-agent.js';
import { DURABLE_PUSH } from '../support/shared-runtime.js';
import { until } from '../support/until.js';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];

describe('an agent that starts where the environment names a proxy', () => {
  let folder: string;
  let agent: MortalAgent;
  let proxy: WebhookSink;
  let receiver: WebhookSink;
  let denied: WebhookSink;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-environment-'));
    proxy = await WebhookSink.open();
    denied = await WebhookSink.open();
    receiver = await WebhookSink.open('127.0.0.3');
    const names = PROXIES.flatMap((name) => [name, name.toLowerCase()]);
    const env = Object.fromEntries(
      names.map((name) => [name, `http://127.0.0.1:${proxy.port}`]),
    );
    agent = await MortalAgent.start(
      {
        store: { file: join(folder, 'tasks.db') },
        push: { ...DURABLE_PUSH, deny: ['127.0.0.1', '::1'] },
      },
      // Node.js itself takes proxies of the environment only if it starts with this.
      { ...env, NODE_USE_ENV_PROXY: '1', NO_PROXY: '', no_proxy: '' },
    );
  });
  afterEach(async () => {
    await agent.end();
    for (const sink of [proxy, receiver, denied]) await sink.close();
    rmSync(folder, { recursive: true });
  });

  it('sends webhooks without it, and only where they may go (S14)', async () => {
    await agent.send({ id: 'a', url: receiver.url });
    await receiver.waitFor(3);
    const url = `http://localhost:${denied.port}/`;
    const taskId = await agent.send({ id: 'a', url });
    const isOf = (attempt: { taskId: string }) => attempt.taskId === taskId;
    await until(() => agent.attempts.some(isOf), 'an attempt', 60_000);
    expect(agent.attempts.find(isOf)).toMatchObject({
      outcome: 'failed',
      error: 'address-not-allowed',
    });
    expect(denied.connections).toBe(0);
    expect(proxy.connections).toBe(0);
  }, 120_000);
});
