import { Artifact, Message, Task, TaskStatusUpdateEvent } from '@a2a-js/sdk';
import {
  AgentEvent,
  type AgentExecutor,
  type ExecutionEventBus,
  type RequestContext,
} from '@a2a-js/sdk/server';
import { A2AWorker } from '@nest-a2a/server';
import { ExecutorWorker } from '@nest-a2a/server/executor';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { LogCollector } from '../support/log-collector.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

type Execute = (
  context: RequestContext,
  bus: ExecutionEventBus,
) => Promise<void>;

/** Does what a test says. */
class TestExecutor implements AgentExecutor {
  execute: Execute = () => Promise.resolve();
  cancelTask: AgentExecutor['cancelTask'] = () => Promise.resolve();
}

@A2AWorker()
class TestExecutorWorker extends ExecutorWorker {}

const status = (
  { taskId, contextId }: RequestContext,
  state: string,
  text = '',
) =>
  AgentEvent.statusUpdate(
    TaskStatusUpdateEvent.fromJSON({
      taskId,
      contextId,
      status: {
        state: `TASK_STATE_${state}`,
        ...(text !== '' && { message: agentMessage(text) }),
      },
    }),
  );

const agentMessage = (text: string) => ({
  messageId: 'm',
  role: 'ROLE_AGENT',
  parts: [{ text }],
});

describe('a worker that runs an executor of the official SDK', () => {
  let agent: TestAgent;
  let executor: TestExecutor;
  let log: LogCollector;

  beforeEach(async () => {
    executor = new TestExecutor();
    log = new LogCollector();
    const worker = new TestExecutorWorker(executor);
    agent = await startAgent({
      options: { cancelGraceMs: 60_000, principal: () => 'ann' },
      providers: [{ provide: ScriptedWorker, useValue: worker }],
      before: (app) => app.useLogger(log),
    });
  });

  afterEach(() => agent.close());

  const send = async (text = 'hi', message = {}): Promise<any> => {
    const params = sendParams(text, { message });
    const answer = await jsonRpc.call(agent.url, 'SendMessage', params);
    return jsonRpc.result(answer).task;
  };

  const textOf = ({ status: { message } }: any): string =>
    message?.parts[0].text;

  it('fails the task where the executor throws; the operator reads why', async () => {
    executor.execute = () => Promise.reject(new Error('secret reason'));
    const task = await send();
    expect(task.status.state).toBe('TASK_STATE_FAILED');
    expect(JSON.stringify(task)).not.toContain('secret');
    expect(await log.find(/secret reason/)).toContain(task.id);
  });

  it('fails it where the executor returns without an end', async () => {
    const task = await send();
    expect(task.status.state).toBe('TASK_STATE_FAILED');
    expect(textOf(task)).toBe('The agent ended its work without a result.');
  });

  it.each([
    ['FAILED', 'Out of paper'],
    ['REJECTED', 'Not mine'],
    ['COMPLETED', 'Done'],
    ['INPUT_REQUIRED', 'Which one?'],
    ['AUTH_REQUIRED', 'Who are you?'],
  ])('ends the turn with %s as the executor says it', async (state, text) => {
    executor.execute = async (context, bus) => {
      bus.publish(status(context, state, text));
      bus.publish(status(context, 'WORKING', 'too late'));
    };
    const task = await send();
    expect(task.status.state).toBe(`TASK_STATE_${state}`);
    expect(textOf(task)).toBe(text);
    expect(JSON.stringify(task)).not.toContain('too late');
    expect(task.artifacts ?? []).toEqual([]);
  });

  it('takes artifacts and the end from a task that is published whole', async () => {
    executor.execute = async ({ taskId, contextId }, bus) => {
      const artifact = { artifactId: 'a', name: 'n', parts: [{ text: 'all' }] };
      bus.publish(
        AgentEvent.task({
          ...Task.fromJSON({
            id: taskId,
            contextId,
            status: { state: 'TASK_STATE_COMPLETED' },
          }),
          artifacts: [Artifact.fromJSON(artifact)],
        }),
      );
      bus.finished();
    };
    const task = await send();
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(task.artifacts).toEqual([
      { artifactId: 'a', name: 'n', parts: [{ text: 'all' }] },
    ]);
  });

  it('ends a task that is known with a message where the agent answers no direct ones', async () => {
    executor.execute = async (_context, bus) =>
      bus.publish(AgentEvent.message(Message.fromJSON(agentMessage('Hello'))));
    const task = await send();
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(textOf(task)).toBe('Hello');
  });

  it('tells the executor who calls, and what was said before', async () => {
    const seen: RequestContext[] = [];
    executor.execute = async (context, bus) => {
      seen.push(context);
      bus.publish(
        context.task
          ? status(context, 'COMPLETED')
          : status(context, 'INPUT_REQUIRED', 'Which?'),
      );
    };
    const { id, contextId } = await send('one');
    const task = await send('two', { taskId: id });
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    const [first, second] = seen;
    expect(first?.task).toBeUndefined();
    expect(first?.context.user?.userName).toBe('ann');
    expect(second).toMatchObject({ taskId: id, contextId });
    expect(second?.userMessage.parts[0]?.content?.value).toBe('two');
    const said = second?.task?.history.map(
      ({ parts }) => parts[0]?.content?.value,
    );
    expect(said).toEqual(['one', 'Which?']);
  });

  describe('when the task is cancelled', () => {
    let gate: Gate;

    beforeEach(() => {
      gate = new Gate();
      executor.execute = () => gate.pass();
    });

    afterEach(() => gate.open());

    const cancelWhileRunning = async (): Promise<any> => {
      const params = sendParams('hi', {
        configuration: { returnImmediately: true },
      });
      const sent = await jsonRpc.call(agent.url, 'SendMessage', params);
      const { id } = jsonRpc.result(sent).task;
      await gate.reached;
      const answer = await jsonRpc.call(agent.url, 'CancelTask', { id });
      return jsonRpc.result(answer);
    };

    it('calls cancelTask, and waits for nobody who has cancelled', async () => {
      executor.cancelTask = async (taskId, bus) => {
        const context = { taskId, contextId: '' } as RequestContext;
        bus.publish(status(context, 'WORKING', 'Tidying up'));
        bus.publish(status(context, 'CANCELED'));
      };
      const task = await cancelWhileRunning();
      expect(task.status.state).toBe('TASK_STATE_CANCELED');
      expect(JSON.stringify(task.history)).toContain('Tidying up');
    });

    it('logs what cancelTask throws', async () => {
      executor.cancelTask = () => Promise.reject(new Error('cannot'));
      const cancelled = cancelWhileRunning();
      expect(await log.find(/cancelTask failed for task/)).toContain('cannot');
      gate.open();
      expect((await cancelled).status.state).toBe('TASK_STATE_CANCELED');
    });
  });

  it('refuses an executor that is too far ahead', async () => {
    let refused: unknown;
    executor.execute = async (context, bus) => {
      try {
        for (let i = 0; i < 20_000; i += 1) {
          bus.publish(status(context, 'WORKING'));
        }
      } catch (error) {
        refused = error;
      }
      throw new Error('stopped');
    };
    const task = await send();
    expect(task.status.state).toBe('TASK_STATE_FAILED');
    expect(refused).toBeInstanceOf(RangeError);
  });
});
