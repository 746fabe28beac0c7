import { type WebhookMetrics } from '@nest-a2a/server';
import { WebhookSink } from '@nest-a2a/testing';
import { attemptsOfAll } from '../support/delivery-recorder.js';
import { LeapClock } from '../support/leap-clock.js';
import { LogCollector } from '../support/log-collector.js';
import { PushLab } from '../support/push-lab.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { heldBy } from '../support/webhook-answers.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const OPEN_MS = 30 * SECOND;

/** One event for each task, and a breaker that opens by the second failure. */
const PUSH = {
  ...DURABLE_PUSH,
  select: 'terminal',
  perOrigin: 1,
  breaker: { failures: 2, openMs: OPEN_MS },
};

describe('metrics of webhooks', () => {
  const labs: PushLab[] = [];
  const sinks: WebhookSink[] = [];
  let clock: LeapClock;
  let runtime: SharedRuntime;

  /** One more process on the same store, whose clock is so far off. */
  const start = async (
    offsetMs = 0,
    { logs = new LogCollector(), push = {} } = {},
  ) => {
    const lab = await PushLab.start({
      before: (app) => app.useLogger(logs),
      clock: Object.assign(Object.create(clock) as LeapClock, {
        now: () => clock.now() + offsetMs,
        // Its timers are those of the clock that leaps.
        schedule: (delayMs: number, callback: () => void) =>
          clock.schedule(delayMs, callback),
      }),
      push: { ...PUSH, ...push },
      options: { runtime: runtime.instance() },
    });
    labs.push(lab);
    return lab;
  };
  const openSink = async (port?: number) => {
    const sink = await WebhookSink.open('127.0.0.1', port);
    sinks.push(sink);
    return sink;
  };
  const leap = (ms: number) => clock.leapTo(clock.now() + ms);
  const metrics = ({ service }: PushLab, limit?: number) =>
    service.metrics(limit === undefined ? {} : { limit });

  beforeEach(() => {
    clock = new LeapClock();
    runtime = new SharedRuntime(clock);
  });
  afterEach(async () => {
    for (const lab of labs.splice(0).reverse()) await lab.close();
    for (const sink of sinks.splice(0)) await sink.close();
  });

  it('are all zero where nothing has happened', async () => {
    expect(await metrics(await start())).toEqual<WebhookMetrics>({
      attempts: { delivered: 0, failed: 0, dead: 0 },
      deadEnds: 0,
      backlog: [],
      clockSkewMs: 0,
    });
  });

  it('show what waits for a receiver that is down, for how long, and that it is left alone; afterwards nothing', async () => {
    const lab = await start();
    const gone = await openSink();
    const { port, url } = gone;
    await gone.close();
    const began = clock.now();
    for (let left = 3; left > 0; left -= 1) await lab.send('hi', { url });
    await lab.recorder.waitFor(2);
    await leap(OPEN_MS / 2);
    const waiting = {
      agent: 'default',
      tenant: '',
      origin: new URL(url).origin,
      waiting: 3,
    };
    expect(await metrics(lab)).toEqual<WebhookMetrics>({
      attempts: { delivered: 0, failed: 2, dead: 0 },
      deadEnds: 0,
      backlog: [
        {
          ...waiting,
          oldestAgeMs: OPEN_MS / 2,
          breaker: 'open',
          failures: 2,
          openUntil: began + OPEN_MS,
        },
      ],
      clockSkewMs: 0,
    });
    const up = await openSink(port);
    const gate = lab.newGate();
    up.answerNext(heldBy(gate));
    await leap(OPEN_MS / 2);
    await gate.reached;
    expect((await metrics(lab)).backlog).toEqual([
      {
        ...waiting,
        oldestAgeMs: OPEN_MS,
        breaker: 'half-open',
        failures: 2,
        openUntil: began + OPEN_MS,
      },
    ]);
    gate.open();
    await lab.recorder.waitFor(5);
    expect(await metrics(lab)).toEqual<WebhookMetrics>({
      attempts: { delivered: 3, failed: 2, dead: 0 },
      deadEnds: 0,
      backlog: [],
      clockSkewMs: 0,
    });
  });

  it('show the origin whose event is the oldest first, and no more origins than are asked for', async () => {
    const lab = await start();
    const urls: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { url } = await openSink();
      urls.push(url);
    }
    for (const sink of sinks) await sink.close();
    for (const url of urls) {
      await lab.send('hi', { url });
      await leap(SECOND);
    }
    await lab.recorder.waitFor(3);
    const origins = urls.map((url) => new URL(url).origin);
    const shown = async (limit?: number) =>
      (await metrics(lab, limit)).backlog.map(({ origin }) => origin);
    expect(await shown()).toEqual(origins);
    expect(await shown(2)).toEqual(origins.slice(0, 2));
  });

  it('count the ends of tasks that are dead, and whoever hears of them is told that', async () => {
    const { recorder, service } = await start(0, {
      push: { select: 'updates', scheduleMs: [0], breaker: false },
    });
    const sink = await openSink();
    sink.answerNext(500, 500, 500, 200, 500);
    const taskId = await labs[0]!.send('hi', { id: 'a', url: sink.url });
    await recorder.waitFor(3);
    expect(await service.metrics()).toMatchObject({
      attempts: { dead: 3 },
      deadEnds: 1,
    });
    await service.redeliver({ taskId, configId: 'a', from: 3 });
    await recorder.waitFor(5);
    expect(await service.metrics()).toMatchObject({
      attempts: { delivered: 1, dead: 4 },
      deadEnds: 2,
    });
  });

  it('count the attempts of each process, and what waits for all of them', async () => {
    const pair = [await start(), await start()];
    const recorders = pair.map(({ recorder }) => recorder);
    const sink = await openSink();
    sink.answerNext(404, 404);
    for (const lab of pair) await lab.send('hi', { url: sink.url });
    await attemptsOfAll(recorders, 2);
    const [one, two] = await Promise.all(pair.map((lab) => metrics(lab)));
    expect(one?.backlog).toMatchObject([{ waiting: 2, breaker: 'closed' }]);
    expect(two?.backlog).toEqual(one?.backlog);
    const own = recorders.map(({ attempts }) => attempts.length);
    expect([one?.attempts.failed, two?.attempts.failed]).toEqual(own);
  });

  it.each([
    [10 * MINUTE, 'ahead of'],
    [-10 * MINUTE, 'behind'],
  ])(
    'show a clock that is %d ms off, of which the log warns at start and once in ten minutes (D28)',
    async (offset, direction) => {
      const starting = new LogCollector();
      const lab = await start(offset, { logs: starting });
      // Whether the store has answered while the application starts, or after it.
      const logs = [starting, lab.logs];
      const pattern = /^warn The clock of this process/;
      const line = await Promise.race(logs.map((one) => one.find(pattern)));
      expect(line).toContain(`600 s ${direction} that of the store`);
      expect((await metrics(lab)).clockSkewMs).toBe(offset);
      const warnings = () =>
        logs.flatMap(({ lines }) => lines.filter((one) => pattern.test(one)));
      for (let minute = 1; minute < 10; minute += 1) await leap(MINUTE);
      expect(warnings()).toEqual([line]);
      await leap(MINUTE);
      await leap(MINUTE);
      expect(warnings()).toEqual([line, line]);
    },
  );
});
