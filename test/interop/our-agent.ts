import { A2AWorker, type TaskContext } from '@nest-a2a/server';
import { ExecutorWorker } from '@nest-a2a/server/executor';
import { Gate } from '../support/gate.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { aborted } from '../support/running-task.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { CARD, startAgent, type TestAgent } from '../support/test-agent.js';
import { EXTENDED, INPUT_MODES, type InteropAgent } from './interop-agent.js';
import { SdkExecutor } from './sdk-executor.js';

const OPTIONS = {
  ...GRPC_AGENT,
  directReplies: true,
  extendedAgentCard: { description: EXTENDED },
  publicExtendedAgentCard: true,
  agentCard: { ...CARD, defaultInputModes: INPUT_MODES },
};

/** Our server. */
export async function startOurs(): Promise<InteropAgent> {
  const gate = new Gate();
  const agent = await startAgent({ options: OPTIONS });
  const { worker } = agent;
  worker.on('work', (context) => work(context, gate));
  worker.on('wait', async (context) => {
    await context.sendStatus('Waiting');
    await Promise.race([gate.pass(), aborted(context)]);
    if (!context.isCanceled) await context.complete();
  });
  worker.on('ask', (context) => context.requestInput('Which quarter?'));
  worker.on('mirror', (context) => context.complete([...context.parts]));
  worker.on('say', (context) => context.reply('Hello'));
  return interopAgent(agent, gate);
}

@A2AWorker()
class SdkWorker extends ExecutorWorker {}

/** Our server, with an executor of the SDK as its worker. */
export async function startOurExecutor(): Promise<InteropAgent> {
  const gate = new Gate();
  const worker = new SdkWorker(new SdkExecutor(gate));
  const agent = await startAgent({
    options: OPTIONS,
    providers: [{ provide: ScriptedWorker, useValue: worker }],
  });
  return interopAgent(agent, gate);
}

function interopAgent(
  { app, url, close }: TestAgent,
  gate: Gate,
): InteropAgent {
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
