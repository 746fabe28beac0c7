import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import {
  DEAF_BUS,
  DURABLE_PUSH,
  SharedRuntime,
} from '../support/shared-runtime.js';
import { StoreClock } from '../support/store-clock.js';
import { StreamReader } from '../support/stream-reader.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

describe('an agent that loses every wake-up', () => {
  const clock = new StoreClock();
  let agent: TestAgent;
  let gate: Gate;

  beforeAll(async () => {
    const runtime = new SharedRuntime(clock).instance({ wake: () => DEAF_BUS });
    agent = await startAgent({
      clock,
      options: { runtime, push: DURABLE_PUSH },
    });
    agent.worker.on('work', async (context) => {
      await gate.pass();
      await context.complete('done');
    });
  });

  beforeEach(() => {
    gate = new Gate();
  });

  afterAll(() => agent.close());

  /** Lets the worker end, and nobody hears of it before the next poll. */
  async function endUnheard(): Promise<void> {
    await clock.activity.settled();
    gate.open();
    await until(() => held(agent.app).turns === 0, 'the turn to end');
    expect(held(agent.app).watchedTasks).toBe(1);
  }

  it.each(BINDINGS)(
    'ends a stream over $name with the next poll, complete',
    async (binding) => {
      const stream = await StreamReader.open(binding, agent.url, {
        operation: 'SendStreamingMessage',
        params: sendParams('work'),
      });
      await stream.task();
      await gate.reached;
      await endUnheard();
      await clock.advance(DEAF_BUS.pollMs);
      const rest = await stream.restInBrief();
      expect(rest).toEqual(['WORKING', 'artifact', 'COMPLETED']);
      expect(held(agent.app).watchedTasks).toBe(0);
    },
  );

  it.each(BINDINGS)(
    'answers a blocking send over $name with the next poll',
    async (binding) => {
      const params = sendParams('work');
      const sent = binding.call(agent.url, 'SendMessage', params);
      await gate.reached;
      await endUnheard();
      await clock.advance(DEAF_BUS.pollMs);
      const { task } = binding.result(await sent);
      expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    },
  );

  it('begins a turn that waited with the next poll', async () => {
    const other = await startAgent({
      clock,
      options: {
        runtime: new SharedRuntime(clock).instance({ wake: () => DEAF_BUS }),
        push: DURABLE_PUSH,
        turn: { concurrency: 1 },
      },
    });
    const first = new Gate();
    other.worker.on('first', () => first.pass());
    const configuration = { returnImmediately: true };
    const send = (text: string) =>
      httpJson.call(
        other.url,
        'SendMessage',
        sendParams(text, { configuration }),
      );
    await send('first');
    await first.reached;
    const { id } = (await send('second')).body.task;
    first.open();
    const stateOf = async () => {
      const { body } = await httpJson.call(other.url, 'GetTask', { id });
      return body.status.state as string;
    };
    await clock.advance(DEAF_BUS.pollMs);
    await until(() => held(other.app).turns === 0, 'the turns to end');
    expect(await stateOf()).toBe('TASK_STATE_COMPLETED');
    await other.close();
  });
});
