import { randomUUID } from 'node:crypto';
import { TaskService } from '@nest-a2a/server';
import {
  BINDINGS,
  httpJson,
  sendParams,
  type WireBinding,
} from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { StreamReader } from '../support/stream-reader.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { until } from '../support/until.js';

const NOT_WAITING = { returnImmediately: true };

const textsOf = (messages: any[] = []) =>
  messages.flatMap(({ parts }) => parts.map(({ text }: any) => text));

describe.each(PLATFORMS)('turns on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ platform });
  });

  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    const call = async (operation: string, params: any) => {
      const answer = await binding.call(agent.url, operation, params);
      return binding.result(answer);
    };
    const send = async (text: string, message = {}, configuration = {}) =>
      (await call('SendMessage', sendParams(text, { message, configuration })))
        .task;

    it('continues a task that asks, with what was said and made before (A2A §3.4.3)', async () => {
      agent.worker.on('first', async (context) => {
        await context.emitText('draft', { artifactId: 'a', lastChunk: true });
        await context.requestInput('Which colour?');
      });
      const seen: any = {};
      agent.worker.on('red', async (context) => {
        seen.history = textsOf([...context.history]);
        seen.artifacts = context.previousArtifacts;
        seen.ids = [context.taskId, context.contextId];
        await context.complete('a red one');
      });
      const asked = await send('first');
      expect(asked.status.state).toBe('TASK_STATE_INPUT_REQUIRED');
      expect(textsOf([asked.status.message])).toEqual(['Which colour?']);

      const done = await send('red', { taskId: asked.id });
      expect(done.id).toBe(asked.id);
      expect(done.contextId).toBe(asked.contextId);
      expect(done.status.state).toBe('TASK_STATE_COMPLETED');
      expect(seen.ids).toEqual([asked.id, asked.contextId]);
      expect(seen.history).toEqual(['first', 'Which colour?']);
      expect(seen.artifacts).toEqual([
        { artifactId: 'a', parts: [{ text: 'draft' }] },
      ]);
      expect(textsOf(done.history)).toEqual(['first', 'Which colour?', 'red']);
      expect(done.artifacts).toHaveLength(2);
      expect(done.history.at(-1)).toMatchObject({
        taskId: asked.id,
        contextId: asked.contextId,
      });
    });

    it('streams the answer to a question from SUBMITTED on', async () => {
      agent.worker.on('first', (context) => context.requestInput('Which?'));
      const asked = await send('first');
      const params = sendParams('this', { message: { taskId: asked.id } });
      const stream = await StreamReader.open(binding, agent.url, {
        operation: 'SendStreamingMessage',
        params,
      });
      expect(await stream.restInBrief()).toEqual([
        'task:SUBMITTED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
    });

    it('refuses a message to a finished task and one for another context (A2A §3.4.3)', async () => {
      const done = await send('hi');
      const again = sendParams('again', { message: { taskId: done.id } });
      const refused = await binding.call(agent.url, 'SendMessage', again);
      expect(binding.reason(refused)).toBe('UNSUPPORTED_OPERATION');
      agent.worker.on('wait', (context) => context.requestInput('?'));
      const waiting = await send('wait');
      const message = { taskId: waiting.id, contextId: 'another' };
      const mixed = await binding.call(
        agent.url,
        'SendMessage',
        sendParams('x', { message }),
      );
      expect(binding.reason(mixed)).toMatch(/-32602|INVALID_ARGUMENT/);
      const got = await call('GetTask', { id: waiting.id });
      expect(textsOf(got.history)).toEqual(['wait']);
    });

    it('queues messages to a working task: each becomes a turn, in order, and each send gets the answer to its own', async () => {
      const gate = new Gate();
      const turns: string[] = [];
      agent.worker.on('slow', async (context) => {
        turns.push(context.userText);
        await gate.pass();
        await context.requestInput('answer to slow');
      });
      agent.worker.on('more', async (context) => {
        turns.push(context.userText);
        await context.requestInput(`answer to ${context.userText}`);
      });
      const first = send('slow');
      await gate.reached;
      const { tasks } = await call('ListTasks', {
        status: 'TASK_STATE_WORKING',
      });
      const taskId = tasks[0].id as string;
      const sends: Promise<any>[] = [];
      for (const text of ['more: 1', 'more: 2', 'more: 3']) {
        sends.push(send(text, { taskId }));
        await untilHistory(binding, agent, { taskId, has: text });
      }
      gate.open();
      const answers = await Promise.all([first, ...sends]);
      expect(answers.map(({ status }) => textsOf([status.message])[0])).toEqual(
        [
          'answer to slow',
          'answer to more: 1',
          'answer to more: 2',
          'answer to more: 3',
        ],
      );
      for (const { status } of answers) {
        expect(status.state).toBe('TASK_STATE_INPUT_REQUIRED');
      }
      expect(turns).toEqual(['slow', 'more: 1', 'more: 2', 'more: 3']);
    });

    it('shows a queued turn what was said in the turns before it', async () => {
      const gate = new Gate();
      agent.worker.on('slow', async (context) => {
        await gate.pass();
        await context.sendStatus('a remark');
        await context.requestInput('a question');
      });
      let history: string[] = [];
      agent.worker.on('queued', async (context) => {
        history = textsOf([...context.history]);
        await context.complete();
      });
      const stream = await StreamReader.open(binding, agent.url, {
        operation: 'SendStreamingMessage',
        params: sendParams('slow'),
      });
      const { id: taskId } = await stream.task();
      await stream.until('WORKING');
      const queued = send('queued', { taskId });
      await untilHistory(binding, agent, { taskId, has: 'queued' });
      gate.open();
      await queued;
      expect(history).toEqual(['slow', 'a remark', 'a question']);
    });

    it('streams a queued message to the end of its own turn', async () => {
      const gate = new Gate();
      agent.worker.on('slow', async (context) => {
        await gate.pass();
        await context.requestInput('one');
      });
      const stream = await StreamReader.open(binding, agent.url, {
        operation: 'SendStreamingMessage',
        params: sendParams('slow'),
      });
      const { id: taskId } = await stream.task();
      await stream.until('WORKING');
      const queued = await StreamReader.open(binding, agent.url, {
        operation: 'SendStreamingMessage',
        params: sendParams('next', { message: { taskId } }),
      });
      gate.open();
      expect(await stream.restInBrief()).toEqual(['INPUT_REQUIRED']);
      expect(await queued.restInBrief()).toEqual([
        'task:WORKING',
        'INPUT_REQUIRED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
    });

    it('answers a queued message with the task where the turn before it finishes it', async () => {
      const gate = new Gate();
      const asked: string[] = [];
      agent.worker.on('slow', async (context) => {
        await gate.pass();
        await context.complete('all done');
      });
      agent.worker.on('too late', (context) => {
        asked.push(context.userText);
      });
      const { id: taskId } = await send('slow', {}, NOT_WAITING);
      await gate.reached;
      const late = send('too late', { taskId });
      await untilHistory(binding, agent, { taskId, has: 'too late' });
      gate.open();
      const answer = await late;
      expect(answer.status.state).toBe('TASK_STATE_COMPLETED');
      expect(textsOf(answer.history)).toEqual(['slow', 'too late']);
      expect(asked).toEqual([]);
    });

    it('keeps a value for a conversation, over turns and tasks of its owner', async () => {
      const seen: unknown[] = [];
      agent.worker.on('count', async (context) => {
        const count = (await context.loadContext<number>()) ?? 0;
        seen.push(count);
        await context.updateContext(count + 1);
        await (count === 1 ? context.requestInput('?') : context.complete());
      });
      const contextId = `counted-${platform}-${binding.name}`;
      await send('count', { contextId });
      const { id: taskId } = await send('count', { contextId });
      await send('count', { taskId });
      await send('count', { contextId: `another-${contextId}` });
      expect(seen).toEqual([0, 1, 2, 0]);
    });

    it('goes on after AUTH_REQUIRED when the host resumes the task, with a message and without (A2A §7.6.1)', async () => {
      const seen: string[][] = [];
      agent.worker.on('pay', async (context) => {
        seen.push([context.userText, ...textsOf([...context.history])]);
        await (context.history.length === 0
          ? context.requestAuth('Sign in')
          : context.complete('paid'));
      });
      agent.worker.on('token', async (context) => {
        seen.push([context.userText, ...textsOf([...context.history])]);
        await context.complete('paid');
      });
      const service = agent.app.get(TaskService);
      for (const message of [undefined, 'token']) {
        const waiting = await send('pay');
        expect(waiting.status.state).toBe('TASK_STATE_AUTH_REQUIRED');
        const subscription = await StreamReader.open(binding, agent.url, {
          operation: 'SubscribeToTask',
          params: { id: waiting.id },
        });
        await subscription.next();
        await service.resume(waiting.id, message);
        expect(await subscription.restInBrief()).toEqual([
          'SUBMITTED',
          'WORKING',
          'artifact',
          'COMPLETED',
        ]);
      }
      expect(seen).toEqual([
        ['pay'],
        ['pay', 'pay', 'Sign in'],
        ['pay'],
        ['token', 'pay', 'Sign in'],
      ]);
    });
  });
});

