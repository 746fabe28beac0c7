import { type TaskStore } from '@nest-a2a/store';
import { WebhookSink, withMethods } from '@nest-a2a/testing';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { HEALTH, probe } from '../support/health-application.js';
import { LogCollector } from '../support/log-collector.js';
import {
  DEAF_BUS,
  DURABLE_PUSH,
  SharedRuntime,
} from '../support/shared-runtime.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const LATE_MS = 31_000;
const NOT_WAITING = { returnImmediately: true };

describe.each(PLATFORMS)('health checks on %s', (platform) => {
  let agent: TestAgent;
  let sink: WebhookSink;
  let log: LogCollector;
  /** How far the clock of the store is ahead of what is stored. */
  let lateMs: number;
  let health: TaskStore['health'] | undefined;

  beforeEach(async () => {
    [lateMs, health, log] = [0, undefined, new LogCollector()];
    sink = await WebhookSink.open();
  });

  afterEach(async () => {
    await agent.close();
    await sink.close();
  });

  const changed = (real: TaskStore) =>
    withMethods(real, {
      now: () => real.now() + lateMs,
      health: () => (health ?? (() => real.health()))(),
    });

  const start = async (
    options: TestAgentOptions['options'] = {},
  ): Promise<void> => {
    const runtime = new SharedRuntime().instance({ store: changed });
    agent = await startAgent({
      ...HEALTH,
      platform,
      options: { runtime, push: DURABLE_PUSH, ...options },
      before: (app) => app.useLogger(log),
    });
  };

  const send = (text: string, configuration: object): Promise<unknown> =>
    jsonRpc.call(agent.url, 'SendMessage', sendParams(text, { configuration }));

  it('are all good where nothing is wrong', async () => {
    await start();
    expect(await probe(agent, 'live')).toMatchObject({ status: 200 });
    expect(await probe(agent, 'ready')).toMatchObject({
      status: 200,
      details: { a2a: { status: 'up' }, store: { status: 'up' } },
    });
    expect(await probe(agent, 'wake-ups')).toMatchObject({ status: 200 });
    expect(await probe(agent, 'backlog')).toMatchObject({
      status: 200,
      details: {
        workers: { status: 'up', runningTurns: 0, oldestWaitMs: 0 },
        webhooks: { status: 'up', oldestWaitMs: 0 },
      },
    });
  });

  it('say that a process which drains is alive, and not ready', async () => {
    await start();
    const gate = new Gate();
    agent.worker.on('hold', async (context) => {
      await gate.pass();
      await context.complete();
    });
    const held = send('hold', {});
    await gate.reached;
    expect(await probe(agent, 'backlog')).toMatchObject({
      details: { workers: { runningTurns: 1 } },
    });
    const closed = agent.close();
    expect(await probe(agent, 'live')).toMatchObject({ status: 200 });
    expect(await probe(agent, 'ready')).toMatchObject({
      status: 503,
      details: { a2a: { status: 'down' }, store: { status: 'up' } },
    });
    gate.open();
    await held;
    await closed;
  });

  it.each<[string, TaskStore['health'], RegExp]>([
    [
      'is down',
      () => Promise.resolve({ isUp: false, detail: 'db.internal is away' }),
      /"store" is down: db\.internal is away/,
    ],
    [
      'throws',
      () => Promise.reject(new Error('db.internal is away')),
      /"store" is down: db\.internal is away/,
    ],
    [
      'does not answer',
      () => new Promise(() => undefined),
      /"store" is down: no answer within 200 ms/,
    ],
  ])(
    'notice that the store %s, and tell operators why, once',
    async (_, broken, line) => {
      await start();
      health = broken;
      for (let i = 0; i < 2; i += 1) {
        const { status, details, text } = await probe(agent, 'ready');
        expect(status).toBe(503);
        expect(details.store).toEqual({ status: 'down' });
        expect(text).not.toContain('internal');
      }
      const lines = log.lines.filter((one) => line.test(one));
      expect(lines).toHaveLength(1);
      health = undefined;
      expect(await probe(agent, 'ready')).toMatchObject({ status: 200 });
      health = broken;
      await probe(agent, 'ready');
      expect(log.lines.filter((one) => line.test(one))).toHaveLength(2);
    },
  );

  it('notice that nobody runs turns', async () => {
    await start({ roles: ['api'] });
    await send('hi', NOT_WAITING);
    expect(await probe(agent, 'backlog')).toMatchObject({ status: 200 });
    lateMs = LATE_MS;
    const { status, details } = await probe(agent, 'backlog');
    expect(status).toBe(503);
    expect(details).toMatchObject({
      workers: { status: 'down', runningTurns: 0 },
      webhooks: { status: 'up' },
    });
    expect(details.workers.oldestWaitMs).toBeGreaterThanOrEqual(LATE_MS);
    expect(await log.find(/"workers" is down/)).toMatch(
      /"oldestWaitMs":3\d{4}/,
    );
  });

  it('notice that nobody sends webhooks', async () => {
    await start({ roles: ['api', 'worker'] });
    await send('hi', { taskPushNotificationConfig: { url: sink.url } });
    lateMs = LATE_MS;
    expect(await probe(agent, 'backlog')).toMatchObject({
      status: 503,
      details: { workers: { status: 'up' }, webhooks: { status: 'down' } },
    });
  });

  it('do not blame an instance for a receiver that wants to be left alone', async () => {
    sink.answerNext((response) =>
      response.writeHead(503, { 'Retry-After': '3600' }).end(),
    );
    await start();
    await send('hi', { taskPushNotificationConfig: { url: sink.url } });
    await sink.waitFor(1);
    await log.find(/Next attempt at/);
    lateMs = LATE_MS;
    expect(await probe(agent, 'backlog')).toMatchObject({
      status: 200,
      details: { webhooks: { status: 'up', oldestWaitMs: 0 } },
    });
  });

  it('notice that hints of other instances do not arrive', async () => {
    const wake = () => ({ ...DEAF_BUS, isListening: false });
    await start({ runtime: new SharedRuntime().instance({ wake }) });
    expect(await probe(agent, 'wake-ups')).toMatchObject({
      status: 503,
      details: { wakeUps: { status: 'down' } },
    });
  });
});
