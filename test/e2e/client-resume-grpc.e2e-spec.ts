import { A2AClient } from '@nest-a2a/client';
import { grpc } from '@nest-a2a/client/grpc';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { failureOf, HERE } from '../support/faults/fault-lab.js';
import { Gate } from '../support/gate.js';
import { GRPC_AGENT, grpcAddress } from '../support/grpc-client.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

describe('the client and our server with a bad line, over gRPC', () => {
  let agent: TestAgent;
  let proxy: CuttingProxy;
  let client: A2AClient;

  beforeEach(async () => {
    agent = await startAgent({ options: GRPC_AGENT });
    proxy = await CuttingProxy.open(`http://${grpcAddress(agent)}`);
    client = await connect();
  });

  afterEach(async () => {
    await client.close();
    await proxy.close();
    await agent.close();
  });

  async function connect(): Promise<A2AClient> {
    const answer = await fetch(`${agent.url}/.well-known/agent-card.json`, {
      headers: { 'A2A-Version': '1.0', Connection: 'close' },
    });
    const { host } = new URL(proxy.url);
    const protocolBinding = 'GRPC';
    const supportedInterfaces = [
      { url: host, protocolBinding, protocolVersion: '1.0' },
    ];
    const card = { ...((await answer.json()) as object), supportedInterfaces };
    const retry = { maxAttempts: 50, baseDelayMs: 1, maxDelayMs: 20 };
    const bindings = [grpc()];
    return A2AClient.connect(card, { ...HERE, retry, bindings });
  }

  it('loses and repeats no text of a stream that is cut again and again', async () => {
    const gates = [new Gate(), new Gate(), new Gate(), new Gate()];
    const words = ['one ', 'two ', 'three ', 'four'];
    agent.worker.on('held', async (context) => {
      for (const [at, word] of words.entries()) {
        await context.emitText(word);
        await gates[at]?.pass();
      }
      await context.complete();
    });
    const texts: string[] = [];
    for await (const text of client.streamText('held')) {
      texts.push(text);
      proxy.cut();
      gates[texts.length - 1]?.open();
    }
    expect(texts.join('')).toBe('one two three four');
  });

  it('makes one task of a message whose answer is lost', async () => {
    const gate = new Gate();
    agent.worker.on('held', async (context) => {
      await gate.pass();
      await context.complete('done');
    });
    const sending = client.send('held');
    await gate.reached;
    proxy.cut();
    gate.open();
    expect(await sending).toMatchObject({ completed: true, text: 'done' });
    expect((await client.listTasks()).totalSize).toBe(1);
  });

  it('reads though the line was cut in between', async () => {
    const { taskId } = await client.send('hi');
    for (let count = 0; count < 5; count += 1) {
      proxy.cut();
      expect((await client.getTask(taskId)).completed).toBe(true);
    }
  });

  it('fails where the agent cannot be reached', async () => {
    proxy.target = undefined;
    proxy.cut();
    const retry = { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 5 };
    const failure = await failureOf(
      client.send('hi', { retry, timeoutMs: 5_000 }),
    );
    expect(failure).toMatchObject({
      name: 'A2AClientError',
      code: 'connection-failed',
    });
  });
});
