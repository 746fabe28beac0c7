import { once } from 'node:events';
import { type ClientReadableStream } from '@grpc/grpc-js';
import { type TaskStore } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import {
  brief,
  GRPC_AGENT,
  grpcAddress,
  GrpcCallError,
  GrpcClient,
} from '../support/grpc-client.js';
import { held, internal } from '../support/internals.js';
import { LogCollector } from '../support/log-collector.js';
import { assertNothingLeftOpen, openHandles } from '../support/open-handles.js';
import { aborted } from '../support/running-task.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { StoreClock } from '../support/store-clock.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const hang = () => new Promise<void>(() => undefined);

/** Resolves with the error that a stream ends with, or with nothing. */
function endOf(stream: ClientReadableStream<any>): Promise<any> {
  return new Promise((resolve) => {
    stream.once('error', (error) => resolve(new GrpcCallError(error as any)));
    stream.once('end', () => resolve(undefined));
  });
}

describe('callers of gRPC who leave', () => {
  let agent: TestAgent;
  let client: GrpcClient;
  let logs: LogCollector;

  beforeAll(async () => {
    agent = await startAgent({ options: GRPC_AGENT });
    client = new GrpcClient(grpcAddress(agent));
  });

  beforeEach(() => {
    logs = new LogCollector();
    agent.app.useLogger(logs);
  });

  afterEach(async () => {
    await until(() => held(agent.app).exchanges === 0, 'the calls to end');
    await until(() => held(agent.app).watchedTasks === 0, 'the watch to end');
    expect(logs.troubles).toEqual([]);
  });

  afterAll(async () => {
    client.close();
    await agent.close();
  });

  /** A worker that waits, and the gate it waits at. */
  function waitingWorker(): Gate {
    const gate = new Gate();
    agent.worker.on('wait', async (context) => {
      await gate.pass();
      await context.complete('done');
    });
    return gate;
  }

  it('are not waited for, and the turn goes on', async () => {
    const gate = waitingWorker();
    const { call, answer } = client.begin('SendMessage', sendParams('wait'));
    await gate.reached;
    call.cancel();
    await expect(answer).rejects.toMatchObject({ status: { code: 1 } });
    await until(() => held(agent.app).exchanges === 0, 'the call to end');
    expect(held(agent.app).turns).toBe(1);
    gate.open();
    await until(() => held(agent.app).turns === 0, 'the turn to end');
    const { body } = await client.call('ListTasks', {
      status: 'TASK_STATE_COMPLETED',
    });
    expect(body.totalSize).toBe(1);
  });

  it('end their stream', async () => {
    const gate = waitingWorker();
    const stream = client.stream('SendStreamingMessage', sendParams('wait'));
    const ended = endOf(stream);
    await once(stream, 'data');
    await gate.reached;
    expect(held(agent.app).watchedTasks).toBe(1);
    stream.cancel();
    expect((await ended).status.code).toBe(1);
    await until(() => held(agent.app).exchanges === 0, 'the stream to end');
    gate.open();
  });

  it.each(['SendMessage', 'SendStreamingMessage'] as const)(
    'have a deadline: %s',
    async (operation) => {
      const gate = waitingWorker();
      const { status } = await client.refusal(operation, sendParams('wait'), {
        deadlineMs: 300,
      });
      expect(status.code).toBe(4);
      await until(() => held(agent.app).exchanges === 0, 'the call to end');
      gate.open();
    },
  );
});

describe('a stream of gRPC that fails', () => {
  it('ends with the status and its details, after what was sent', async () => {
    let isBroken = false;
    const breaking = (store: TaskStore): TaskStore =>
      withMethods(store, {
        log: withMethods(store.log, {
          read: (taskId, range, context) => {
            if (isBroken) throw new Error('postgres://user:pw@db');
            return store.log.read(taskId, range, context);
          },
        }),
      });
    const runtime = new SharedRuntime().instance({ store: breaking });
    const agent = await startAgent({
      options: { ...GRPC_AGENT, runtime, push: DURABLE_PUSH },
    });
    const gate = new Gate();
    agent.worker.on('break', async (context) => {
      await gate.pass();
      isBroken = true;
      await context.complete('too late');
    });
    const logs = new LogCollector();
    agent.app.useLogger(logs);
    const client = new GrpcClient(grpcAddress(agent));
    const events: string[] = [];
    const read = async () => {
      for await (const event of client.open(
        'SendStreamingMessage',
        sendParams('break'),
      )) {
        events.push(brief(event));
        if (events.length === 2) gate.open();
      }
    };
    const failure = await read().catch((error: GrpcCallError) => error);
    isBroken = false;
    expect(events).toEqual(['task SUBMITTED', 'WORKING']);
    expect(failure).toMatchObject({
      status: { code: 13, details: 'Internal error' },
      error: { code: 'INTERNAL' },
    });
    expect(logs.troubles.join()).toContain('postgres');
    // The agent goes on.
    const { body } = await client.call('SendMessage', sendParams('hi'));
    expect(body.task.status.state).toBe('TASK_STATE_COMPLETED');
    client.close();
    await agent.close();
  });
});

