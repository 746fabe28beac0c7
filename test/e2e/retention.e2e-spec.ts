import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { LeapClock } from '../support/leap-clock.js';
import { STORE } from '../support/store-kind.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Every store is looked through at least so often. */
const LOOK_MS = MINUTE;
/** What a store in memory does by itself; one that survives its process keeps tasks longer. */
const KEEP = STORE === 'memory' ? {} : { finishedMs: HOUR };

describe('the tasks that an agent keeps', () => {
  let clock: LeapClock;
  let agent: TestAgent;

  const start = async (retention: object = KEEP) => {
    clock = new LeapClock();
    agent = await startAgent({ clock, options: { retention } });
  };

  afterEach(() => agent.close());

  const leap = (ms: number) => clock.leapTo(clock.now() + ms);

  async function send(text: string): Promise<string> {
    const params = sendParams(text);
    const { body } = await httpJson.call(agent.url, 'SendMessage', params);
    return body.task.id as string;
  }

  async function listed(): Promise<string[]> {
    const { body } = await httpJson.call(agent.url, 'ListTasks', {});
    expect(body.totalSize).toBe(body.tasks.length);
    return body.tasks.map(({ id }: { id: string }) => id);
  }

  it('are the finished ones of the last hour, and all that have not ended', async () => {
    await start();
    const gate = new Gate();
    agent.worker.on('ask', (context) => context.requestInput('?'));
    agent.worker.on('hang', async (context) => {
      await gate.pass();
      await context.complete();
    });
    const finished = await send('hi');
    const asks = await send('ask');
    const hanging = send('hang');
    await gate.reached;
    await leap(30 * MINUTE);
    const later = await send('later');
    await leap(30 * MINUTE);
    expect(await listed()).toHaveLength(4);
    await leap(2 * LOOK_MS);
    const left = await listed();
    expect(left).toHaveLength(3);
    expect(left).toEqual(expect.arrayContaining([later, asks]));
    for (const binding of BINDINGS) {
      const params = { id: finished };
      const gone = await binding.call(agent.url, 'GetTask', params);
      expect(binding.reason(gone)).toBe('TASK_NOT_FOUND');
    }
    gate.open();
    const hung = await hanging;
    await leap(HOUR + 2 * LOOK_MS);
    expect(await listed()).toEqual([asks]);
    expect(left).toContain(hung);
  });

  it('are the newest, where the host limits their number', async () => {
    await start({ maxFinished: 2 });
    agent.worker.on('ask', (context) => context.requestInput('?'));
    const ids: string[] = [];
    for (const text of ['a', 'ask', 'b', 'c']) {
      ids.push(await send(text));
      await leap(1);
    }
    await leap(LOOK_MS);
    const [, asks, second, third] = ids;
    expect((await listed()).sort()).toEqual([asks, second, third].sort());
  });
});
