import { SYSTEM_CONTEXT } from '@nest-a2a/store';
import { WebhookSink } from '@nest-a2a/testing';
import { Logger } from '@nestjs/common';
import {
  CapturedLog,
  chunk,
  PushBench,
  working,
} from '../../test/push-bench.js';

const NEVER = new AbortController().signal;

describe('WebhookDelivery', () => {
  let bench: PushBench;
  let sink: WebhookSink;
  let log: CapturedLog;

  beforeEach(async () => {
    log = new CapturedLog();
    bench = new PushBench();
    sink = await WebhookSink.open();
  });
  afterEach(async () => {
    await bench.stop();
    await sink.close();
  });
  afterAll(() => Logger.overrideLogger(true));

  it('notes an answer also where it was told to stop meanwhile', async () => {
    await bench.addTask(sink.url);
    const stop = new AbortController();
    const { client } = bench;
    const answer = client.send.bind(client);
    client.send = async (request) => {
      const response = await answer(request);
      stop.abort();
      return response;
    };
    const due = await bench.claim();
    const attempt = await bench.delivery.deliver(due, stop.signal);
    expect(attempt).toMatchObject({ seq: 2, outcome: 'delivered' });
    expect(await bench.store.push.nextDueAt()).toBeUndefined();
  });

  it('notes nothing where it was told to stop before there was an answer', async () => {
    await bench.addTask(sink.url);
    const stop = new AbortController();
    sink.answerNext(() => stop.abort());
    const due = await bench.claim();
    const attempt = await bench.delivery.deliver(due, stop.signal);
    expect(attempt).toBeUndefined();
    const query = { taskId: due.config.taskId, limit: 9 };
    expect(await bench.service.attempts(query)).toEqual([]);
    await bench.clock.advance(60_000);
    const again = await bench.claim();
    expect(again.config).toMatchObject({ cursor: 1, failures: 0 });
    expect(log.lines).toEqual([]);
  });

  it('sends nothing for a task that was deleted since the claim', async () => {
    const taskId = await bench.addTask(sink.url);
    const due = await bench.claim();
    await bench.store.log.delete(taskId, SYSTEM_CONTEXT);
    expect(await bench.delivery.deliver(due, NEVER)).toBeUndefined();
    expect(sink.connections).toBe(0);
    expect(log.lines).toEqual([]);
  });

  it('finds the next event behind many that are not selected', async () => {
    const taskId = await bench.addTask(sink.url, 0);
    for (let version = 1; version <= 250; version += 1) {
      const step = { kind: 'step', key: `${version}`, value: 1 } as const;
      await bench.append(taskId, version, step);
    }
    await bench.append(taskId, 251, working(taskId));
    const due = await bench.claim();
    const attempt = await bench.delivery.deliver(due, NEVER);
    expect(attempt).toMatchObject({ seq: 252, outcome: 'delivered' });
    expect(sink.received[0]?.headers['a2a-previous-sequence']).toBe('0');
  });

  it('holds few large chunks at a time on its way to the next event', async () => {
    const taskId = await bench.addTask(sink.url, 0);
    const large = 'x'.repeat(400_000);
    for (let version = 1; version <= 10; version += 1) {
      await bench.append(taskId, version, chunk(taskId, large));
    }
    await bench.append(taskId, 11, working(taskId));
    const { log } = bench.store;
    const read = log.read.bind(log);
    let most = 0;
    log.read = async (...query) => {
      const events = await read(...query);
      most = Math.max(most, events.length);
      return events;
    };
    const attempt = await bench.delivery.deliver(await bench.claim(), NEVER);
    expect(attempt).toMatchObject({ seq: 12, outcome: 'delivered' });
    expect(most).toBeLessThanOrEqual(3);
  });

  it('does not send to what it cannot open', async () => {
    await bench.addTask(sink.url);
    const due = await bench.claim();
    const sealed = Uint8Array.from(due.config.sealed, (byte) => byte ^ 1);
    const damaged = { ...due, config: { ...due.config, sealed } };
    await expect(bench.delivery.deliver(damaged, NEVER)).rejects.toThrow(
      /was push.encryptionKey changed/,
    );
    expect(sink.connections).toBe(0);
    // Not the receiver's fault: nothing is noted, and it is tried again later.
    const { push } = bench.store;
    const { taskId } = due.config;
    expect(await push.attempts({ taskId, limit: 9 }, SYSTEM_CONTEXT)).toEqual(
      [],
    );
    expect(await push.nextDueAt()).toBe(bench.store.now() + 60_000);
  });
});
