import { credentials, ServerCredentials } from '@grpc/grpc-js';
import { HttpException, UnauthorizedException } from '@nestjs/common';
import { A2AClient, type A2AClientOptions } from '@nest-a2a/client';
import { grpc, type GrpcOptions } from '@nest-a2a/client/grpc';
import { selfSigned } from '../support/certificate.js';
import { Gate } from '../support/gate.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { held } from '../support/internals.js';
import { assertNothingLeftOpen, openHandles } from '../support/open-handles.js';
import { aborted } from '../support/running-task.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

/** Waits for its workers for a short time only. */
const SOON_OVER = { ...GRPC_AGENT, drainMs: 100 };

const VERSIONS = ['1.0', '0.3'] as const;

interface Connection extends A2AClientOptions {
  via?: GrpcOptions;
}

/** Finds the agent by its URL, and calls it over gRPC. */
function connect(
  agent: TestAgent,
  { via, ...options }: Connection = {},
): Promise<A2AClient> {
  return A2AClient.connect(agent.url, {
    bindings: [grpc(via)],
    binding: 'GRPC',
    ...options,
  });
}

async function failureOf(work: Promise<unknown>): Promise<any> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
}

describe.each(VERSIONS)('our client at our agent over gRPC, %s', (version) => {
  let agent: TestAgent;
  let client: A2AClient;

  beforeAll(async () => {
    agent = await startAgent({ options: GRPC_AGENT });
    client = await connect(agent, { versions: [version] });
  });

  afterAll(async () => {
    await client.close();
    await agent.close();
  });

  it('is connected by the card', () => {
    expect(client.agentInterface).toMatchObject({
      url: expect.stringMatching(/^localhost:\d+$/),
      protocolBinding: 'GRPC',
      protocolVersion: version,
    });
  });

  it('reads the text of a result in pieces as they are made', async () => {
    const gate = new Gate();
    agent.worker.on('pieces', async (context) => {
      await context.emitText('one ', { artifactId: 'a' });
      await gate.pass();
      await context.emitText('two', { artifactId: 'a' });
      await context.complete();
    });
    const pieces = client.streamText('pieces');
    expect((await pieces.next()).value).toBe('one ');
    await gate.reached;
    gate.open();
    expect((await pieces.next()).value).toBe('two');
    expect((await pieces.next()).done).toBe(true);
  });

  it('follows a task that it did not wait for to its end', async () => {
    const gate = new Gate();
    agent.worker.on('later', async (context) => {
      await gate.pass();
      await context.complete('done');
    });
    const { taskId, isTerminal } = await client.send('later', {
      blocking: false,
    });
    expect(isTerminal).toBe(false);
    const finished = client.waitFor(taskId);
    await gate.reached;
    gate.open();
    expect((await finished).state).toBe('completed');
  });

  it('leaves a stream, and the agent holds nothing for it', async () => {
    const gate = new Gate();
    agent.worker.on('left', async (context) => {
      await gate.pass();
      await context.complete('done');
    });
    const events = client.stream('left');
    const { taskId } = (await events.next()).value?.task ?? { taskId: '' };
    await events.return(undefined);
    await until(() => held(agent.app).exchanges === 0, 'the call to end');
    gate.open();
    // The task itself has gone on.
    expect((await client.waitFor(taskId)).completed).toBe(true);
  });

  it('learns that the agent shuts down before a stream is complete', async () => {
    const other = await startAgent({ options: SOON_OVER });
    other.worker.on('wait', aborted);
    const there = await connect(other, { versions: [version] });
    const events = there.stream('wait', { streamResumeMs: 0 });
    await events.next();
    const rest = failureOf(
      (async () => {
        for await (const event of events) void event;
      })(),
    );
    await other.close();
    expect(await rest).toMatchObject({
      name: 'A2AError',
      code: 'UNAVAILABLE',
      retryAfterSeconds: 1,
    });
    await there.close();
  });
});

describe('our client at an agent with a guard, over gRPC', () => {
  it.each([
    [
      'who must say who it is',
      new UnauthorizedException(),
      { code: 'UNAUTHENTICATED', challenge: 'Bearer' },
    ],
    [
      'who is too fast',
      new HttpException('Slow down', 429),
      { code: 'RATE_LIMITED' },
    ],
  ])('is told that it is one %s', async (_, thrown, error) => {
    const canActivate = () => {
      throw thrown;
    };
    const agent = await startAgent({
      options: { ...GRPC_AGENT, guards: [{ canActivate }] },
    });
    const client = await connect(agent);
    expect(await failureOf(client.getTask('t1'))).toMatchObject(error);
    const events = client.stream('hi');
    expect(await failureOf(events.next())).toMatchObject(error);
    await client.close();
    await agent.close();
  });
});

describe('where our client goes over gRPC', () => {
  it('is not a private network that the card of another names', async () => {
    const address = '10.0.0.7:50051';
    const agent = await startAgent({
      options: { ...GRPC_AGENT, grpc: { ...GRPC_AGENT.grpc, address } },
    });
    expect(await failureOf(connect(agent))).toMatchObject({
      name: 'A2AClientError',
      code: 'not-allowed',
      cause: expect.objectContaining({ code: 'address-not-allowed' }),
    });
    await agent.close();
  });

  it('is with TLS where the card or the caller wants it', async () => {
    const { key, certificate } = selfSigned();
    const pair = { private_key: key, cert_chain: certificate };
    const agent = await startAgent({
      options: {
        ...GRPC_AGENT,
        grpc: {
          ...GRPC_AGENT.grpc,
          credentials: ServerCredentials.createSsl(null, [pair]),
        },
      },
    });
    const trusting = await connect(agent, {
      via: {
        credentials: credentials.createSsl(certificate),
        // The card says `localhost`.
        channelOptions: { 'grpc.ssl_target_name_override': '127.0.0.1' },
      },
    });
    expect((await trusting.send('hi')).completed).toBe(true);
    await trusting.close();
    const doubting = await connect(agent, {
      via: { credentials: credentials.createSsl() },
    });
    expect(await failureOf(doubting.send('hi'))).toMatchObject({
      code: 'connection-failed',
    });
    await doubting.close();
    await agent.close();
  });

  it('is left without a trace when it is closed', async () => {
    const before = openHandles();
    const agent = await startAgent({ options: SOON_OVER });
    agent.worker.on('wait', aborted);
    const client = await connect(agent);
    await client.send('hi');
    const events = client.stream('wait');
    await events.next();
    const next = failureOf(events.next());
    await client.close();
    expect(await next).toMatchObject({ code: 'closed' });
    await until(() => held(agent.app).exchanges === 0, 'the call to end');
    await agent.close();
    await assertNothingLeftOpen(before);
  });
});
