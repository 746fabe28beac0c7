import { Inject, Injectable, type Provider, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  type DisabledWebhook,
  OnDeadLetter,
  OnWebhookDisabled,
  type WebhookFailure,
} from '@nest-a2a/server';
import { type WebhookSink } from '@nest-a2a/testing';
import { attemptsOfAll } from '../support/delivery-recorder.js';
import { LeapClock } from '../support/leap-clock.js';
import { PushLab, type PushLabOptions } from '../support/push-lab.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { until } from '../support/until.js';
import { briefs } from '../support/webhook-answers.js';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const NO_SECOND_ATTEMPT = { scheduleMs: [0] };

/** Keeps what it is told, and does what the test wants. */
@Injectable()
class Alerts {
  readonly dead: WebhookFailure[] = [];
  readonly disabled: DisabledWebhook[] = [];
  act: () => void | Promise<void> = () => undefined;

  @OnDeadLetter()
  async onDeadLetter(failure: WebhookFailure): Promise<void> {
    this.dead.push(failure);
    await this.act();
  }

  @OnWebhookDisabled()
  onWebhookDisabled(webhook: DisabledWebhook): void {
    this.disabled.push(webhook);
  }
}

/** What the request-scoped provider was told, and what it had as its request. */
const SEEN = Symbol('seen');

@Injectable({ scope: Scope.REQUEST })
class ScopedAlerts {
  constructor(
    @Inject(SEEN) private readonly seen: unknown[][],
    @Inject(REQUEST) private readonly request: unknown,
  ) {}

  @OnDeadLetter()
  @OnWebhookDisabled()
  onTrouble(told: WebhookFailure): void {
    this.seen.push([told, this.request]);
  }
}

