import { readFileSync } from 'node:fs';
import { PushNotificationService } from '@nest-a2a/server';
import {
  A2A_ATTRIBUTES as ATTRIBUTE,
  A2A_METRICS,
  openTelemetry,
} from '@nest-a2a/server/telemetry';
import { WebhookSink } from '@nest-a2a/testing';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { TelemetryLab } from '../support/telemetry-lab.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

describe('metrics', () => {
  let lab: TelemetryLab;
  let agent: TestAgent;
  let sink: WebhookSink;

  const start = async (telemetry = openTelemetry()) => {
    agent = await startAgent({ options: { telemetry } });
    return agent;
  };

  const send = (text = 'hi') =>
    jsonRpc.call(
      agent.url,
      'SendMessage',
      sendParams(text, {
        configuration: {
          taskPushNotificationConfig: { id: 'hook', url: sink.url },
        },
      }),
    );

  beforeEach(async () => {
    lab = TelemetryLab.register();
    sink = await WebhookSink.open();
  });

  afterEach(async () => {
    await agent.close();
    await sink.close();
    await lab.close();
  });

  it('measures all that it has names for, and nothing else', async () => {
    await start();
    sink.answerNext(503);
    await send();
    await jsonRpc.open(agent.url, 'SendStreamingMessage', sendParams('stream'));
    await sink.waitFor(1);
    const rest = [A2A_METRICS.webhookLag];
    await until(
      async () => (await lab.measured(A2A_METRICS.webhookDuration)).length > 0,
      'an attempt',
    );
    expect(await lab.metricNames()).toEqual(
      Object.values(A2A_METRICS)
        .filter((name) => !(rest as string[]).includes(name))
        .sort(),
    );
  });

  it('counts the states of tasks, and says how turns ended', async () => {
    await start();
    agent.worker.on('break', () => {
      throw new Error('broken');
    });
    agent.worker.on('report', async (ctx) => {
      await ctx.sendStatus('a third');
      await ctx.sendStatus('two thirds');
      await ctx.complete();
    });
    await send('report');
    await send('break');
    await until(
      async () => (await lab.measured(A2A_METRICS.turnDuration)).length === 2,
      'the turns',
    );
    const states = await lab.measured(A2A_METRICS.taskTransitions);
    const counts = states.map(({ attributes, value }) => [
      attributes[ATTRIBUTE.taskState],
      value,
    ]);
    expect(Object.fromEntries(counts)).toEqual({
      submitted: 2,
      working: 2,
      completed: 1,
      failed: 1,
    });
    const turns = await lab.measured(A2A_METRICS.turnDuration);
    expect(
      turns.map(({ attributes, value }) => ({ attributes, value })),
    ).toEqual(
      expect.arrayContaining(
        ['completed', 'failed'].map((outcome) => ({
          attributes: {
            [ATTRIBUTE.agentName]: 'default',
            [ATTRIBUTE.turnOutcome]: outcome,
          },
          value: 1,
        })),
      ),
    );
    const [waited] = await lab.measured(A2A_METRICS.turnWait);
    expect(waited?.value).toBe(2);
    const [active] = await lab.measured(A2A_METRICS.activeTurns);
    expect(active?.value).toBe(0);
  });

  it('says how long a webhook took behind its event, once it is there', async () => {
    await start();
    await send();
    await sink.waitFor(3);
    await until(
      async () => (await lab.measured(A2A_METRICS.webhookLag))[0]?.value === 3,
      'the lag of three events',
    );
    const service = agent.app.get(PushNotificationService);
    expect((await service.metrics()).backlog).toEqual([]);
  });

  it('has no label that grows with tasks, callers or webhooks', async () => {
    await start();
    for (let i = 0; i < 5; i += 1) await send(`hi ${i}`);
    await sink.waitFor(15);
    for (const name of Object.values(A2A_METRICS)) {
      for (const { attributes } of await lab.measured(name)) {
        const texts = Object.values(attributes).map(String);
        expect(
          texts.filter((text) => /[0-9a-f]{8}-|127\.0/.test(text)),
        ).toEqual([]);
      }
    }
  });

  it('looks at no backlog where it is not wanted, or after the end', async () => {
    await start(openTelemetry({ webhookBacklog: false }));
    sink.answerNext(503);
    await send();
    await sink.waitFor(1);
    expect(await lab.measured(A2A_METRICS.webhooksWaiting)).toEqual([]);
    await agent.close();
    await start();
    await agent.close();
    expect(await lab.measured(A2A_METRICS.webhooksWaiting)).toEqual([]);
    await start();
  });

  it('is what the dashboard shows', async () => {
    await start();
    const text = readFileSync('docs/dashboards/nest-a2a.json', 'utf8');
    const shown: string[] = text.match(/\b(?:a2a|rpc)_\w+/g) ?? [];
    const known = new Set([
      ...Object.values(A2A_METRICS).flatMap(inPrometheus),
      ...Object.values(ATTRIBUTE).map((name) => name.replaceAll('.', '_')),
    ]);
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((name) => !known.has(name))).toEqual([]);
    const missing = Object.values(A2A_METRICS).filter(
      (name) => !inPrometheus(name).some((one) => shown.includes(one)),
    );
    expect(missing).toEqual([]);
  });
});

/** What the exporter for Prometheus makes of a name. */
function inPrometheus(name: string): string[] {
  const base = name.replaceAll('.', '_');
  return [
    base,
    `${base}_total`,
    `${base}_seconds`,
    `${base}_seconds_bucket`,
    `${base}_seconds_count`,
  ];
}
