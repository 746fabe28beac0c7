import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import { begin } from '../support/running-task.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const SEND = 'SendMessage';
const NOT_WAITING = { configuration: { returnImmediately: true } };

describe.each(BINDINGS)('the same message twice, over $name', (binding) => {
  let agent: TestAgent;

  beforeEach(async () => {
    agent = await startAgent({ options: { turn: { concurrency: 1 } } });
  });

  afterEach(() => agent.close());

  const send = async (params: any) =>
    binding.result(await binding.call(agent.url, SEND, params));

  it('begins one turn where it answers a question and both come at once', async () => {
    agent.worker.on('ask', (context) => context.requestInput('?'));
    const turns: string[] = [];
    agent.worker.on('answer', async (context) => {
      turns.push(context.messageId);
      await context.requestInput(`question ${turns.length}`);
    });
    const { id: taskId } = (await send(sendParams('ask'))).task;
    const params = sendParams('answer', { message: { taskId } });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => send(params)),
    );
    expect(turns).toEqual([params.message.messageId]);
    for (const { task } of answers) expect(task).toEqual(answers[0].task);
    const { task } = answers[0];
    expect(task.history.map(({ parts }: any) => parts[0].text)).toEqual([
      'ask',
      '?',
      'answer',
    ]);
  });

  it('begins one turn where its task has not begun yet', async () => {
    const gate = new Gate();
    await begin(agent, async (context) => {
      await gate.pass();
      await context.complete();
    });
    const turns: string[] = [];
    agent.worker.on('queued', async (context) => {
      turns.push(context.taskId);
      await context.complete();
    });
    const params = sendParams('queued', NOT_WAITING);
    const first = (await send(params)).task;
    const second = (await send(params)).task;
    expect(first.status.state).toBe('TASK_STATE_SUBMITTED');
    expect(second).toEqual(first);
    gate.open();
    const waiting = await send({ message: params.message });
    expect(waiting.task.id).toBe(first.id);
    expect(waiting.task.status.state).toBe('TASK_STATE_COMPLETED');
    await until(() => held(agent.app).turns === 0);
    expect(turns).toEqual([first.id]);
  });

  it('registers its webhook once', async () => {
    agent.worker.on('ask', (context) => context.requestInput('?'));
    const taskPushNotificationConfig = { url: 'http://127.0.0.1:9/' };
    const params = sendParams('ask', {
      configuration: { taskPushNotificationConfig },
    });
    const [{ task }] = await Promise.all([send(params), send(params)]);
    await send(params);
    const operation = 'ListTaskPushNotificationConfigs';
    const listed = await httpJson.call(agent.url, operation, {
      taskId: task.id,
    });
    expect(listed.body.configs).toHaveLength(1);
  });
});
