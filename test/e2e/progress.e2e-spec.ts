import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { StoreClock } from '../support/store-clock.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

describe.each(BINDINGS)('who polls a task, over $name', (binding) => {
  let clock: StoreClock;
  let agent: TestAgent;

  beforeEach(async () => {
    clock = new StoreClock(START);
    agent = await startAgent({ clock });
  });

  afterEach(() => agent.close());

  const start = async (text: string): Promise<string> => {
    const configuration = { returnImmediately: true };
    const params = sendParams(text, { configuration });
    const { body } = await httpJson.call(agent.url, 'SendMessage', params);
    return body.task.id as string;
  };
  const call = async (operation: string, params: object) =>
    binding.result(await binding.call(agent.url, operation, params));

  it('sees when each progress was reported', async () => {
    const gates = [new Gate(), new Gate()];
    agent.worker.on('steps', async (context) => {
      for (const [index, gate] of gates.entries()) {
        await context.sendStatus(`step ${index}`);
        await gate.pass();
      }
      await context.complete();
    });
    const id = await start('steps');
    for (const [index, gate] of gates.entries()) {
      await gate.reached;
      const { status } = await call('GetTask', { id });
      expect(status).toMatchObject({
        state: 'TASK_STATE_WORKING',
        message: { parts: [{ text: `step ${index}` }] },
        timestamp: at(5 * index),
      });
      await clock.advance(5_000);
      gate.open();
    }
    const statusTimestampAfter = at(5.001);
    const list = () => call('ListTasks', { statusTimestampAfter });
    let { tasks } = await list();
    while (tasks.length === 0) ({ tasks } = await list());
    expect(tasks[0].status).toEqual({
      state: 'TASK_STATE_COMPLETED',
      timestamp: at(10),
    });
  });

  it('sees each chunk of an artifact as soon as it was emitted', async () => {
    const gates = [new Gate(), new Gate(), new Gate()];
    agent.worker.on('chunks', async (context) => {
      for (const [index, gate] of gates.entries()) {
        await context.emitText(`${index}`);
        await gate.pass();
      }
      await context.complete();
    });
    const id = await start('chunks');
    for (const [index, gate] of gates.entries()) {
      await gate.reached;
      const { artifacts } = await call('GetTask', { id });
      const texts = artifacts[0].parts.map(({ text }: any) => text).join('');
      expect(texts).toBe('012'.slice(0, index + 1));
      gate.open();
    }
  });
});
