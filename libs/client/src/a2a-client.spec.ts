import { firstValueFrom, take, toArray } from 'rxjs';
import {
  answering,
  beginStream,
  BINDINGS,
  cardFor,
  failureOf,
  frame,
  ScriptedAgent,
  streaming,
  taskIn,
} from '../test/scripted-agent.js';

describe.each(BINDINGS)('A2AClient over %s', (binding) => {
  let agent: ScriptedAgent;
  let client: Awaited<ReturnType<ScriptedAgent['connect']>>;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
    client = await agent.connect(binding, { maxResponseBytes: 10_000 });
  });

  afterEach(async () => {
    await client.close();
    await agent.allClosed();
    await agent.close();
  });

  it('knows the agent and how it is called', () => {
    expect(client.agentName).toBe('Report Generator');
    expect(client.agentCard.skills).toEqual([]);
    expect(client.agentInterface.protocolBinding).toBe(binding);
  });

  it('answers a task to a message', async () => {
    const artifacts = [{ artifactId: 'a1', parts: [{ text: 'Report' }] }];
    const task = taskIn('COMPLETED', { artifacts });
    agent.script = answering(binding, { task });
    const result = await client.send('hi');
    expect(result).toMatchObject({
      taskId: 't1',
      state: 'completed',
      text: 'Report',
    });
    expect(result.raw).toEqual(task);
  });

  it('answers a message to a message', async () => {
    const parts = [{ text: 'hello' }];
    const message = { messageId: 'm2', role: 'ROLE_AGENT', parts };
    agent.script = answering(binding, { message });
    expect(await client.send('hi')).toMatchObject({
      isDirectMessage: true,
      text: 'hello',
    });
  });

  it.each([{ task: taskIn('WORKING'), message: {} }, {}, null, 'x'])(
    'refuses the answer %j to a message',
    async (answer) => {
      agent.script = answering(binding, answer);
      await expect(client.send('hi')).rejects.toMatchObject({
        code: 'INVALID_AGENT_RESPONSE',
      });
    },
  );

  it('answers pages of tasks', async () => {
    const tasks = [taskIn('WORKING'), taskIn('FAILED')];
    const page = { nextPageToken: 'next', pageSize: 2, totalSize: 9 };
    agent.script = answering(binding, { tasks, ...page });
    const { tasks: results, ...rest } = await client.listTasks();
    expect(results.map(({ state }) => state)).toEqual(['working', 'failed']);
    expect(rest).toEqual(page);
  });

  it('answers push configurations', async () => {
    const config = { id: 'p1', taskId: 't1', url: 'https://hook.example' };
    agent.script = answering(binding, config);
    expect(await client.createPushConfig('t1', config)).toEqual(config);
    expect(await client.getPushConfig('t1', 'p1')).toEqual(config);
    agent.script = answering(binding, { configs: [config] });
    expect(await client.listPushConfigs('t1')).toEqual({
      configs: [config],
      nextPageToken: '',
    });
  });

  it('answers the extended card, and keeps its own', async () => {
    const card = { ...cardFor(agent.url), name: 'Extended' };
    agent.script = answering(binding, card);
    expect((await client.getExtendedCard()).name).toBe('Extended');
    expect(client.agentName).toBe('Report Generator');
  });

  it('refuses an answer that is too large', async () => {
    agent.script = answering(binding, taskIn('x'.repeat(10_000)));
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      name: 'A2AClientError',
      code: 'response-too-large',
    });
  });

  it('keeps its connection for the next call', async () => {
    agent.script = answering(binding, taskIn('WORKING'));
    await client.getTask('t1');
    await client.getTask('t1');
    expect(agent.connections).toBe(1);
  });

  it('fails a call that is aborted, and goes on afterwards', async () => {
    const controller = new AbortController();
    agent.script = () => controller.abort('enough');
    const { signal } = controller;
    expect(await failureOf(client.send('hi', { signal }))).toMatchObject({
      code: 'aborted',
      cause: 'enough',
    });
    agent.script = answering(binding, taskIn('WORKING'));
    expect((await client.getTask('t1')).state).toBe('working');
  });

  it('emits a stream, and closes it when nobody listens any more', async () => {
    agent.script = (request, response) => {
      beginStream(response).write(
        frame(binding, request, { task: taskIn('WORKING') }),
      );
    };
    const events = client.stream$('hi').pipe(take(1), toArray());
    expect(await firstValueFrom(events)).toMatchObject([{ kind: 'task' }]);
    await agent.allClosed();
  });

  it('sends a message for each subscriber', async () => {
    agent.script = streaming(binding, { task: taskIn('COMPLETED') });
    const events = client.stream$('hi').pipe(toArray());
    expect(agent.calls).toEqual([]);
    await firstValueFrom(events);
    await firstValueFrom(events);
    const ids = agent.calls.map(
      ({ body }) => (body.params ?? body).message.messageId as string,
    );
    expect(new Set(ids).size).toBe(2);
  });
});
