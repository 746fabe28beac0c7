import { A2AModule, A2AWorker, type A2AWorkerOptions } from '@nest-a2a/server';
import { type TaskStore } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { GatedWorker } from '../support/gated-worker.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { CARD } from '../support/test-agent.js';
import { startHost, type TestHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';
import { until } from '../support/until.js';

function workerWith(options: A2AWorkerOptions) {
  @A2AWorker(options)
  class LimitedWorker extends GatedWorker {}
  return LimitedWorker;
}

describe('@A2AWorker()', () => {
  let host: TestHost | undefined;

  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  const start = async (
    options: A2AWorkerOptions,
    moduleOptions: object = {},
  ) => {
    const type = workerWith(options);
    host = await startHost({
      imports: [
        A2AModule.forRoot(onTestStore({ agentCard: CARD, ...moduleOptions })),
      ],
      providers: [type],
    });
    return { worker: host.app.get(type), url: host.url };
  };

  const send = (url: string, text: string, returnImmediately = false) =>
    jsonRpc.call(
      url,
      'SendMessage',
      sendParams(text, { configuration: { returnImmediately } }),
    );

  it.each([
    ['its own', { concurrency: 1 }, {}, 1],
    [
      'that of the agent, which wins',
      { concurrency: 3 },
      { concurrency: 2 },
      2,
    ],
  ])(
    'limits the turns at a time: %s',
    async (_, options, moduleOptions, most) => {
      const { worker, url } = await start(options, moduleOptions);
      const texts = ['a', 'b', 'c', 'd'];
      texts.forEach((text) => worker.gates.set(text, new Gate()));
      for (const text of texts) await send(url, text, true);
      const together = texts.slice(0, most);
      for (const text of together) await worker.gates.get(text)?.reached;
      worker.gates.forEach((gate) => gate.open());
      await until(() => worker.done === texts.length);
      expect(worker.most).toBe(most);
    },
  );

  it('keeps the limit where a message comes while turns are on their way from the store', async () => {
    const claims: { onTheirWay?: Gate } = {};
    const store = (real: TaskStore) =>
      withMethods(real, {
        work: withMethods(real.work, {
          claim: async (query) => {
            const claimed = await real.work.claim(query);
            if (claimed.length > 0) await claims.onTheirWay?.pass();
            return claimed;
          },
        }),
      });
    const { worker, url } = await start(
      { concurrency: 1 },
      { runtime: new SharedRuntime().instance({ store }), push: DURABLE_PUSH },
    );
    const texts = ['first', 'second', 'third'];
    texts.forEach((text) => worker.gates.set(text, new Gate()));
    const gate = (text: string) => worker.gates.get(text)!;
    await send(url, 'first', true);
    await gate('first').reached;
    await send(url, 'second', true);
    claims.onTheirWay = new Gate();
    gate('first').open();
    await claims.onTheirWay.reached;
    await send(url, 'third', true);
    claims.onTheirWay.open();
    await gate('second').reached;
    expect(worker.running).toBe(1);
    worker.gates.forEach((one) => one.open());
    await until(() => worker.done === 3);
    expect(worker.most).toBe(1);
  });

  it('limits the time of a turn, for longer or shorter than turn.timeoutMs does', async () => {
    const { worker, url } = await start(
      { timeoutMs: 50 },
      { turn: { timeoutMs: 600_000 } },
    );
    const gate = new Gate();
    worker.gates.set('hangs', gate);
    const { status } = jsonRpc.result(await send(url, 'hangs')).task;
    expect(status.state).toBe('TASK_STATE_FAILED');
    expect(status.message.parts[0].text).toBe('The agent took too long.');
    gate.open();
  });

  it.each([{ timeoutMs: 0 }, { timeoutMs: 1.5 }, { concurrency: -1 }])(
    'refuses %j, and names the worker',
    async (options) => {
      await expect(start(options)).rejects.toMatchObject({
        code: 'INVALID_WORKER',
        message: expect.stringMatching(
          /@A2AWorker\(\{ \w+ \}\) of LimitedWorker must be a whole number above 0/,
        ),
      });
    },
  );
});