/** Resolves when a message is in the history of a task. */
async function untilHistory(
  binding: WireBinding,
  { url }: TestAgent,
  { taskId, has }: { taskId: string; has: string },
): Promise<void> {
  await until(async () => {
    const got = await binding.call(url, 'GetTask', { id: taskId });
    return textsOf(binding.result(got).history).includes(has);
  }, `"${has}" in the history`);
}

describe('a send that is repeated', () => {
  const repeated = (agent: TestAgent, params: any) =>
    httpJson.call(agent.url, 'SendMessage', params);

  describe('by default', () => {
    let agent: TestAgent;
    let runs = 0;

    beforeAll(async () => {
      agent = await startAgent();
      agent.worker.on('count', async (context) => {
        runs += 1;
        await context.complete(`run ${runs}`);
      });
    });

    beforeEach(() => {
      runs = 0;
    });

    afterAll(() => agent.close());

    it('has no second effect, and the same answer', async () => {
      const params = sendParams('count');
      const first = await repeated(agent, params);
      const second = await repeated(agent, params);
      expect(second.body).toEqual(first.body);
      expect(runs).toBe(1);
    });

    it('has no second effect when both come at once', async () => {
      const gate = new Gate();
      agent.worker.on('held', async (context) => {
        runs += 1;
        await gate.pass();
        await context.complete();
      });
      const params = sendParams('held');
      const sends = Array.from({ length: 10 }, () => repeated(agent, params));
      await gate.reached;
      gate.open();
      const answers = await Promise.all(sends);
      const ids = new Set(answers.map(({ body }) => body.task.id));
      expect(ids.size).toBe(1);
      expect(runs).toBe(1);
    });

    it('is one send whether it waits, streams or wants another history', async () => {
      const params = sendParams('count');
      const first = await repeated(agent, params);
      const configuration = { returnImmediately: true, historyLength: 0 };
      const second = await repeated(agent, { ...params, configuration });
      expect(second.body.task.id).toBe(first.body.task.id);
      expect(second.body.task.history).toBeUndefined();
      const stream = await StreamReader.open(httpJson, agent.url, {
        operation: 'SendStreamingMessage',
        params,
      });
      expect(await stream.restInBrief()).toEqual([
        'task:SUBMITTED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
      expect(runs).toBe(1);
    });

    it('is another message when it has other content', async () => {
      const params = sendParams('count');
      const other = { ...params, metadata: { x: 1 } };
      const first = await repeated(agent, params);
      const second = await repeated(agent, other);
      expect(second.body.task.id).not.toBe(first.body.task.id);
      expect(runs).toBe(2);
    });

    it('answers for the turn that it began, whatever has happened to the task since', async () => {
      agent.worker.on('ask', (context) =>
        context.requestInput('first question'),
      );
      agent.worker.on('ask more', (context) =>
        context.requestInput('second question'),
      );
      const ask = sendParams('ask');
      const asked = await repeated(agent, ask);
      const taskId = asked.body.task.id;
      const more = sendParams('ask more', { message: { taskId } });
      const second = await repeated(agent, more);
      expect(textsOf([second.body.task.status.message])).toEqual([
        'second question',
      ]);
      expect((await repeated(agent, ask)).body).toEqual(asked.body);
      expect((await repeated(agent, more)).body).toEqual(second.body);
      await repeated(agent, sendParams('done', { message: { taskId } }));
      expect((await repeated(agent, more)).body).toEqual(second.body);
    });
  });

  it('is refused with other content where the host is strict, and not with the same', async () => {
    const agent = await startAgent({ options: { idempotency: 'strict' } });
    const params = sendParams('hi');
    const first = await repeated(agent, params);
    const other = { ...params, metadata: { x: 1 } };
    const refused = await repeated(agent, other);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain('message.messageId');
    expect((await repeated(agent, params)).body).toEqual(first.body);
    await agent.close();
  });

  it('is another message where the host has switched this off', async () => {
    const agent = await startAgent({ options: { idempotency: false } });
    const params = sendParams('hi', { message: { messageId: randomUUID() } });
    const first = await repeated(agent, params);
    const second = await repeated(agent, params);
    expect(second.body.task.id).not.toBe(first.body.task.id);
    await agent.close();
  });
});
