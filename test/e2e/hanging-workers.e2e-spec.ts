import { httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import { LogCollector } from '../support/log-collector.js';
import { begin } from '../support/running-task.js';
import { StoreClock } from '../support/store-clock.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const CANCELED = 'TASK_STATE_CANCELED';
const hang = () => new Promise<void>(() => undefined);

describe('a worker that does not come back', () => {
  let clock: StoreClock;
  let agent: TestAgent;
  let logs: LogCollector;

  const start = async (options: object = {}) => {
    clock = new StoreClock();
    agent = await startAgent({ clock, options });
    logs = new LogCollector();
    agent.app.useLogger(logs);
  };
  const call = async (operation: string, params: object): Promise<any> =>
    (await httpJson.call(agent.url, operation, params)).body;
  const idle = () => until(() => held(agent.app).turns === 0, 'turns to end');

  afterEach(() => agent.close());

  it('when its task is canceled is left behind after the grace period; the operator reads of it', async () => {
    await start();
    const id = await begin(agent, hang);
    const canceled = call('CancelTask', { id });
    await until(() => held(agent.app).watchedTasks === 1);
    await clock.advance(9_999);
    expect(logs.troubles).toEqual([]);
    await clock.advance(1);
    expect((await canceled).status.state).toBe(CANCELED);
    await idle();
    expect(logs.troubles).toEqual([
      expect.stringMatching(/cancelGraceMs/) as string,
    ]);
    expect(logs.troubles[0]).toContain(id);
  });

  it('and whose task asks, does not hold up its cancellation', async () => {
    await start();
    const gate = new Gate();
    let isAborted: boolean | undefined;
    agent.worker.on('ask', async (context) => {
      await context.requestInput('?');
      await gate.pass();
      isAborted = context.signal.aborted;
    });
    const { task } = await call('SendMessage', sendParams('ask'));
    await gate.reached;
    const { id } = task;
    expect((await call('CancelTask', { id })).status.state).toBe(CANCELED);
    gate.open();
    await idle();
    expect(isAborted).toBe(false);
    expect((await call('GetTask', { id })).status.state).toBe(CANCELED);
    expect(logs.troubles).toEqual([]);
  });

  it('after its end has a place of its own until turn.timeoutMs, and changes nothing', async () => {
    await start({ turn: { concurrency: 1, timeoutMs: 60_000 } });
    agent.worker.on('stays', async (context) => {
      await context.complete('done');
      await hang();
    });
    const { task } = await call('SendMessage', sendParams('stays'));
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(held(agent.app).turns).toBe(1);
    await clock.advance(60_000);
    await idle();
    expect(logs.troubles).toEqual([
      expect.stringMatching(/timeoutMs/) as string,
    ]);
    expect(await call('GetTask', { id: task.id })).toEqual(task);
    const next = await call('SendMessage', sendParams('hi'));
    expect(next.task.status.state).toBe('TASK_STATE_COMPLETED');
  });

  it('after its end does not hold up the shutdown longer than the drain period', async () => {
    await start({ drainMs: 5_000 });
    agent.worker.on('stays', async (context) => {
      await context.complete('done');
      await hang();
    });
    await call('SendMessage', sendParams('stays'));
    let isClosed = false;
    const closing = agent.close().then(() => (isClosed = true));
    while (!isClosed) await clock.advance(1_000);
    await closing;
    expect(logs.troubles).toEqual([
      expect.stringMatching(/1 turns did not end in time/) as string,
    ]);
  });
});
