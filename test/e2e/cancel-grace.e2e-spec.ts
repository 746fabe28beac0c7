import { httpJson, sendParams } from '../support/a2a-http.js';
import { held } from '../support/internals.js';
import { aborted, begin } from '../support/running-task.js';
import { StoreClock } from '../support/store-clock.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const CANCELED = 'TASK_STATE_CANCELED';

describe('the grace period of a cancelled worker', () => {
  let clock: StoreClock;
  let agent: TestAgent;

  const start = async (options: object = {}) => {
    clock = new StoreClock();
    agent = await startAgent({ clock, options });
  };
  const cancel = (id: string) => httpJson.call(agent.url, 'CancelTask', { id });
  const hang = () => new Promise<void>(() => undefined);

  afterEach(() => agent.close());

  it('begins with the first wish, and a second one does not prolong it', async () => {
    await start();
    const id = await begin(agent, hang);
    const timers = await clock.restingTimers();
    const first = cancel(id);
    await until(() => held(agent.app).exchanges === 1);
    await clock.advance(8_000);
    const second = cancel(id);
    await until(() => held(agent.app).exchanges === 2);
    await clock.advance(1_999);
    const { body } = await httpJson.call(agent.url, 'GetTask', { id });
    expect(body.status.state).toBe('TASK_STATE_WORKING');
    await clock.advance(1);
    for (const answer of [await first, await second]) {
      expect(answer.body.status.state).toBe(CANCELED);
    }
    await until(() => held(agent.app).turns === 0);
    expect(await clock.restingTimers()).toBeLessThanOrEqual(timers);
  });

  it('is over with the worker, and leaves no timer', async () => {
    await start();
    const id = await begin(agent, aborted);
    const timers = await clock.restingTimers();
    expect((await cancel(id)).body.status.state).toBe(CANCELED);
    await until(() => held(agent.app).turns === 0);
    expect(await clock.restingTimers()).toBeLessThanOrEqual(timers);
  });

  it('is as long as the host says, also none', async () => {
    for (const cancelGraceMs of [0, 500]) {
      await start({ cancelGraceMs });
      const id = await begin(agent, hang);
      const canceled = cancel(id);
      await until(() => held(agent.app).watchedTasks === 1);
      await clock.advance(Math.max(1, cancelGraceMs));
      expect((await canceled).body.status.state).toBe(CANCELED);
      // The place of the worker that hangs is free.
      const sent = await httpJson.call(
        agent.url,
        'SendMessage',
        sendParams('hi'),
      );
      expect(sent.body.task.status.state).toBe('TASK_STATE_COMPLETED');
      if (cancelGraceMs === 0) await agent.close();
    }
  });
});
