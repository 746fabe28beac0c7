import { Metadata } from '@grpc/grpc-js';
import { grpcClient } from '../../test/grpc-client.js';
import { collect, failureOf, taskIn } from '../../test/scripted-agent.js';
import {
  type ScriptedCall,
  ScriptedGrpcAgent,
} from '../../test/scripted-grpc-agent.js';
import { type A2AClient } from '../a2a-client.js';
import { grpc } from './grpc-connector.js';

const IDS = { taskId: 't1', contextId: 'c1' };
const chunk = (text: string) => ({
  artifactUpdate: {
    ...IDS,
    artifact: { artifactId: 'a1', parts: [{ text }] },
    append: true,
  },
});
const status = (state: string) => ({
  statusUpdate: { ...IDS, status: { state: `TASK_STATE_${state}` } },
});

let agent: ScriptedGrpcAgent;
let client: A2AClient;

beforeEach(async () => {
  agent = await ScriptedGrpcAgent.start();
  client = await grpcClient(agent.address);
});

afterEach(async () => {
  await client.close();
  await agent.allClosed();
  await agent.close();
});

/** The next call, which is left to the test. */
function nextCall(): Promise<ScriptedCall> {
  return new Promise((resolve) => (agent.script = resolve));
}

describe.each(['1.0', '0.3'] as const)(
  'a stream of %s over gRPC',
  (protocolVersion) => {
    beforeEach(async () => {
      await client.close();
      client = await grpcClient(agent.address, { protocolVersion });
    });

    it('is the events in their order, and the task as they make it', async () => {
      agent.script = (call) =>
        call.answer(
          { task: taskIn('SUBMITTED') },
          status('WORKING'),
          chunk('a'),
          chunk('b'),
          status('COMPLETED'),
        );
      const events = await collect(client.stream('hi'));
      expect(events.map(({ kind, state }) => [kind, state])).toEqual([
        ['task', 'submitted'],
        ['status', 'working'],
        ['artifact', undefined],
        ['artifact', undefined],
        ['status', 'completed'],
      ]);
      expect(events.at(-1)?.task?.text).toBe('ab');
      expect(events.map(({ id }) => id)).toEqual(Array(5).fill(undefined));
    });
  },
);

describe('a stream over gRPC', () => {
  it('comes as it is sent', async () => {
    const asked = nextCall();
    const events = client.stream('hi');
    const first = events.next();
    const call = await asked;
    void call.write({ task: taskIn('WORKING') });
    expect((await first).value?.state).toBe('working');
    void call.write(status('COMPLETED'));
    expect((await events.next()).value?.state).toBe('completed');
    call.end();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('is cancelled when it is left early', async () => {
    const asked = nextCall();
    const events = client.stream('hi');
    const first = events.next();
    const call = await asked;
    void call.write({ task: taskIn('WORKING') });
    await first;
    await events.return(undefined);
    await call.ended;
    expect(call.raw.cancelled).toBe(true);
  });

  it('gives what had come before it broke, then the error', async () => {
    const asked = nextCall();
    const events = client.stream('hi');
    const first = events.next();
    const call = await asked;
    await call.write({ task: taskIn('WORKING') });
    await first;
    await agent.breakAll();
    expect(await failureOf(events.next())).toMatchObject({
      code: 'connection-failed',
    });
    expect(await events.next()).toMatchObject({ done: true });
  });

  it('fails with what the agent says in the middle of it', async () => {
    agent.script = async (call) => {
      await call.write({ task: taskIn('WORKING') });
      call.fail({ code: 13, message: 'Broken' });
    };
    const events = client.stream('hi');
    expect(await events.next()).toMatchObject({ done: false });
    expect(await failureOf(events.next())).toMatchObject({
      name: 'A2AError',
      code: 'INTERNAL',
      message: 'Broken',
    });
  });

  it('ends without an error when it breaks after its final event', async () => {
    agent.script = async (call) => {
      await call.write({ task: taskIn('COMPLETED') });
    };
    const events = client.stream('hi');
    expect((await events.next()).value).toMatchObject({ isFinal: true });
    await agent.breakAll();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('is aborted by the caller', async () => {
    const asked = nextCall();
    const controller = new AbortController();
    const events = client.stream('hi', { signal: controller.signal });
    const first = events.next();
    const call = await asked;
    void call.write({ task: taskIn('WORKING') });
    await first;
    const second = failureOf(events.next());
    controller.abort();
    expect(await second).toMatchObject({ code: 'aborted' });
    await call.ended;
  });

  it('has its limit of time until the agent begins to answer', async () => {
    const asked = nextCall();
    const events = client.stream('hi', { timeoutMs: 300 });
    const failure = failureOf(events.next());
    const silent = await asked;
    expect(await failure).toMatchObject({
      code: 'outcome-unknown',
      cause: { code: 'timeout' },
    });
    await silent.ended;
  });

  it('says when the agent begins to answer, before anything has happened', async () => {
    const asked = nextCall();
    const context = {
      limits: {
        maxEventBytes: 1_000,
        maxResponseBytes: 1_000,
        streamIdleMs: 1_000,
        connectTimeoutMs: 5_000,
      },
      policy: { allowHttp: true, allowPrivateNetworks: true },
      trustedOrigins: [],
      credentialOrigins: [],
    };
    const url = agent.address;
    const binding = grpc().connect(
      { url, protocolBinding: 'GRPC', protocolVersion: '1.0' },
      '1.0',
      context,
    );
    const { signal } = new AbortController();
    const opened = binding.open(
      'SubscribeToTask',
      { id: 't1' },
      { headers: {}, signal },
    );
    const call = await asked;
    call.raw.sendMetadata(new Metadata());
    const frames = await opened;
    call.end();
    expect(await collect(frames)).toEqual([]);
    await binding.close?.();
  });

  it('counts as broken when it is silent for too long', async () => {
    await client.close();
    client = await grpcClient(agent.address, { streamIdleMs: 50 });
    const asked = nextCall();
    const events = client.stream('hi');
    const first = events.next();
    const call = await asked;
    await call.write({ task: taskIn('WORKING') });
    await first;
    expect(await failureOf(events.next())).toMatchObject({
      code: 'connection-failed',
      message: 'The stream was silent for 50 ms',
    });
    await call.ended;
  });

  it('is not read faster than it is used', async () => {
    const events = 400;
    const text = 'x'.repeat(50_000);
    let sent = 0;
    const asked = nextCall();
    const stream = client.stream('hi');
    const first = stream.next();
    const call = await asked;
    const writing = (async () => {
      await call.write({ task: taskIn('WORKING') });
      for (; sent < events; sent++) await call.write(chunk(text));
      call.answer(status('COMPLETED'));
    })();
    await first;
    agent.script = (other) => other.answer(taskIn('WORKING'));
    // Time enough to send all of it.
    for (let calls = 0; calls < 100; calls++) await client.getTask('t1');
    expect(sent).toBeLessThan(events / 2);
    const rest = await collect(stream);
    await writing;
    expect(rest).toHaveLength(events + 1);
    expect(rest.at(-1)?.task?.text).toHaveLength(events * text.length);
  });
});
