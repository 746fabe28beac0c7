import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { PushNotificationService } from '@nest-a2a/server';
import {
  A2A_ATTRIBUTES as ATTRIBUTE,
  openTelemetry,
  type OpenTelemetryOptions,
} from '@nest-a2a/server/telemetry';
import { WebhookSink } from '@nest-a2a/testing';
import { ALL_BINDINGS } from '../support/any-binding.js';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { LogCollector } from '../support/log-collector.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import {
  hasFailed,
  placeOf,
  TelemetryLab,
  traceparentOf,
} from '../support/telemetry-lab.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';
import { until } from '../support/until.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const HEADERS = { traceparent: `00-${TRACE}-${CALLER}-01` };
const SEND = 'A2AService/SendMessage';
const TURN = 'turn default';
const WEBHOOK = 'webhook default';

describe('telemetry', () => {
  const closing: { close(): unknown }[] = [];
  let lab: TelemetryLab;

  async function start(
    { options, ...rest }: TestAgentOptions = {},
    telemetry: OpenTelemetryOptions = {},
  ): Promise<TestAgent> {
    const agent = await startAgent({
      ...rest,
      options: {
        ...GRPC_AGENT,
        telemetry: openTelemetry(telemetry),
        ...options,
      },
    });
    closing.unshift(agent);
    return agent;
  }

  async function openSink(): Promise<WebhookSink> {
    const sink = await WebhookSink.open();
    closing.push(sink);
    return sink;
  }

  const pushTo = (url: string, id = 'hook') => ({
    configuration: { taskPushNotificationConfig: { id, url } },
  });

  beforeEach(() => {
    lab = TelemetryLab.register();
  });

  afterEach(async () => {
    for (const one of closing.splice(0)) await one.close();
    await lab.close();
  });

  describe.each(PLATFORMS)('on %s', (platform) => {
    it.each(ALL_BINDINGS)(
      'leads from the caller over $name by way of the turn to the webhook',
      async (binding) => {
        const sink = await openSink();
        const agent = await start({ platform });
        const { status } = await binding.call(
          agent,
          'SendMessage',
          sendParams('hi', pushTo(sink.url)),
          HEADERS,
        );
        expect(status).toBe('OK');
        const sent = await lab.one(SEND);
        expect(placeOf(sent)).toEqual({ trace: TRACE, parent: CALLER });
        expect(sent.kind).toBe(SpanKind.SERVER);
        expect(sent.attributes).toMatchObject({
          [ATTRIBUTE.agentName]: 'default',
          [ATTRIBUTE.binding]: binding.name,
          [ATTRIBUTE.version]: '1.0',
        });

        const turn = await lab.one(TURN);
        const { spanId } = sent.spanContext();
        expect(placeOf(turn)).toEqual({ trace: TRACE, parent: spanId });
        expect(turn.kind).toBe(SpanKind.CONSUMER);
        expect(turn.attributes).toMatchObject({
          [ATTRIBUTE.turnOutcome]: 'completed',
          [ATTRIBUTE.attempt]: 1,
        });

        // Working, the artifact, the end.
        const received = await sink.waitFor(3);
        const hooks = await lab.named(WEBHOOK, 3);
        expect(hooks.map(placeOf)).toEqual(
          hooks.map(() => ({
            trace: TRACE,
            parent: turn.spanContext().spanId,
          })),
        );
        expect(received.map(({ headers }) => headers['traceparent'])).toEqual(
          hooks.map(traceparentOf),
        );
      },
    );
  });

  it('leads to the webhook also where the worker answers out of its context', async () => {
    const sink = await openSink();
    const agent = await start();
    agent.worker.on('elsewhere', (ctx) =>
      context.with(ROOT_CONTEXT, () => ctx.complete()),
    );
    const params = sendParams('elsewhere', pushTo(sink.url));
    await jsonRpc.open(agent.url, 'SendMessage', params, { headers: HEADERS });
    const hooks = await lab.named(WEBHOOK, 2);
    expect(hooks.map((span) => placeOf(span).trace)).toEqual([TRACE, TRACE]);
  });

  it('leads from one instance to another', async () => {
    const runtime = new SharedRuntime();
    const sink = await openSink();
    const instance = (roles: ('api' | 'worker' | 'push')[]) =>
      start({
        options: { runtime: runtime.instance(), push: DURABLE_PUSH, roles },
      });
    const api = await instance(['api']);
    await instance(['worker']);
    await instance(['push']);
    const params = sendParams('hi', pushTo(sink.url));
    await jsonRpc.open(api.url, 'SendMessage', params, { headers: HEADERS });
    const sent = await lab.one(SEND);
    const turn = await lab.one(TURN);
    const hooks = await lab.named(WEBHOOK, 3);
    expect(placeOf(turn)).toEqual({
      trace: TRACE,
      parent: sent.spanContext().spanId,
    });
    const { spanId } = turn.spanContext();
    expect(hooks.map(placeOf)).toEqual(
      hooks.map(() => ({ trace: TRACE, parent: spanId })),
    );
  });

  it('is in a trace of its own, linked to the caller, where callers do not decide', async () => {
    const agent = await start({}, { callers: 'link' });
    await jsonRpc.open(agent.url, 'SendMessage', sendParams('hi'), {
      headers: HEADERS,
    });
    const sent = await lab.one(SEND);
    expect(placeOf(sent).trace).not.toBe(TRACE);
    expect(placeOf(sent).parent).toBeUndefined();
    expect(sent.links.map((link) => link.context.spanId)).toEqual([CALLER]);
  });

  it('has no use for a trace context that is none', async () => {
    const agent = await start();
    const headers = { traceparent: '00-1-2-01' };
    await jsonRpc.open(agent.url, 'SendMessage', sendParams('hi'), { headers });
    const sent = await lab.one(SEND);
    expect(placeOf(sent).parent).toBeUndefined();
  });

  it('lasts for as long as a stream, which is counted', async () => {
    const agent = await start();
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    agent.worker.on('slow', async (ctx) => {
      await ctx.emitText('one');
      await finished;
      await ctx.complete();
    });
    const open = 'a2a.server.stream.active';
    const active = async () =>
      (await lab.measured(open)).map(({ value }) => value);
    const response = await jsonRpc.open(
      agent.url,
      'SendStreamingMessage',
      sendParams('slow'),
    );
    const reading = response.text();
    expect(await active()).toEqual([1]);
    expect(lab.spans.map(({ name }) => name)).not.toContain(
      'A2AService/SendStreamingMessage',
    );
    finish();
    await reading;
    const span = await lab.one('A2AService/SendStreamingMessage');
    expect(span.attributes).toMatchObject({ [ATTRIBUTE.isStream]: true });
    expect(await active()).toEqual([0]);
  });

  it.each(ALL_BINDINGS)(
    'names the mistake of a caller over $name, and does not call it a failure',
    async (binding) => {
      const agent = await start();
      await binding.call(agent, 'GetTask', { id: 'missing' });
      const span = await lab.one('A2AService/GetTask');
      expect(span.attributes).toMatchObject({
        [ATTRIBUTE.errorType]: 'TASK_NOT_FOUND',
      });
      expect(hasFailed(span)).toBe(false);
    },
  );

  it('says why a turn has failed, and nothing of what it was about', async () => {
    const agent = await start();
    const logs = new LogCollector();
    agent.app.useLogger(logs);
    agent.worker.on('break', () => {
      throw new RangeError('secret of the worker');
    });
    await jsonRpc.call(agent.url, 'SendMessage', sendParams('break: secret'));
    const turn = await lab.one(TURN);
    expect(hasFailed(turn)).toBe(true);
    expect(turn.attributes).toMatchObject({
      [ATTRIBUTE.turnOutcome]: 'failed',
      [ATTRIBUTE.errorType]: 'RangeError',
    });
    const told = lab.spans.map(({ attributes, events, status }) =>
      JSON.stringify([attributes, events, status]),
    );
    expect(told.join()).not.toContain('secret');
  });

  it('runs the worker, and what it logs, within the span of its turn', async () => {
    const agent = await start();
    const traces: (string | undefined)[] = [];
    const logger = new LogCollector();
    const error = (...message: unknown[]) => {
      traces.push(trace.getActiveSpan()?.spanContext().traceId);
      logger.error(...message);
    };
    agent.app.useLogger({
      ...logger,
      log: logger.log,
      warn: logger.warn,
      error,
    });
    agent.worker.on('break', () => {
      traces.push(trace.getActiveSpan()?.spanContext().traceId);
      throw new Error('broken');
    });
    const params = sendParams('break');
    await jsonRpc.open(agent.url, 'SendMessage', params, { headers: HEADERS });
    await lab.one(TURN);
    expect(traces).toEqual([TRACE, TRACE]);
  });

  it('says nothing of where a webhook is, unless it is asked to', async () => {
    const sink = await openSink();
    const url = `${sink.url}?token=secret`;
    const silent = await start();
    const params = sendParams('hi', pushTo(url));
    await jsonRpc.call(silent.url, 'SendMessage', params);
    const [hook] = await lab.named(WEBHOOK, 3);
    expect(JSON.stringify(hook?.attributes)).not.toMatch(/127|secret|http:/);

    lab.forget();
    const open = await start({}, { webhookOrigins: true });
    await jsonRpc.call(open.url, 'SendMessage', params);
    const [named] = await lab.named(WEBHOOK, 3);
    expect(named?.attributes).toMatchObject({
      [ATTRIBUTE.serverAddress]: '127.0.0.1',
      [ATTRIBUTE.serverPort]: sink.port,
    });
    expect(JSON.stringify(named?.attributes)).not.toContain('secret');
  });

  it('shows a webhook that fails, and what became of it', async () => {
    const sink = await openSink();
    sink.answerNext(503);
    const agent = await start();
    const params = sendParams('hi', pushTo(sink.url));
    await jsonRpc.call(agent.url, 'SendMessage', params);
    const [hook] = await lab.named(WEBHOOK);
    expect(hook && hasFailed(hook)).toBe(true);
    expect(hook?.attributes).toMatchObject({
      [ATTRIBUTE.webhookOutcome]: 'failed',
      [ATTRIBUTE.httpStatus]: 503,
    });
  });

  it('names the trace of an event that is sent again, and leaves it', async () => {
    const sink = await openSink();
    const agent = await start();
    const params = sendParams('hi', pushTo(sink.url));
    const { body } = await jsonRpc.call(agent.url, 'SendMessage', params);
    const first = await lab.named(WEBHOOK, 3);
    lab.forget();
    const service = agent.app.get(PushNotificationService);
    const taskId: string = body.result.task.id;
    await service.redeliver({ taskId, configId: 'hook', from: 2 });
    const again = await lab.named(WEBHOOK, 3);
    expect(again.map((span) => placeOf(span).parent)).toEqual(
      again.map(() => undefined),
    );
    expect(
      again.map(({ links }) => links.map((link) => link.context.traceId)),
    ).toEqual(first.map((span) => [placeOf(span).trace]));
  });

  it('shows what the store was asked, as a part of something only', async () => {
    const agent = await start();
    await jsonRpc.call(agent.url, 'SendMessage', sendParams('hi'));
    const turn = await lab.one(TURN);
    const sent = await lab.one(SEND);
    const stored = lab.spans.filter(({ name }) => name.startsWith('store '));
    expect(stored.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['store log.create', 'store log.append']),
    );
    const parents = new Set(stored.map((span) => placeOf(span).parent));
    const places = [sent, turn].map((span) => span.spanContext().spanId);
    expect([...parents].sort()).toEqual(places.sort());

    lab.forget();
    const quiet = await start({}, { storeSpans: false });
    await jsonRpc.call(quiet.url, 'SendMessage', sendParams('hi'));
    await lab.one(TURN);
    expect(lab.spans.map(({ name }) => name).sort()).toEqual([SEND, TURN]);
  });

  it('does nothing, and breaks nothing, without an SDK', async () => {
    await lab.close();
    const sink = await openSink();
    const agent = await start();
    const params = sendParams('hi', pushTo(sink.url));
    const { body } = await jsonRpc.call(agent.url, 'SendMessage', params);
    expect(body.result.task.status.state).toBe('TASK_STATE_COMPLETED');
    const received = await sink.waitFor(3);
    expect(received.map(({ headers }) => headers['traceparent'])).toEqual(
      received.map(() => undefined),
    );
    expect(lab.spans).toEqual([]);
    lab = TelemetryLab.register();
    await jsonRpc.call(agent.url, 'SendMessage', sendParams('hi'));
    // An SDK that is registered later counts from then on.
    await until(() => lab.spans.length > 1, 'the spans');
  });
});
