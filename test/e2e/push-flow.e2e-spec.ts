import { type ServerResponse } from 'node:http';
import { type SinkAnswer, type WebhookSink } from '@nest-a2a/testing';
import { CREATE, PushLab, type PushLabOptions } from '../support/push-lab.js';
import { briefs, headersOf, heldBy } from '../support/webhook-answers.js';

/** Retention looks at the latest so often. */
const MINUTE = 60_000;
/** Webhooks that do not wait for an earlier one of the same task. */
const ONE_EACH = { select: 'terminal' };

/** Holds all requests of some sinks back and counts them. */
class Held {
  most = 0;
  private readonly open: ServerResponse[] = [];
  private waiting: () => void = () => undefined;

  constructor(sinks: readonly WebhookSink[], requests: number) {
    const answers = Array.from({ length: requests }, () => this.hold);
    sinks.forEach((sink) => sink.answerNext(...answers));
  }

  /** Answers one after another, each when so many are held or nothing more comes. */
  async answerAll(total: number, together: number): Promise<void> {
    for (let answered = 0; answered < total; answered += 1) {
      const left = Math.min(together, total - answered);
      while (this.open.length < left) {
        await new Promise<void>((resolve) => (this.waiting = resolve));
      }
      this.open.shift()?.writeHead(200).end();
    }
  }

  private readonly hold = (response: ServerResponse): void => {
    this.open.push(response);
    this.most = Math.max(this.most, this.open.length);
    this.waiting();
  };
}

