import { getEventListeners, getMaxListeners } from 'node:events';
import { type ServerResponse } from 'node:http';
import { type PushLedger, StoreError, type TaskLog } from '@nest-a2a/store';
import { type SinkAnswer, WebhookSink } from '@nest-a2a/testing';
import { Logger } from '@nestjs/common';
import {
  CapturedLog,
  chunk,
  PushBench,
  type StoreFaults,
  working,
} from '../../test/push-bench.js';

const LEASE_MS = 15_000 + 10_000;

const unavailable = () => new StoreError('UNAVAILABLE', 'The store is away');

/** A method that fails so many times, and is the real one afterwards. */
function failing<A extends unknown[], R>(
  times: number,
  real: (...args: A) => Promise<R>,
  failure: () => Promise<R> = () => Promise.reject(unavailable()),
): (...args: A) => Promise<R> {
  let left = times;
  return (...args) => {
    left -= 1;
    return left >= 0 ? failure() : real(...args);
  };
}

describe('PushNotificationService, while the store has trouble', () => {
  let bench: PushBench;
  let sink: WebhookSink;
  let log: CapturedLog;

  const start = (faults: StoreFaults) => {
    bench = new PushBench({}, faults);
    bench.service.start();
    return bench;
  };
  const withPush = (push: (real: PushLedger) => Partial<PushLedger>) =>
    start({ push });
  const withLog = (change: (real: TaskLog) => Partial<TaskLog>) =>
    start({ log: change });
  const sequences = () =>
    sink.received.map(({ headers }) => headers['a2a-event-sequence']);
  const ids = () => sink.received.map(({ headers }) => headers['webhook-id']);
  const untilLogged = async (pattern: RegExp) => {
    while (!log.lines.some((line) => pattern.test(line))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  beforeEach(async () => {
    log = new CapturedLog();
    sink = await WebhookSink.open();
  });
  afterEach(async () => {
    await bench.stop();
    await sink.close();
    expect(bench.clock.pendingTimers).toBe(0);
  });
  afterAll(() => Logger.overrideLogger(true));

  it('looks again where it could not claim', async () => {
    withPush((real) => ({
      claimDue: failing(3, (command) => real.claimDue(command)),
    }));
    await bench.addTask(sink.url, 2);
    await bench.clock.advance(3_000);
    await bench.waitFor(2);
    expect(sequences()).toEqual(['2', '3']);
    expect(log.lines.filter((line) => /Webhooks wait/.test(line))).not.toEqual(
      [],
    );
  });

  it('looks again where it could not learn when the next one is due', async () => {
    withPush((real) => ({ nextDueAt: failing(9, () => real.nextDueAt()) }));
    await bench.addTask(sink.url, 2);
    await bench.clock.advance(9_000);
    await bench.waitFor(2);
    expect(sequences()).toEqual(['2', '3']);
  });

  /** Lets pass time as long as the store is away, a pause at a time. */
  const whileAway = async (isOver: () => boolean) => {
    while (!isOver()) {
      await bench.clock.advance(250);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it.each([200, 500])(
    'notes an answer of %i when the store is back, and sends nothing twice',
    async (status) => {
      let calls = 0;
      const away = <A extends unknown[], R>(
        real: (...args: A) => Promise<R>,
      ) => {
        const failingThrice = failing(3, real);
        return (...args: A) => {
          calls += 1;
          return failingThrice(...args);
        };
      };
      sink.answerNext(status);
      withPush((real) => ({
        succeed: away((...args) => real.succeed(...args)),
        fail: away((...args) => real.fail(...args)),
      }));
      await bench.addTask(sink.url);
      await sink.waitFor(1);
      await whileAway(() => bench.attempts.length > 0);
      const outcome = status === 200 ? 'delivered' : 'failed';
      expect(bench.attempts).toMatchObject([{ seq: 2, attempt: 1, outcome }]);
      expect(calls).toBe(4);
      expect(sequences()).toEqual(['2']);
    },
  );

  it('sends once more, with the same id, where the claim has expired before the store was back', async () => {
    let isAway = true;
    withPush((real) => ({
      succeed: (...args) =>
        isAway ? Promise.reject(unavailable()) : real.succeed(...args),
    }));
    await bench.addTask(sink.url, 2);
    await sink.waitFor(1);
    await whileAway(() => log.lines.some((line) => /task-1 waits/.test(line)));
    isAway = false;
    await whileAway(() => bench.attempts.length === 2);
    expect(sequences()).toEqual(['2', '2', '3']);
    expect(ids()[0]).toBe(ids()[1]);
  });

  it('stops although it cannot note what became of an attempt', async () => {
    let calls = 0;
    withPush(() => ({
      succeed: () => {
        calls += 1;
        return Promise.reject(unavailable());
      },
    }));
    await bench.addTask(sink.url);
    while (calls === 0) await new Promise((resolve) => setImmediate(resolve));
    await bench.service.stop(Promise.resolve());
    expect(calls).toBe(1);
  });

  it('says nothing of an attempt whose claim was lost, and goes on', async () => {
    withPush((real) => ({
      succeed: failing(
        1,
        (...args) => real.succeed(...args),
        async () => undefined,
      ),
    }));
    await bench.addTask(sink.url, 2);
    await sink.waitFor(1);
    await bench.clock.advance(LEASE_MS);
    const attempts = await bench.waitFor(2);
    expect(sequences()).toEqual(['2', '2', '3']);
    expect(attempts.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('reads again where it could not read the log', async () => {
    withLog((real) => ({ read: failing(1, (...args) => real.read(...args)) }));
    await bench.addTask(sink.url);
    await untilLogged(/Webhook a of task task-1 waits/);
    expect(sink.connections).toBe(0);
    await bench.clock.advance(LEASE_MS);
    const [attempt] = await bench.waitFor(1);
    expect(attempt).toMatchObject({ attempt: 1, outcome: 'delivered' });
  });

  it('does not count it against the receiver where an artifact could not be loaded', async () => {
    withLog((real) => ({ load: failing(1, (...args) => real.load(...args)) }));
    const taskId = await bench.addTask(sink.url, 0);
    await bench.append(taskId, 1, chunk(taskId, 'one'));
    const last = { append: true, lastChunk: true } as const;
    await bench.append(taskId, 2, chunk(taskId, 'two', last));
    await untilLogged(/Webhook a of task task-1 waits/);
    await bench.clock.advance(60_000);
    const attempts = await bench.waitFor(1);
    expect(attempts).toEqual([
      expect.objectContaining({ attempt: 1, outcome: 'delivered' }),
    ]);
  });

  it('delivers to the others while one cannot be read', async () => {
    withLog((real) => ({
      read: (taskId, ...rest) =>
        taskId === 'task-1'
          ? Promise.reject(unavailable())
          : real.read(taskId, ...rest),
    }));
    await bench.addTask(sink.url);
    await bench.addTask(sink.url);
    const [attempt] = await bench.waitFor(1);
    expect(attempt?.taskId).not.toBe('task-1');
  });

  it('tells no secret', async () => {
    withPush((real) => ({
      claimDue: failing(1, (command) => real.claimDue(command)),
      succeed: failing(200, (...args) => real.succeed(...args)),
    }));
    await bench.addTask(sink.url, 2);
    await bench.clock.advance(1_000);
    await sink.waitFor(1);
    await whileAway(() => bench.attempts.length === 2);
    const said = log.lines.join('\n');
    expect(said).not.toContain('token-secret');
    expect(said).not.toContain(String(sink.port));
  });

  it('stops although the store stays away', async () => {
    withPush(() => ({ claimDue: () => Promise.reject(unavailable()) }));
    await bench.addTask(sink.url);
    await bench.service.stop(new Promise(() => undefined));
    await bench.append('task-1', 2, working('task-1'));
    await bench.clock.advance(60_000);
    expect(sink.connections).toBe(0);
  });
});

describe('PushNotificationService', () => {
  it('tries again on time, not when it would look anyway', async () => {
    const bench = new PushBench({ scheduleMs: [0, 250] });
    const sink = await WebhookSink.open();
    sink.answerNext(500);
    bench.service.start();
    await bench.addTask(sink.url);
    const [{ nextAt = NaN } = {}] = await bench.waitFor(1);
    await bench.clock.advance(nextAt - bench.clock.now());
    const [, second] = await bench.waitFor(2);
    expect(second).toMatchObject({ at: nextAt, outcome: 'delivered' });
    await bench.stop();
    await sink.close();
  });

  it('listens for its end as often as it may deliver at a time, and no longer than that', async () => {
    const count = 20;
    const bench = new PushBench({ perOrigin: count, concurrency: count });
    const sink = await WebhookSink.open();
    const signals = new Set<AbortSignal>();
    const { client } = bench;
    const send = client.send.bind(client);
    client.send = (request) => {
      signals.add(request.signal);
      return send(request);
    };
    const held: ServerResponse[] = [];
    sink.answerNext(...Array<SinkAnswer>(count).fill((one) => held.push(one)));
    for (let task = 0; task < count; task += 1) await bench.addTask(sink.url);
    bench.service.start();
    await sink.waitFor(count);
    const [signal] = signals;
    expect(signals.size).toBe(1);
    expect(getEventListeners(signal!, 'abort')).toHaveLength(count);
    // More than that many, and Node.js warns of a leak.
    expect(getMaxListeners(signal!)).toBe(count);
    held.forEach((response) => response.writeHead(200).end());
    await bench.waitFor(count);
    expect(getEventListeners(signal!, 'abort')).toEqual([]);
    await bench.stop();
    await sink.close();
  });

  it('stops when the application has been told of what it has delivered', async () => {
    const bench = new PushBench();
    const never = new Promise<void>(() => undefined);
    const graces: Promise<void>[] = [];
    let end = () => {};
    bench.delivery.stop = (grace) => {
      graces.push(grace);
      return new Promise((resolve) => (end = resolve));
    };
    bench.service.start();
    let isStopped = false;
    const stopped = bench.service.stop(never).then(() => (isStopped = true));
    await bench.clock.advance(1_000);
    expect([isStopped, graces]).toEqual([false, [never]]);
    end();
    await stopped;
    await bench.client.onApplicationShutdown();
  });
});
