import { type RedeliveryOptions } from '@nest-a2a/server';
import { type ReceivedWebhook, type WebhookSink } from '@nest-a2a/testing';
import { LeapClock } from '../support/leap-clock.js';
import { DELETE, PushLab, type PushLabOptions } from '../support/push-lab.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { hang, headersOf, heldBy } from '../support/webhook-answers.js';

const PREVIOUS = 'a2a-previous-sequence';
/** The events of a task without steps: working, the artifact, the end. */
const DONE = ['2', '3', '4'];

/** Only what is delivered for the first time says what came before it. */
const isAgain = ({ headers }: ReceivedWebhook) => !(PREVIOUS in headers);
const sequences = (received: readonly ReceivedWebhook[]) =>
  headersOf(received, 'a2a-event-sequence');

function idsBySequence(received: readonly ReceivedWebhook[]) {
  return Object.fromEntries(
    received.map(({ headers }) => [
      headers['a2a-event-sequence'],
      headers['webhook-id'],
    ]),
  );
}

describe('a webhook that is sent again', () => {
  const labs: PushLab[] = [];
  let lab: PushLab;
  let sink: WebhookSink;

  const start = async (options: PushLabOptions = {}) => {
    lab = await PushLab.start(options);
    labs.push(lab);
    sink = await lab.openSink();
    return lab;
  };
  /** A task of which everything is delivered. */
  const finished = async () => {
    const { recorder } = lab;
    const before = recorder.attempts.length;
    const taskId = await lab.send('hi', { id: 'a', url: sink.url });
    await recorder.waitFor(before + DONE.length);
    return taskId;
  };
  const redeliver = (taskId: string, range: Partial<RedeliveryOptions> = {}) =>
    lab.service.redeliver({ taskId, configId: 'a', from: 1, ...range });

  afterEach(async () => {
    for (const one of labs.splice(0).reverse()) await one.close();
  });

  it('gets a range under the ids of the first time, in order, signed anew, while other events come as ever (D27)', async () => {
    const { recorder } = await start();
    const { taskId, step } = await lab.steppedTask({ id: 'a', url: sink.url });
    step(1);
    await recorder.waitFor(2);
    const first = sink.received.slice();
    const gate = lab.newGate();
    sink.answerNext(heldBy(gate));
    expect(await redeliver(taskId)).toEqual({
      kind: 'accepted',
      from: 1,
      to: 3,
    });
    // The first one that is sent again waits for its answer; the others need not wait for it.
    await gate.reached;
    step(2);
    step(3);
    await recorder.waitFor(5);
    gate.open();
    await recorder.waitFor(7);
    const again = sink.received.filter(isAgain);
    expect(sequences(again)).toEqual(['2', '3']);
    expect(again.map(({ raw }) => raw)).toEqual(first.map(({ raw }) => raw));
    expect(idsBySequence(again)).toEqual(idsBySequence(first));
    const live = sink.received.filter((one) => !isAgain(one));
    expect(sequences(live)).toEqual(['2', '3', '4', '5', '6']);
    expect(headersOf(live, PREVIOUS)).toEqual(['0', '2', '3', '4', '5']);
    expect(headersOf(again, 'webhook-signature')).toEqual([
      expect.stringMatching(/^v1a,/),
      expect.stringMatching(/^v1a,/),
    ]);
  });

  it('gets what is dead, and an operator sees which attempts were his (D27)', async () => {
    const { recorder, service } = await start({ push: { scheduleMs: [0] } });
    sink.answerNext(500, 500, 500);
    const taskId = await finished();
    const dead = sink.received.slice();
    await redeliver(taskId);
    await recorder.waitFor(6);
    const again = sink.received.slice(3);
    expect(sequences(again)).toEqual(DONE);
    expect(idsBySequence(again)).toEqual(idsBySequence(dead));
    const attempts = await service.attempts({ taskId, limit: 9 });
    expect(
      attempts.map(({ seq, outcome, isRedelivery }) => [
        ...[seq, outcome, isRedelivery],
      ]),
    ).toEqual([
      [4, 'delivered', true],
      [3, 'delivered', true],
      [2, 'delivered', true],
      [4, 'dead', undefined],
      [3, 'dead', undefined],
      [2, 'dead', undefined],
    ]);
  });

  it('gets one event, or the rest of them', async () => {
    const { recorder } = await start();
    const taskId = await finished();
    await redeliver(taskId, { from: 3, to: 3 });
    await recorder.waitFor(4);
    await redeliver(taskId, { from: 4 });
    await recorder.waitFor(5);
    expect(sequences(sink.received.filter(isAgain))).toEqual(['3', '4']);
  });

  it('gets it when it is enabled again (D26)', async () => {
    const { recorder, service } = await start();
    const taskId = await finished();
    await service.disable(taskId, 'a');
    expect(await redeliver(taskId)).toMatchObject({ kind: 'accepted' });
    const other = await finished();
    expect(sink.received.filter(isAgain)).toEqual([]);
    await service.enable(taskId, 'a');
    await recorder.waitFor(9);
    expect(sequences(sink.received.filter(isAgain))).toEqual(DONE);
    expect(other).not.toBe(taskId);
  });

  it('gets it when it takes it, on the schedule, and its webhook is none the worse', async () => {
    const { recorder, service, logs } = await start();
    const taskId = await finished();
    sink.answerNext(500);
    await redeliver(taskId);
    const failed = await lab.leapAfter(4);
    expect(failed).toMatchObject({ seq: 2, attempt: 1, outcome: 'failed' });
    expect(await recorder.nth(5)).toMatchObject({
      ...{ seq: 2, attempt: 2, outcome: 'delivered', isRedelivery: true },
    });
    await recorder.waitFor(7);
    expect(sequences(sink.received.filter(isAgain))).toEqual(['2', ...DONE]);
    expect(logs.troubles).toEqual([
      expect.stringContaining('event 2 once more, attempt 1: HTTP 500'),
    ]);
    expect(await service.configurations(taskId)).toHaveLength(1);
  });

  it('is disabled where it says that it is gone (D11)', async () => {
    const { recorder } = await start();
    const taskId = await finished();
    sink.answerNext(410);
    await redeliver(taskId);
    expect(await recorder.nth(4)).toMatchObject({ outcome: 'dead' });
    await finished();
    expect(sink.received.filter(isAgain)).toHaveLength(1);
  });

  it('gets nothing more once it is deleted (D21)', async () => {
    const { recorder } = await start();
    const taskId = await finished();
    const gate = lab.newGate();
    sink.answerNext(heldBy(gate));
    await redeliver(taskId);
    await gate.reached;
    await lab.call(DELETE, { taskId, id: 'a' });
    gate.open();
    await finished();
    await recorder.waitFor(6);
    expect(sink.received.filter(isAgain)).toHaveLength(1);
    expect(await redeliver(taskId)).toEqual({ kind: 'notFound' });
  });

  it('has to have been sent it before', async () => {
    await start();
    const taskId = await finished();
    const nothing = { kind: 'nothingDone' };
    expect(await redeliver(taskId, { from: 5 })).toEqual(nothing);
    expect(await redeliver('nowhere')).toEqual({ kind: 'notFound' });
    await expect(redeliver(taskId, { from: 0 })).rejects.toThrow(
      new RangeError('from must be the place of an event, 1 or more'),
    );
    await expect(redeliver(taskId, { to: 1.5 })).rejects.toThrow(
      'to must be the place of an event',
    );
    await expect(redeliver(taskId, { from: 3, to: 2 })).rejects.toThrow(
      new RangeError('to must not come before from'),
    );
  });

  it('gets the rest from another process, where the first one ends in the middle', async () => {
    const clock = new LeapClock();
    const runtime = new SharedRuntime(clock);
    const options = () => ({
      clock,
      push: DURABLE_PUSH,
      options: { runtime: runtime.instance(), drainMs: 1_000 },
    });
    const first = await start(options());
    const { received } = sink;
    const taskId = await finished();
    sink.answerNext(200, hang);
    await redeliver(taskId);
    await sink.waitFor(5);
    await first.closeAgentInTime();
    const { recorder } = await PushLab.start(options()).then((next) => {
      labs.push(next);
      return next;
    });
    await recorder.waitFor(2);
    const again = received.filter(isAgain);
    expect(sequences(again)).toEqual(['2', '3', '3', '4']);
    expect(idsBySequence(again)).toEqual(idsBySequence(received.slice(0, 3)));
  });
});
