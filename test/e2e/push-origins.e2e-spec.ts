import { type SinkAnswer, type WebhookSink } from '@nest-a2a/testing';
import { sendParams } from '../support/a2a-http.js';
import { LeapClock } from '../support/leap-clock.js';
import { PushLab, type PushLabOptions } from '../support/push-lab.js';
import { SharedRuntime } from '../support/shared-runtime.js';
import { ENCRYPTION_KEY } from '../support/test-runtime.js';
import { answerWith, hang, heldBy } from '../support/webhook-answers.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** What opens the breaker, and how long it is open. */
const FAILURES = 5;
const OPEN_MS = 30 * SECOND;

/** One event for each task, one request at a time, again whenever time has leapt. */
const ONE_EACH = {
  select: 'terminal',
  perOrigin: 1,
  scheduleMs: [0, ...Array<number>(20).fill(SECOND)],
};

describe('an origin that fails', () => {
  const labs: PushLab[] = [];
  let lab: PushLab;
  let sink: WebhookSink;

  const start = async ({ push, ...rest }: PushLabOptions = {}) => {
    const options = { push: { ...ONE_EACH, ...push }, ...rest };
    lab = await PushLab.start(options);
    labs.push(lab);
    sink = await lab.openSink();
    return lab;
  };
  /** Tasks with a webhook at the sink. */
  const send = async (count: number, to = sink) => {
    for (let left = count; left > 0; left -= 1) {
      await lab.send('hi', { id: 'a', url: to.url });
    }
  };
  const leap = (ms: number) => lab.clock.leapTo(lab.clock.now() + ms);
  const delivered = (of = lab) =>
    of.recorder.attempts.filter(({ outcome }) => outcome === 'delivered');
  const origins = () => lab.service.origins();
  const originOf = ({ url }: WebhookSink) => new URL(url).origin;

  afterEach(async () => {
    for (const one of labs.splice(0)) await one.close();
  });

  it('is left alone after so many failures, whatever their kind, and nothing is dropped (D9, D25)', async () => {
    await start();
    sink.answerNext(500, 502, 503, 504, 429);
    await send(8);
    await lab.recorder.waitFor(FAILURES);
    await leap(OPEN_MS - SECOND);
    expect(sink.received).toHaveLength(FAILURES);
    expect(await origins()).toEqual([
      {
        agent: 'default',
        tenant: '',
        origin: originOf(sink),
        failures: FAILURES,
        openUntil: lab.clock.now() + SECOND,
      },
    ]);
    await leap(SECOND);
    await leap(SECOND);
    await lab.recorder.waitFor(FAILURES + 8);
    expect(delivered()).toHaveLength(8);
    expect(await origins()).toEqual([]);
  });

  it('gets one request when the time is over; if that fails it is left alone for twice as long (D25)', async () => {
    await start();
    const gates = [lab.newGate(), lab.newGate()] as const;
    sink.answerNext(...Array<number>(FAILURES).fill(500));
    sink.answerNext(heldBy(gates[0], 500), heldBy(gates[1]));
    await send(8);
    await lab.recorder.waitFor(FAILURES);
    await leap(OPEN_MS);
    await sink.waitFor(FAILURES + 1);
    await leap(SECOND);
    expect(sink.received).toHaveLength(FAILURES + 1);
    gates[0].open();
    await lab.recorder.waitFor(FAILURES + 1);
    await leap(2 * OPEN_MS - SECOND);
    expect(sink.received).toHaveLength(FAILURES + 1);
    await leap(SECOND);
    await sink.waitFor(FAILURES + 2);
    await leap(SECOND);
    expect(sink.received).toHaveLength(FAILURES + 2);
    gates[1].open();
    await lab.recorder.waitFor(FAILURES + 1 + 8);
    expect(delivered()).toHaveLength(8);
  });

  it('is told of in the log by whose it is, not by its name', async () => {
    await start();
    sink.answerNext(...Array<number>(FAILURES).fill(500));
    await send(6);
    await lab.recorder.waitFor(FAILURES);
    await lab.logs.find(
      /^warn .*webhook a of task .* does not take .*failures in a row: 5.*tenant "" of agent default .*waits until 2026/,
    );
    await leap(OPEN_MS);
    await leap(SECOND);
    await lab.recorder.waitFor(FAILURES + 6);
    await lab.logs.find(/^log .*webhook a of task .* answers again/);
    expect(lab.logs.lines.join('\n')).not.toContain(String(sink.port));
  });

  it.each([400, 401, 404, 307])(
    'does not, where it says %d: that is about one webhook',
    async (status) => {
      await start();
      sink.answerNext(...Array<number>(2 * FAILURES).fill(status));
      await send(2 * FAILURES + 1);
      await lab.recorder.waitFor(2 * FAILURES + 1);
      expect(delivered()).toHaveLength(1);
      expect(await origins()).toEqual([]);
    },
  );

  describe('and asks to be left alone', () => {
    const answerWithRetryAfter = async (status: number, value: string) => {
      await start();
      sink.answerNext(answerWith(status, { 'retry-after': value }));
      await send(4);
      await lab.recorder.waitFor(1);
    };

    it.each([429, 502, 503, 504])(
      'with %d gets nothing for so long, and no event has used up an attempt (D9, D10)',
      async (status) => {
        await answerWithRetryAfter(status, '120');
        await leap(2 * MINUTE - SECOND);
        expect(sink.received).toHaveLength(1);
        await leap(SECOND);
        const attempts = await lab.recorder.waitFor(5);
        expect(attempts.map(({ attempt }) => attempt).sort()).toEqual([
          1, 1, 1, 1, 2,
        ]);
      },
    );

    it('gets nothing until that date (D10)', async () => {
      const date = new Date(new LeapClock().now() + HOUR / 2).toUTCString();
      await answerWithRetryAfter(503, date);
      const [state] = await origins();
      expect(state?.openUntil).toBe(lab.clock.now() + HOUR / 2);
    });

    it.each(['315360000', 'Fri, 01 Jan 2106 00:00:00 GMT'])(
      'gets nothing for an hour where it asks for years: %s (D10)',
      async (value) => {
        await answerWithRetryAfter(429, value);
        await leap(HOUR - SECOND);
        expect(sink.received).toHaveLength(1);
        await leap(SECOND);
        await lab.recorder.waitFor(4);
        expect(delivered()).toHaveLength(3);
      },
    );

    it.each(['0', 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
      'is sent the rest at once where that makes no sense: %s (D10)',
      async (value) => {
        await answerWithRetryAfter(429, value);
        await lab.recorder.waitFor(4);
        expect(delivered()).toHaveLength(3);
      },
    );
  });

  it('holds one connection where it never answers, not one for each event (D2)', async () => {
    await start();
    sink.answerNext(...Array<SinkAnswer>(20).fill(hang));
    const healthy = await lab.openSink();
    await send(20);
    await send(10, healthy);
    await lab.recorder.waitFor(10);
    expect(delivered()).toHaveLength(10);
    expect(sink.received).toHaveLength(1);
    expect(sink.connections).toBe(1);
  });

  it('is left alone also where it never answers (D2)', async () => {
    await start({ push: { deadlineMs: 50 } });
    sink.answerNext(...Array<SinkAnswer>(20).fill(hang));
    await send(20);
    const attempts = await lab.recorder.waitFor(FAILURES);
    const errors = attempts.map(({ error }) => error);
    expect(new Set(errors)).toEqual(new Set(['deadline-exceeded']));
    await leap(OPEN_MS - SECOND);
    expect(sink.received).toHaveLength(FAILURES);
  });

  it('is left alone for the tenant that it fails, not for others', async () => {
    await start({ options: { tenants: true } });
    const sendFor = (tenant: string) => {
      const configuration = {
        returnImmediately: true,
        taskPushNotificationConfig: { url: sink.url },
      };
      const params = { ...sendParams('hi', { configuration }), tenant };
      return lab.call('SendMessage', params);
    };
    sink.answerNext(...Array<number>(FAILURES).fill(500));
    for (let left = 6; left > 0; left -= 1) await sendFor('acme');
    await lab.recorder.waitFor(FAILURES);
    await sendFor('globex');
    await lab.recorder.waitFor(FAILURES + 1);
    expect(delivered()).toHaveLength(1);
    expect(await origins()).toMatchObject([{ tenant: 'acme' }]);
  });

  it('is left alone by all instances, and gets one request of all of them (D25)', async () => {
    const clock = new LeapClock();
    const runtime = new SharedRuntime(clock);
    const push = { encryptionKey: ENCRYPTION_KEY, perOrigin: 2 };
    const instance = () =>
      start({ clock, push, options: { runtime: runtime.instance() } });
    const one = await instance();
    const two = await instance();
    const gate = two.newGate();
    const fail = Array<number>(FAILURES + 1).fill(500);
    sink.answerNext(...fail);
    for (let index = 0; index < 12; index += 1) {
      lab = index % 2 === 0 ? one : two;
      await send(1);
    }
    await sink.waitFor(FAILURES);
    await leap(SECOND);
    const { length: before } = sink.received;
    expect(before).toBeLessThanOrEqual(FAILURES + 1);
    await leap(OPEN_MS - 2 * SECOND);
    expect(sink.received).toHaveLength(before);
    sink.answerNext(...Array<SinkAnswer>(2).fill(heldBy(gate)));
    await leap(2 * SECOND);
    await sink.waitFor(before + 1);
    await leap(2 * SECOND);
    expect(sink.received).toHaveLength(before + 1);
    gate.open();
    while (delivered(one).length + delivered(two).length < 12) {
      await leap(2 * SECOND);
    }
    expect(await origins()).toEqual([]);
  });
});
