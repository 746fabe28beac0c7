import { type ServerResponse } from 'node:http';
import { DEFAULT_OPTIONS } from '@nest-a2a/server';
import { type DeliveryAttempt } from '@nest-a2a/store';
import { type SinkAnswer, WebhookSink } from '@nest-a2a/testing';
import { LeapClock } from '../support/leap-clock.js';
import { PushLab } from '../support/push-lab.js';
import {
  answerWith,
  briefs,
  hang,
  headersOf,
  reset,
} from '../support/webhook-answers.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function waitOf({ at, nextAt = NaN }: DeliveryAttempt): number {
  return nextAt - at;
}

function expectAround(value: number, middle: number): void {
  expect(value).toBeGreaterThanOrEqual(0.8 * middle);
  expect(value).toBeLessThanOrEqual(1.2 * middle);
}

describe('a webhook that does not take its event', () => {
  let lab: PushLab;
  let sink: WebhookSink;

  const start = async (push: object = {}) => {
    lab = await PushLab.start({ push });
    sink = await lab.openSink();
    return lab;
  };
  /** The one attempt that such an answer leads to. */
  const attemptFor = async (answer: SinkAnswer, push: object = {}) => {
    const { recorder } = await start(push);
    sink.answerNext(answer);
    await lab.send('hi', { id: 'a', url: sink.url });
    return recorder.nth(1);
  };

  afterEach(() => lab.close());

  it('gets it again until it does, and only then the next (in order) (D19)', async () => {
    const { recorder } = await start();
    sink.answerNext(500, 500);
    await lab.send('hi', { url: sink.url });
    await lab.leapAfter(1);
    await lab.leapAfter(2);
    const attempts = await recorder.waitFor(5);
    expect(
      attempts.map(({ seq, attempt, outcome, status }) => [
        ...[seq, attempt, outcome, status],
      ]),
    ).toEqual([
      [2, 1, 'failed', 500],
      [2, 2, 'failed', 500],
      [2, 3, 'delivered', 200],
      [3, 1, 'delivered', 200],
      [4, 1, 'delivered', 200],
    ]);
    const { received } = sink;
    const ids = headersOf(received, 'webhook-id');
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(new Set(ids).size).toBe(3);
    expect(new Set(received.slice(0, 3).map(({ raw }) => raw)).size).toBe(1);
    const previous = headersOf(received, 'a2a-previous-sequence');
    expect(previous).toEqual(['0', '0', '0', '2', '3']);
    const seconds = attempts.map(({ at }) => String(Math.floor(at / SECOND)));
    expect(headersOf(received, 'webhook-timestamp')).toEqual(seconds);
    expect(new Set(seconds).size).toBe(3);
  });

  it('gets it as the schedule says, 20 % sooner or later; after the last attempt the event is dead and the next one comes', async () => {
    const { recorder, service, logs } = await start();
    const { scheduleMs } = DEFAULT_OPTIONS.push;
    sink.answerNext(...scheduleMs.map(() => 503));
    const taskId = await lab.send('hi', { id: 'a', url: sink.url });
    for (let count = 1; count < scheduleMs.length; count += 1) {
      const attempt = await lab.leapAfter(count);
      expect(attempt.outcome).toBe('failed');
      expectAround(waitOf(attempt), scheduleMs[count]!);
      const { at } = await recorder.nth(count + 1);
      expect(at).toBe(attempt.nextAt);
    }
    const { at } = await recorder.nth(scheduleMs.length);
    // Its origin has failed so often that it is left alone for a while.
    await lab.clock.leapTo(at + DEFAULT_OPTIONS.push.breaker.maxOpenMs);
    const attempts = await recorder.waitFor(scheduleMs.length + 2);
    const dead = attempts[scheduleMs.length - 1]!;
    expect(dead).toMatchObject({ seq: 2, attempt: 10, outcome: 'dead' });
    expect(dead.nextAt).toBeUndefined();
    const last = sink.received.slice(-2);
    expect(briefs(last)).toEqual(['artifact', 'COMPLETED']);
    // The dead one counts: the receiver sees that it has missed it.
    expect(headersOf(last, 'a2a-previous-sequence')).toEqual(['2', '3']);
    await logs.find(
      /^error .*event 2, attempt 10: HTTP 503. The event is dead/,
    );
    const shown = await service.attempts({ taskId, limit: 99 });
    expect(shown).toEqual([...attempts].reverse());
  });

  it.each([400, 401, 403, 404, 413])(
    'is not hammered where it says %d: minutes pass from the beginning (D12)',
    async (status) => {
      const attempt = await attemptFor(status);
      expect(attempt).toMatchObject({ outcome: 'failed', status });
      expectAround(waitOf(attempt), 5 * MINUTE);
    },
  );

  it.each([500, 502, 504, 408, 304])(
    'gets it again soon where it says %d (D9)',
    async (status) => {
      const attempt = await attemptFor(status);
      expect(attempt).toMatchObject({ outcome: 'failed', status });
      expectAround(waitOf(attempt), 5 * SECOND);
    },
  );

  it.each([201, 202, 204, 299])(
    'has taken it when it says %d',
    async (status) => {
      const attempt = await attemptFor(status);
      expect(attempt).toMatchObject({ outcome: 'delivered', status });
    },
  );

  describe.each([408, 429, 503])(
    'and says %d with Retry-After (D10)',
    (status) => {
      const waitFor = async (value: string) =>
        waitOf(await attemptFor(answerWith(status, { 'retry-after': value })));

      it('is left alone for so many seconds', async () => {
        expect(await waitFor('120')).toBe(2 * MINUTE);
      });

      it('is left alone until that date', async () => {
        const date = new Date(new LeapClock().now() + HOUR).toUTCString();
        expect(await waitFor(date)).toBe(HOUR);
      });

      it.each(['315360000', '9'.repeat(40), 'Fri, 01 Jan 2106 00:00:00 GMT'])(
        'is left alone for a day where it asks for years: %s',
        async (value) => {
          expect(await waitFor(value)).toBe(DAY);
        },
      );

      it.each(['0', 'soon', 'in 2099', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
        'gets it on the schedule where that makes no sense: %s',
        async (value) => {
          expectAround(await waitFor(value), 5 * SECOND);
        },
      );
    },
  );

  it('is disabled where it says 410, until the operator enables it (D11)', async () => {
    const { recorder, service, clock, logs } = await start();
    sink.answerNext(410);
    const taskId = await lab.send('hi', { id: 'a', url: sink.url });
    const attempt = await recorder.nth(1);
    expect(attempt).toMatchObject({ outcome: 'dead', status: 410 });
    await logs.find(/^error .*HTTP 410. The webhook is disabled/);
    await clock.leapTo(clock.now() + 4 * DAY);
    const other = await lab.openSink();
    await lab.send('hi', { url: other.url });
    await other.waitFor(3);
    expect(sink.received).toHaveLength(1);
    expect(await service.enable(taskId, 'a')).toBe(true);
    const received = await sink.waitFor(3);
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'COMPLETED']);
  });

  it('is disabled once after it has failed for five days, and goes on where it was when it is enabled (D26)', async () => {
    const { recorder, service, clock, logs } = await start({
      scheduleMs: [0, 2 * DAY, 2 * DAY, 2 * DAY, 2 * DAY],
    });
    let status = 500;
    const answer: SinkAnswer = (response) => response.writeHead(status).end();
    sink.answerNext(...Array<SinkAnswer>(9).fill(answer));
    const taskId = await lab.send('hi', { id: 'a', url: sink.url });
    let count = 1;
    const { at: since } = await recorder.nth(1);
    while ((await lab.leapAfter(count)).nextAt! - since < 5 * DAY) count += 1;
    const { at } = await recorder.nth(count + 1);
    expect(at - since).toBeGreaterThanOrEqual(5 * DAY);
    await logs.find(/^error .*HTTP 500. The webhook is disabled/);
    await clock.leapTo(clock.now() + 4 * DAY);
    const other = await lab.openSink();
    await lab.send('hi', { url: other.url });
    await other.waitFor(3);
    expect(sink.received).toHaveLength(count + 1);
    const disabled = logs.lines.filter((line) => /is disabled/.test(line));
    expect(disabled).toHaveLength(1);
    status = 200;
    expect(await service.enable(taskId, 'a')).toBe(true);
    const received = await sink.waitFor(count + 4);
    expect(briefs(received.slice(count + 1))).toEqual([
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
    const [first, ...again] = headersOf(received, 'webhook-id');
    expect(again.slice(0, count + 1)).toEqual(Array(count + 1).fill(first));
  });

  it('is not followed where it redirects', async () => {
    const target = await WebhookSink.open();
    const attempt = await attemptFor(answerWith(307, { location: target.url }));
    expect(attempt).toMatchObject({ outcome: 'failed', status: 307 });
    await lab.leapAfter(1);
    await sink.waitFor(4);
    expect(target.connections).toBe(0);
    await target.close();
  });

  it('is given up on at the deadline, for this attempt', async () => {
    const attempt = await attemptFor(hang, { deadlineMs: 50 });
    const error = 'deadline-exceeded';
    expect(attempt).toMatchObject({ outcome: 'failed', error });
    await lab.leapAfter(1);
    await sink.waitFor(4);
  });

  it('gets it again where the connection broke', async () => {
    const attempt = await attemptFor(reset);
    const error = 'connection-failed';
    expect(attempt).toMatchObject({ outcome: 'failed', error });
    expect(attempt.status).toBeUndefined();
    await lab.leapAfter(1);
    const ids = headersOf(await sink.waitFor(4), 'webhook-id');
    expect(ids[0]).toBe(ids[1]);
  });

  it.each([
    ['breaks off', (response) => response.destroy()],
    ['never ends', () => undefined],
  ] satisfies [string, (response: ServerResponse) => void][])(
    'has taken it with the status line, also where the body %s',
    async (_title, then) => {
      const attempt = await attemptFor((response) => {
        response.writeHead(200, { 'content-length': '99' });
        response.write('half', () => then(response));
      });
      expect(attempt).toMatchObject({ outcome: 'delivered', status: 200 });
    },
  );

  it('has five days again when the operator has enabled it', async () => {
    const { recorder, service, clock } = await start();
    sink.answerNext(410, 500);
    const taskId = await lab.send('hi', { id: 'a', url: sink.url });
    await recorder.nth(1);
    await clock.leapTo(clock.now() + 6 * DAY);
    await service.enable(taskId, 'a');
    await lab.leapAfter(2);
    const attempts = await recorder.waitFor(4);
    expect(attempts.map(({ outcome }) => outcome)).toEqual([
      'dead',
      'failed',
      'delivered',
      'delivered',
    ]);
  });

  it('cannot have more time than a timer has', async () => {
    lab = await PushLab.start();
    await expect(
      PushLab.start({ push: { deadlineMs: 2 ** 31 } }),
    ).rejects.toThrow(/push.deadlineMs: Must be between 1 and 2147483647/);
  });
});
