import { type TaskContext } from '@nest-a2a/server';
import { Gate } from '../support/gate.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { aborted } from '../support/running-task.js';
import { CARD, startAgent } from '../support/test-agent.js';
import { EXTENDED, INPUT_MODES, type InteropAgent } from './interop-agent.js';

/** Our server. */
export async function startOurs(): Promise<InteropAgent> {
  const gate = new Gate();
  const { app, url, worker, close } = await startAgent({
    options: {
      ...GRPC_AGENT,
      directReplies: true,
      extendedAgentCard: { description: EXTENDED },
      publicExtendedAgentCard: true,
      agentCard: { ...CARD, defaultInputModes: INPUT_MODES },
    },
  });
  worker.on('work', (context) => work(context, gate));
  worker.on('wait', async (context) => {
    await context.sendStatus('Waiting');
    await Promise.race([gate.pass(), aborted(context)]);
    if (!context.isCanceled) await context.complete();
  });
  worker.on('ask', (context) => context.requestInput('Which quarter?'));
  worker.on('mirror', (context) => context.complete([...context.parts]));
  worker.on('say', (context) => context.reply('Hello'));
  return {
    url,
    openGate: () => gate.open(),
    close: () => {
      // `fetch` opens connections for later, which Node.js does not take for idle ones.
      app.getHttpServer().closeAllConnections();
      return close();
    },
  };
}

async function work(context: TaskContext, gate: Gate): Promise<void> {
  const artifactId = 'result';
  await context.sendStatus('On it');
  await context.emitText('one, ', { artifactId });
  await gate.pass();
  await context.emitText('two', { artifactId, append: true, lastChunk: true });
  await context.complete();
}