describe('methods that are told of webhooks in trouble', () => {
  const labs: PushLab[] = [];
  let sink: WebhookSink;

  const start = async ({
    providers = [Alerts],
    ...rest
  }: Omit<PushLabOptions, 'providers'> & { providers?: Provider[] } = {}) => {
    const all = [ScriptedWorker, ...providers];
    const lab = await PushLab.start({ providers: all, ...rest });
    labs.push(lab);
    sink = await lab.openSink();
    return lab;
  };
  const alertsOf = ({ agent }: PushLab) =>
    agent.app.get(Alerts, { strict: false });
  const settled = ({ agent }: PushLab) => agent.close();

  afterEach(async () => {
    for (const lab of labs.splice(0).reverse()) await lab.close();
  });

  it('are called once, in the one process of several that has noted the last attempt of five days (D26)', async () => {
    const clock = new LeapClock();
    const runtime = new SharedRuntime(clock);
    const push = {
      ...DURABLE_PUSH,
      // The third attempt is the first after five days, whatever the jitter.
      scheduleMs: [0, ...Array<number>(4).fill(3.2 * DAY)],
    };
    const instance = () =>
      start({ clock, push, options: { runtime: runtime.instance() } });
    const pair = [await instance(), await instance()] as const;
    const recorders = pair.map(({ recorder }) => recorder);
    const alerts = pair.map(alertsOf);
    sink.answerNext(500, 500, 500);
    const taskId = await pair[0].send('hi', { id: 'a', url: sink.url });
    for (const count of [1, 2]) {
      const attempts = await attemptsOfAll(recorders, count);
      await clock.leapTo(attempts.at(-1)!.nextAt!);
    }
    const [first] = await attemptsOfAll(recorders, 3);
    const disabled = () => alerts.flatMap((one) => one.disabled);
    await until(() => disabled().length > 0);
    expect(alerts.flatMap(({ dead }) => dead)).toEqual([]);
    expect(disabled()).toEqual([
      {
        taskId,
        configId: 'a',
        agent: 'default',
        tenant: '',
        seq: 2,
        attempts: 3,
        failingSince: first!.at,
        status: 500,
        reason: 'failing',
      },
    ]);
    expect(await pair[1].service.enable(taskId, 'a')).toBe(true);
    const received = await sink.waitFor(6);
    expect(briefs(received).slice(3)).toEqual([
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
    await clock.leapTo(clock.now() + DAY);
    expect(disabled()).toHaveLength(1);
  });

  it('are told of each event that is dead, and of nothing else', async () => {
    // Another name is no second provider.
    const alias = { provide: 'alias', useExisting: Alerts };
    const lab = await start({
      push: NO_SECOND_ATTEMPT,
      providers: [Alerts, alias],
    });
    sink.answerNext(500, 200, 404);
    const taskId = await lab.send('hi', { id: 'a', url: sink.url });
    await lab.recorder.waitFor(3);
    await settled(lab);
    const { dead, disabled } = alertsOf(lab);
    expect(dead).toMatchObject([
      { taskId, seq: 2, attempts: 1, status: 500 },
      { taskId, seq: 4, attempts: 1, status: 404 },
    ]);
    expect(disabled).toEqual([]);
    const told = JSON.stringify(dead);
    expect(told).not.toContain(String(sink.port));
  });

  it('are told that a receiver wants nothing more, and which event is dead with it (D11)', async () => {
    const lab = await start();
    sink.answerNext(410);
    await lab.send('hi', { id: 'a', url: sink.url });
    await lab.recorder.waitFor(1);
    await settled(lab);
    const { dead, disabled } = alertsOf(lab);
    expect(dead).toMatchObject([{ configId: 'a', status: 410 }]);
    expect(disabled).toMatchObject([{ configId: 'a', reason: 'gone' }]);
  });

  it('are not told of what an operator does', async () => {
    const lab = await start();
    const taskId = await lab.send('hi', { id: 'a', url: sink.url });
    await lab.recorder.waitFor(3);
    await lab.service.disable(taskId, 'a');
    await settled(lab);
    expect(alertsOf(lab).disabled).toEqual([]);
  });

  it('change nothing where they throw: it is logged with their name', async () => {
    const lab = await start({ push: NO_SECOND_ATTEMPT });
    alertsOf(lab).act = () => {
      throw new Error('the pager is away');
    };
    sink.answerNext(500);
    await lab.send('hi', { id: 'a', url: sink.url });
    const attempts = await lab.recorder.waitFor(3);
    const outcomes = attempts.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['dead', 'delivered', 'delivered']);
    await lab.logs.find(
      /^error Alerts.onDeadLetter failed for webhook a of task .*, event 2.*the pager is away/s,
    );
  });

  it('have an instance of their own for each call where the provider is request-scoped', async () => {
    const seen: unknown[][] = [];
    const lab = await start({
      providers: [ScopedAlerts, { provide: SEEN, useValue: seen }],
    });
    sink.answerNext(410);
    await lab.send('hi', { id: 'a', url: sink.url });
    await lab.recorder.waitFor(1);
    await settled(lab);
    expect(seen).toHaveLength(2);
    for (const [told, request] of seen) expect(request).toBe(told);
    expect(seen.map(([told]) => told)).toMatchObject([
      { configId: 'a', status: 410 },
      { configId: 'a', reason: 'gone' },
    ]);
  });

  it('are not waited for by deliveries', async () => {
    const lab = await start({ push: NO_SECOND_ATTEMPT });
    const gate = lab.newGate();
    alertsOf(lab).act = () => gate.pass();
    sink.answerNext(500);
    await lab.send('hi', { url: sink.url });
    await gate.reached;
    await lab.recorder.waitFor(3);
    gate.open();
  });

  it('do not hold up a shutdown for longer than the drain period', async () => {
    const lab = await start({
      push: NO_SECOND_ATTEMPT,
      options: { drainMs: 3 * SECOND },
    });
    const gate = lab.newGate();
    alertsOf(lab).act = () => gate.pass();
    sink.answerNext(500);
    await lab.send('hi', { url: sink.url });
    await lab.recorder.waitFor(3);
    await gate.reached;
    await lab.closeAgentInTime();
    await lab.logs.find(/^warn .*not over in time: 1/);
  });
});
