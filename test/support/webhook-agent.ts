// An agent of a durable store that a test kills or freezes while it delivers webhooks.
// node run-typescript.mjs webhook-agent.ts <settings as JSON>
import { postgres } from '@nest-a2a/postgres';
import { sqlite } from '@nest-a2a/sqlite';
import { PushNotificationService } from '@nest-a2a/server';
import { Failpoints, withFailpoints } from '@nest-a2a/testing';
import { Gate } from './gate.js';
import {
  type DurableStore,
  type MortalOrder,
  type MortalSettings,
} from './mortal-agent.js';
import { startAgent } from './test-agent.js';

const { store, push, failpoint } = JSON.parse(
  process.argv[2] ?? '',
) as MortalSettings;

async function main(): Promise<void> {
  const failpoints = new Failpoints();
  if (failpoint) failpoints.arm(failpoint);
  const { app, url, worker } = await startAgent({
    options: { runtime: withFailpoints(runtimeOf(store), failpoints), push },
  });
  app
    .get(PushNotificationService)
    .deliveries$.subscribe((attempt) => process.send?.({ attempt }));
  const gate = new Gate();
  worker.on('hi', async (context) => {
    await gate.pass();
    await context.complete('hello');
  });
  process.on('message', (order: MortalOrder) => {
    if (order === 'go on') gate.open();
    else void app.close().then(() => process.exit());
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ url });
}

function runtimeOf(settings: DurableStore) {
  return 'file' in settings
    ? sqlite(settings)
    : postgres({ ...settings, onWarning: () => undefined });
}

void main();