describe('the delivery of webhooks', () => {
  let lab: PushLab;

  const start = async (options: PushLabOptions = {}) => {
    lab = await PushLab.start(options);
    return lab;
  };

  afterEach(() => lab.close());

  it('makes at most so many requests to one origin at a time', async () => {
    await start({ push: { perOrigin: 3, ...ONE_EACH } });
    const sink = await lab.openSink();
    const held = new Held([sink], 20);
    for (let count = 0; count < 20; count += 1) {
      await lab.send('hi', { url: sink.url });
    }
    await held.answerAll(20, 3);
    await lab.recorder.waitFor(20);
    expect(held.most).toBe(3);
  });

  it('makes at most so many requests at a time in all', async () => {
    await start({ push: { concurrency: 5, ...ONE_EACH } });
    const sinks = await Promise.all([1, 2, 3].map(() => lab.openSink()));
    const held = new Held(sinks, 20);
    for (let count = 0; count < 30; count += 1) {
      await lab.send('hi', { url: sinks[count % 3]!.url });
    }
    await held.answerAll(30, 5);
    await lab.recorder.waitFor(30);
    expect(held.most).toBe(5);
  });

  it('delays nobody for a receiver that hangs, however much waits for it', async () => {
    await start({ push: { perOrigin: 4, concurrency: 5 } });
    const [dead, healthy] = [await lab.openSink(), await lab.openSink()];
    const gate = lab.newGate();
    dead.answerNext(...Array<SinkAnswer>(4).fill(heldBy(gate)));
    for (let count = 0; count < 20; count += 1) {
      await lab.send('hi', { url: dead.url });
    }
    await dead.waitFor(4);
    await lab.send('hi', { url: healthy.url });
    const received = await healthy.waitFor(3);
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'COMPLETED']);
    expect(dead.received).toHaveLength(4);
  });

  it('delays no other task of a receiver that fails one', async () => {
    await start();
    const sink = await lab.openSink();
    sink.answerNext(500);
    const failed = await lab.send('hi', { url: sink.url });
    await lab.recorder.nth(1);
    const other = await lab.send('hi', { url: sink.url });
    const attempts = await lab.recorder.waitFor(4);
    expect(attempts.map(({ taskId }) => taskId)).toEqual([
      failed,
      ...Array<string>(3).fill(other),
    ]);
  });

  it('does not hold a slot while an event waits for its next attempt', async () => {
    await start({ push: { concurrency: 1, perOrigin: 1 } });
    const sink = await lab.openSink();
    sink.answerNext(500, 500, 500);
    for (let count = 0; count < 4; count += 1) {
      await lab.send('hi', { url: sink.url });
    }
    const attempts = await lab.recorder.waitFor(6);
    const outcomes = attempts.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(3);
    expect(outcomes.slice(-3)).toEqual(Array(3).fill('delivered'));
  });

  it('is held back while the operator pauses it, and goes on where it was', async () => {
    const { service } = await start();
    const sink = await lab.openSink();
    const config = { id: 'a', url: sink.url };
    const { taskId, step } = await lab.steppedTask(config);
    await lab.recorder.nth(1);
    expect(await service.pause(taskId, 'a')).toBe(true);
    const other = await lab.openSink();
    await lab.call(CREATE, { taskId, url: other.url });
    [1, 2, 3].forEach(step);
    await other.waitFor(4);
    await lab.clock.leapTo(lab.clock.now() + 60_000);
    expect(sink.received).toHaveLength(1);
    expect(await service.resume(taskId, 'a')).toBe(true);
    const received = await sink.waitFor(5);
    const sequences = headersOf(received, 'a2a-event-sequence');
    expect(sequences).toEqual(['2', '3', '4', '5', '6']);
  });

  it('is ended by the operator, and begun again', async () => {
    const { service } = await start();
    const sink = await lab.openSink();
    sink.answerNext(500);
    const taskId = await lab.send('hi', { id: 'a', url: sink.url });
    const { nextAt } = await lab.recorder.nth(1);
    expect(await service.disable(taskId, 'a')).toBe(true);
    await lab.clock.leapTo(nextAt! + 60_000);
    const other = await lab.openSink();
    await lab.send('hi', { url: other.url });
    await other.waitFor(3);
    expect(sink.received).toHaveLength(1);
    expect(await service.enable(taskId, 'a')).toBe(true);
    const received = await sink.waitFor(4);
    expect(briefs(received).slice(1)).toEqual([
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
  });

  it('says whether a webhook is there that the operator names', async () => {
    const { service } = await start();
    const taskId = await lab.send('hi', {
      id: 'a',
      url: 'http://127.0.0.1:9/',
    });
    for (const change of ['pause', 'resume', 'disable', 'enable'] as const) {
      expect(await service[change](taskId, 'a')).toBe(true);
      expect(await service[change](taskId, 'b')).toBe(false);
      expect(await service[change]('nobody', 'a')).toBe(false);
    }
  });

  it('shows its attempts, the newest first, of a task or of one webhook', async () => {
    const { service } = await start();
    const [one, two] = [await lab.openSink(), await lab.openSink()];
    one.answerNext(500);
    const { taskId, step } = await lab.steppedTask({ id: 'one', url: one.url });
    await lab.recorder.nth(1);
    await lab.call(CREATE, { taskId, id: 'two', url: two.url });
    [1, 2, 3].forEach(step);
    await lab.recorder.waitFor(5);
    const first = await service.attempts({ taskId, configId: 'one', limit: 9 });
    expect(first).toEqual([
      {
        taskId,
        configId: 'one',
        seq: 2,
        attempt: 1,
        at: lab.clock.now(),
        durationMs: expect.any(Number),
        outcome: 'failed',
        status: 500,
        nextAt: expect.any(Number),
      },
    ]);
    const second = await service.attempts({
      taskId,
      configId: 'two',
      limit: 2,
    });
    expect(second.map(({ seq }) => seq)).toEqual([6, 5]);
    const all = await service.attempts({ taskId, limit: 9 });
    expect(all).toEqual([...lab.recorder.attempts].reverse());
  });

  it('keeps a finished task that still has something to deliver', async () => {
    const finishedMs = 1_000;
    const longerMs = 2 * MINUTE;
    await start({ options: { retention: { finishedMs, maxFinished: 9 } } });
    const sink = await lab.openSink();
    sink.answerNext(500, 500);
    const id = await lab.send('hi', { url: sink.url });
    await lab.leapAfter(1);
    await lab.recorder.nth(2);
    await lab.clock.leapTo(lab.clock.now() + longerMs);
    expect((await lab.call('GetTask', { id })).id).toBe(id);
    await lab.leapAfter(2);
    await lab.recorder.waitFor(5);
    expect(briefs(sink.received).slice(2)).toEqual([
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
    await lab.clock.leapTo(lab.clock.now() + longerMs);
    expect(await lab.call('GetTask', { id })).toBeUndefined();
  });
});
