import { memory, type Runtime, StoreError } from '@nest-a2a/store';
import { WebhookSink, withMethods } from '@nest-a2a/testing';
import { httpJson, sendParams } from '../support/a2a-http.js';
import { held, internal } from '../support/internals.js';
import { LogCollector } from '../support/log-collector.js';
import { assertNothingLeftOpen, openHandles } from '../support/open-handles.js';
import { RawStream } from '../support/raw-stream.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { startAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const hang = () => new Promise<void>(() => undefined);

/** The same part, whose methods all fail while `isDown` says so. */
function failing<T extends object>(part: T, isDown: () => boolean): T {
  return new Proxy(part, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) =>
        isDown()
          ? Promise.reject(new StoreError('UNAVAILABLE', 'down'))
          : (value.apply(target, args) as unknown);
    },
  });
}

describe('closing an application leaves nothing open', () => {
  it('where its store is gone, with a turn that runs and a stream that is open', async () => {
    const handles = openHandles();
    let isDown = false;
    const runtime = new SharedRuntime().instance({
      store: (real) =>
        withMethods(real, {
          log: failing(real.log, () => isDown),
          work: failing(real.work, () => isDown),
          push: failing(real.push, () => isDown),
        }),
    });
    const agent = await startAgent({
      options: { runtime, push: DURABLE_PUSH, drainMs: 200 },
    });
    const logs = new LogCollector();
    agent.app.useLogger(logs);
    agent.worker.on('hang', hang);
    const body = sendParams('hang');
    const stream = await RawStream.open(agent.url, '/message:stream', { body });
    await stream.holds('WORKING');
    await until(() => held(agent.app).turns === 1);
    isDown = true;
    const begun = Date.now();
    await agent.close();
    expect(Date.now() - begun).toBeLessThan(5_000);
    await stream.closed();
    await logs.find(/its lease will expire/);
    await assertNothingLeftOpen(handles);
  });

  it('where connections to webhooks were kept for the next one', async () => {
    const sink = await WebhookSink.open();
    const handles = openHandles();
    const agent = await startAgent();
    const taskPushNotificationConfig = { url: sink.url };
    const params = sendParams('hi', {
      configuration: { taskPushNotificationConfig },
    });
    await httpJson.call(agent.url, 'SendMessage', params);
    await sink.waitFor(3);
    // One for three webhooks: it was kept.
    expect(sink.connections).toBe(1);
    await agent.close();
    await assertNothingLeftOpen(handles);
    await sink.close();
  });

  it('where its runtime cannot be closed', async () => {
    const handles = openHandles();
    const runtime: Runtime = {
      ...memory(),
      open: async (options) => ({
        ...(await memory().open(options)),
        close: () => Promise.reject(new Error('cannot close')),
      }),
    };
    const agent = await startAgent({ options: { runtime } });
    const logs = new LogCollector();
    agent.app.useLogger(logs);
    // Nest tells the operator in place of the caller; older versions reject.
    await agent.close().catch((error: unknown) => logs.error(error));
    expect(logs.troubles.join()).toContain('cannot close');
    await assertNothingLeftOpen(handles);
    expect(internal(agent.app, 'A2ALifecycle').keepAlive.timer).toBeUndefined();
  });
});