describe('slow readers of gRPC', () => {
  const CHUNKS = 1_000;
  const CHUNK = 'x'.repeat(10_000);
  const STALL_MS = 60_000;
  const clock = new StoreClock();
  let agent: TestAgent;
  let client: GrpcClient;
  let furthest = 0;

  const noting = (store: TaskStore): TaskStore =>
    withMethods(store, {
      log: withMethods(store.log, {
        read: async (taskId, range, context) => {
          const events = await store.log.read(taskId, range, context);
          furthest = Math.max(furthest, events.at(-1)?.seq ?? 0);
          return events;
        },
      }),
    });

  beforeAll(async () => {
    const runtime = new SharedRuntime(clock).instance({ store: noting });
    const sse = { stallMs: STALL_MS };
    const options = { ...GRPC_AGENT, runtime, sse, push: DURABLE_PUSH };
    agent = await startAgent({ clock, options });
    agent.worker.on('flood', async (context) => {
      for (let sent = 0; sent < CHUNKS; sent++) await context.emitText(CHUNK);
      await context.complete();
    });
    client = new GrpcClient(grpcAddress(agent));
  });

  beforeEach(() => {
    furthest = 0;
  });

  afterAll(async () => {
    client.close();
    await agent.close();
  });

  /** A reader that takes nothing after the first event, and a task that has long ended. */
  async function paused() {
    const stream = client.stream('SendStreamingMessage', sendParams('flood'));
    const events: any[] = [];
    stream.on('data', (event) => events.push(event));
    await once(stream, 'data');
    stream.pause();
    await until(() => held(agent.app).turns === 0, 'the worker to end', 30_000);
    await untilFull();
    return { stream, events };
  }

  /** Waits until every buffer between the agent and the reader is full. */
  async function untilFull(): Promise<void> {
    const [exchange] = internal(agent.app, 'OpenExchanges').open;
    const { socket } = exchange.call.call.stream.session;
    for (let still = 0, before = -1; still < 100; still += 1) {
      if (socket.bytesWritten !== before) still = 0;
      before = socket.bytesWritten;
      await clock.advance(0);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('get all of it later; what they have not taken stays in the log', async () => {
    const { stream, events } = await paused();
    expect(furthest).toBeGreaterThan(1);
    expect(furthest).toBeLessThan(CHUNKS * 0.5);
    const ended = endOf(stream);
    stream.resume();
    expect(await ended).toBeUndefined();
    // The Task, WORKING, the chunks, COMPLETED.
    expect(events).toHaveLength(CHUNKS + 3);
    expect(brief(events.at(-1))).toBe('COMPLETED');
  }, 120_000);

  it('are cut off when they take nothing for a time', async () => {
    const { stream } = await paused();
    const ended = endOf(stream);
    await clock.advance(STALL_MS - 1);
    expect(held(agent.app).exchanges).toBe(1);
    await clock.advance(1);
    await until(() => held(agent.app).exchanges === 0, 'the cut');
    expect(held(agent.app).watchedTasks).toBe(0);
    stream.resume();
    expect((await ended).status.code).toBe(1);
  }, 120_000);
});

describe('shutdown with gRPC', () => {
  let agent: TestAgent;
  let client: GrpcClient;
  let handles: ReturnType<typeof openHandles>;

  const start = async (options: object = {}) => {
    handles = openHandles();
    agent = await startAgent({
      options: { ...GRPC_AGENT, drainMs: 10_000, ...options },
    });
    client = new GrpcClient(grpcAddress(agent));
  };

  afterEach(async () => {
    await agent.close();
    client.close();
    await assertNothingLeftOpen(handles);
  });

  const collect = async (events: string[]) => {
    for await (const event of client.open(
      'SendStreamingMessage',
      sendParams('work'),
    )) {
      events.push(brief(event));
    }
  };

  it('lets running turns end, and those who wait for them read it', async () => {
    await start();
    const gate = new Gate();
    agent.worker.on('work', async (context) => {
      await gate.pass();
      await context.complete('in time');
    });
    const events: string[] = [];
    const streamed = collect(events);
    const blocking = client.call('SendMessage', sendParams('work'));
    // One that has not begun is refused from now on.
    await until(() => events.length > 0);
    await until(() => held(agent.app).turns === 2);
    const closed = agent.close();
    await until(() => internal(agent.app, 'DrainState').isDraining as boolean);
    const { status } = await client.refusal('SendMessage', sendParams('late'));
    expect(status.code).toBe(14);
    gate.open();
    await closed;
    await streamed;
    expect(events.at(-1)).toBe('COMPLETED');
    expect((await blocking).body.task.status.state).toBe(
      'TASK_STATE_COMPLETED',
    );
  });

  it('says to readers of turns that do not end that their stream is not complete', async () => {
    await start({ drainMs: 200 });
    agent.worker.on('work', aborted);
    agent.worker.on('hang', hang);
    const events: string[] = [];
    const streamed = collect(events).catch((error: GrpcCallError) => error);
    await until(() => events.includes('WORKING'));
    const begun = Date.now();
    await agent.close();
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(await streamed).toMatchObject({
      status: { code: 14 },
      error: { code: 'UNAVAILABLE' },
    });
  });

  it('does not wait for connections that are idle', async () => {
    await start();
    await client.call('ListTasks', {});
    const begun = Date.now();
    await agent.close();
    expect(Date.now() - begun).toBeLessThan(1_500);
  });
});
