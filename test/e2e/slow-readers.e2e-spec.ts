import { type Seq, StoreError, type TaskStore } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { BINDINGS, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import { LogCollector } from '../support/log-collector.js';
import { RawStream } from '../support/raw-stream.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { StoreClock } from '../support/store-clock.js';
import { StreamReader } from '../support/stream-reader.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { until } from '../support/until.js';

const CHUNKS = 1_500;
const CHUNK = 'x'.repeat(10_000);
/** What fifteen megabytes in small commits take at most, snapshots too, where others use the disk as well. */
const FLOOD_MS = 60_000;
const STALL_MS = 60_000;
const SSE = { bufferBytes: 100_000, stallMs: STALL_MS };

/** The numbers from one to the other. */
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe.each(PLATFORMS)('slow readers on %s', (platform) => {
  const clock = new StoreClock();
  let agent: TestAgent;
  /** How far somebody has read the log of a task. */
  let furthest: Seq = 0;

  /** Notes how far the store was read. */
  const noting = (store: TaskStore): TaskStore =>
    withMethods(store, {
      log: withMethods(store.log, {
        read: async (taskId, readRange, context) => {
          const events = await store.log.read(taskId, readRange, context);
          furthest = Math.max(furthest, events.at(-1)?.seq ?? 0);
          return events;
        },
      }),
    });

  beforeAll(async () => {
    const runtime = new SharedRuntime(clock).instance({ store: noting });
    const options = { runtime, sse: SSE, push: DURABLE_PUSH };
    agent = await startAgent({ platform, clock, options });
    agent.worker.on('flood', async (context) => {
      for (let sent = 0; sent < CHUNKS; sent++) await context.emitText(CHUNK);
      await context.complete();
    });
  });

  beforeEach(() => {
    furthest = 0;
  });

  afterAll(() => agent.close());

  /** A reader that takes nothing after the first events, and a task that has long ended. */
  async function paused(): Promise<RawStream> {
    const body = sendParams('flood');
    const reader = await RawStream.open(agent.url, '/message:stream', { body });
    await reader.holds('id: 1\n');
    reader.pause();
    await until(
      () => held(agent.app).turns === 0,
      'the worker to end',
      FLOOD_MS,
    );
    return reader;
  }

  /** Reads until the reader is as far as it gets without taking anything. */
  async function untilFull(): Promise<number> {
    for (let before = -1; before < furthest;) {
      before = furthest;
      await clock.advance(0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return furthest;
  }

  it(
    'keeps what a slow reader has not taken in the log and sends all of it later',
    async () => {
      const reader = await paused();
      // Buffers of the operating system take some megabytes, ours next to nothing.
      expect(await untilFull()).toBeLessThan(CHUNKS * 0.75);
      reader.resume();
      // The Task, WORKING, the chunks, an internal event, COMPLETED.
      await reader.holds(`id: ${CHUNKS + 4}\n`);
      expect(reader.ids).toEqual([...range(1, CHUNKS + 2), CHUNKS + 4]);
      reader.socket.destroy();
      await until(() => held(agent.app).watchedTasks === 0, 'the watch to end');
    },
    2 * FLOOD_MS,
  );

  it(
    'cuts a reader that takes nothing for a time, who can resume where it was',
    async () => {
      const reader = await paused();
      await untilFull();
      await clock.advance(STALL_MS - 1);
      expect(held(agent.app).exchanges).toBe(1);
      await clock.advance(1);
      await until(() => held(agent.app).exchanges === 0, 'the cut');
      expect(held(agent.app).watchedTasks).toBe(0);
      reader.resume();
      await reader.closed();
      const { lastId } = reader;
      expect(lastId).toBeLessThan(CHUNKS);

      const resumed = await reader.continueAt(agent.url);
      await resumed.holds(`id: ${CHUNKS + 4}\n`);
      expect(resumed.ids).toEqual([...range(lastId, CHUNKS + 2), CHUNKS + 4]);
      resumed.socket.destroy();
    },
    2 * FLOOD_MS,
  );

  it(
    'lets go of a reader that goes away while it takes nothing',
    async () => {
      const reader = await paused();
      await untilFull();
      reader.socket.destroy();
      await until(() => held(agent.app).exchanges === 0, 'the exchange to end');
      await until(() => held(agent.app).watchedTasks === 0, 'the watch to end');
    },
    2 * FLOOD_MS,
  );

  it('says that a silent stream is alive, as often as it was told to', async () => {
    const gate = new Gate();
    agent.worker.on('silent', async (context) => {
      await gate.pass();
      await context.complete();
    });
    const body = sendParams('silent');
    const reader = await RawStream.open(agent.url, '/message:stream', { body });
    await reader.holds('WORKING');
    const pings = () => reader.text.split(': ping\n\n').length - 1;
    await clock.advance(14_999);
    expect(pings()).toBe(0);
    await clock.advance(1);
    await reader.holds(': ping\n\n');
    await clock.advance(15_000);
    await until(() => pings() === 2, 'the second ping');
    // Somebody who reads what there is is not slow, however long that takes.
    await clock.advance(2 * STALL_MS);
    gate.open();
    await reader.holds('COMPLETED');
    expect(pings()).toBe(10);
    reader.socket.destroy();
  });
});

describe('a store that fails while a stream is open', () => {
  const SECRET = 'password of the database';
  let agent: TestAgent;
  let fault: Error | undefined;
  let failures = 0;

  const failing = (store: TaskStore): TaskStore =>
    withMethods(store, {
      log: withMethods(store.log, {
        read: async (...args) => {
          const events = await store.log.read(...args);
          // Also for one that was on its way: it may bring what is said behind the fault.
          failures += fault ? 1 : 0;
          if (fault) throw fault;
          return events;
        },
      }),
    });

  beforeAll(async () => {
    const runtime = new SharedRuntime().instance({ store: failing });
    agent = await startAgent({ options: { runtime, push: DURABLE_PUSH } });
  });

  beforeEach(() => {
    fault = undefined;
  });

  afterAll(() => agent.close());

  it.each(BINDINGS)(
    'ends the stream with an error frame of $name that says nothing of the fault',
    async (binding) => {
      const logs = new LogCollector();
      agent.app.useLogger(logs);
      const gate = new Gate();
      agent.worker.on('go on', async (context) => {
        await gate.pass();
        await context.complete();
      });
      const params = sendParams('go on');
      const stream = await StreamReader.open(binding, agent.url, {
        operation: 'SendStreamingMessage',
        params,
      });
      const { id } = await stream.task();
      await stream.until('WORKING');
      fault = new Error(SECRET);
      gate.open();
      const rest = await stream.rest();
      expect(rest).toHaveLength(1);
      expect(rest[0]?.id).toBeUndefined();
      const [{ error }] = rest.map(({ data }) => data);
      expect(error.code).toBe(binding.name === 'JSONRPC' ? -32603 : 500);
      expect(JSON.stringify(rest)).not.toContain(SECRET);
      expect(await logs.find(/A request failed/)).toContain(SECRET);

      fault = undefined;
      const resumed = await StreamReader.open(binding, agent.url, {
        operation: 'SubscribeToTask',
        params: { id },
        headers: { 'Last-Event-ID': '2' },
      });
      expect(await resumed.restInBrief()).toEqual([
        'task:WORKING',
        'COMPLETED',
      ]);
    },
  );

  it.each(BINDINGS)(
    'is waited for where it does not answer, and nothing is missing, over $name',
    async (binding) => {
      const gate = new Gate();
      agent.worker.on('through', async (context) => {
        await gate.pass();
        for (const chunk of ['a', 'b', 'c']) await context.emitText(chunk);
        await context.complete();
      });
      const stream = await StreamReader.open(binding, agent.url, {
        operation: 'SendStreamingMessage',
        params: sendParams('through'),
      });
      await stream.until('WORKING');
      const before = failures;
      fault = new StoreError('UNAVAILABLE', SECRET);
      gate.open();
      await until(() => held(agent.app).turns === 0, 'the worker to end');
      await until(() => failures > before, 'a read that fails');
      fault = undefined;
      const rest = await stream.rest();
      expect(rest.map((event) => stream.brief(event))).toEqual([
        'artifact',
        'artifact',
        'artifact',
        'COMPLETED',
      ]);
    },
  );
});
