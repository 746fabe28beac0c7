import { httpJson, jsonRpc, sendParams } from '../support/a2a-http.js';
import { openHandles, assertNothingLeftOpen } from '../support/open-handles.js';
import { aborted } from '../support/running-task.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { until } from '../support/until.js';

/** As `module.hot.dispose(() => app.close())` of the bundler does it, with the old code still loaded. */
describe.each(PLATFORMS)(
  'an application on %s that is loaded anew',
  (platform) => {
    let current: TestAgent;

    afterEach(() => current.close());

    it('answers with the new worker, at the same port, and leaves nothing of the old ones', async () => {
      const start = (port: number, version: string) =>
        startAgent({
          platform,
          port,
          options: { drainMs: 0 },
        }).then((agent) => {
          agent.worker.on('version', (ctx) => ctx.complete(version));
          return agent;
        });
      const before = openHandles();
      current = await start(0, 'v0');
      const port = Number(new URL(current.url).port);
      for (let i = 1; i <= 10; i += 1) {
        await current.close();
        current = await start(port, `v${i}`);
        const { body } = await jsonRpc.call(
          current.url,
          'SendMessage',
          sendParams('version'),
        );
        const [artifact] = body.result.task.artifacts;
        expect(artifact.parts).toEqual([{ text: `v${i}` }]);
      }
      await current.close();
      await assertNothingLeftOpen(before);
    });

    it('goes on with the tasks of its predecessor, where these are kept', async () => {
      const runtime = new SharedRuntime();
      const start = () =>
        startAgent({
          platform,
          options: {
            runtime: runtime.instance(),
            push: DURABLE_PUSH,
            drainMs: 0,
          },
        });
      current = await start();
      current.worker.on('long', (ctx) => aborted(ctx));
      const { body } = await httpJson.call(
        current.url,
        'SendMessage',
        sendParams('long', { configuration: { returnImmediately: true } }),
      );
      const { id } = body.task;
      const next = await start();
      next.worker.on('long', (ctx) => ctx.complete('the new code'));
      await current.close();
      current = next;
      const read = async () =>
        (await httpJson.call(current.url, 'GetTask', { id })).body;
      await until(
        async () => (await read()).status.state === 'TASK_STATE_COMPLETED',
        'the task to end',
      );
      expect((await read()).artifacts[0].parts).toEqual([
        { text: 'the new code' },
      ]);
    });
  },
);
