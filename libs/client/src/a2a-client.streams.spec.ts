import { getEventListeners } from 'node:events';
import { type A2AClient } from './a2a-client.js';
import { type A2AClientOptions } from './client-options.js';
import { type StreamEvent } from './results/stream-event.js';
import {
  beginStream,
  BINDINGS,
  collect,
  failureOf,
  frame,
  type Script,
  ScriptedAgent,
  streaming,
  taskIn,
} from '../test/scripted-agent.js';

const status = (state: string) => ({
  statusUpdate: {
    taskId: 't1',
    contextId: 'c1',
    status: { state: `TASK_STATE_${state}` },
  },
});

const chunk = (text: string, more = {}) => ({
  artifactUpdate: {
    taskId: 't1',
    contextId: 'c1',
    artifact: { artifactId: 'a1', parts: [{ text }] },
    ...more,
  },
});

describe.each(BINDINGS)('streams over %s', (binding) => {
  let agent: ScriptedAgent;
  let client: A2AClient;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
  });

  afterEach(async () => {
    await client.close();
    await agent.allClosed();
    await agent.close();
  });

  async function connect(script: Script, options: A2AClientOptions = {}) {
    agent.script = script;
    client = await agent.connect(binding, options);
    return client;
  }

  /** A stream that says these and then stays open. */
  const open =
    (...results: object[]): Script =>
    (request, response) => {
      beginStream(response);
      for (const result of results) {
        response.write(frame(binding, request, result));
      }
    };

  it('answers events as they come, with the task so far', async () => {
    await connect(
      streaming(
        binding,
        { task: taskIn('SUBMITTED') },
        status('WORKING'),
        chunk('Rep'),
        chunk('ort', { append: true, lastChunk: true }),
        status('COMPLETED'),
      ),
    );
    const seen: unknown[] = [];
    for await (const event of client.stream('hi')) {
      const { kind, state, text, append, lastChunk, isFinal, task } = event;
      seen.push([kind, state, text, append, lastChunk, isFinal, task.text]);
    }
    expect(seen).toEqual([
      ['task', 'submitted', '', false, false, false, ''],
      ['status', 'working', '', false, false, false, ''],
      ['artifact', undefined, 'Rep', false, false, false, 'Rep'],
      ['artifact', undefined, 'ort', true, true, false, 'Report'],
      ['status', 'completed', '', false, false, true, 'Report'],
    ]);
  });

  it('sends the message when the first event is asked for', async () => {
    await connect(streaming(binding, { task: taskIn('COMPLETED') }));
    const events = client.stream('hi');
    await client.getTask('t1').catch(() => null);
    expect(agent.calls).toHaveLength(1);
    await collect(events);
    expect(agent.calls).toHaveLength(2);
  });

  it('answers the ids of the events', async () => {
    await connect((request, response) => {
      const first = frame(binding, request, { task: taskIn('WORKING') });
      const last = frame(binding, request, status('COMPLETED'));
      beginStream(response).end(`id: 1\n${first}id: 2\n${last}`);
    });
    const events = await collect(client.subscribe('t1'));
    expect(events.map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('ends with a direct message', async () => {
    const message = {
      messageId: 'm2',
      role: 'ROLE_AGENT',
      parts: [{ text: 'hello' }],
    };
    await connect(streaming(binding, { message }));
    const [event] = await collect(client.stream('hi'));
    expect(event).toMatchObject({
      kind: 'message',
      text: 'hello',
      isFinal: true,
      taskId: '',
    });
    expect(event?.task.isDirectMessage).toBe(true);
  });

  it('answers the text in pieces, nothing between them', async () => {
    await connect(
      streaming(
        binding,
        { task: taskIn('WORKING') },
        chunk('Rep'),
        chunk('ort\n', { append: true }),
        chunk('done', { append: true }),
        status('COMPLETED'),
      ),
    );
    expect(await collect(client.streamText('hi'))).toEqual([
      'Rep',
      'ort\n',
      'done',
    ]);
  });

  it('closes the connection when the loop is left', async () => {
    await connect(open({ task: taskIn('WORKING') }, status('WORKING')));
    const controller = new AbortController();
    const { signal } = controller;
    for await (const event of client.stream('hi', { signal })) {
      expect(event.kind).toBe('task');
      break;
    }
    await agent.allClosed();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('closes the connection when the text is left', async () => {
    await connect(open({ task: taskIn('WORKING') }, chunk('a')));
    for await (const text of client.streamText('hi')) {
      expect(text).toBe('a');
      break;
    }
    await agent.allClosed();
  });

  it('closes the connection when the loop throws', async () => {
    await connect(open({ task: taskIn('WORKING') }));
    const work = async () => {
      for await (const event of client.stream('hi')) {
        throw new Error(event.kind);
      }
    };
    await expect(work()).rejects.toThrow('task');
    await agent.allClosed();
  });

  it('closes the connection when it is aborted between two events', async () => {
    await connect(open({ task: taskIn('WORKING') }));
    const controller = new AbortController();
    const { signal } = controller;
    const events = client.stream('hi', { signal });
    await events.next();
    const next = events.next();
    controller.abort('enough');
    expect(await failureOf(next)).toMatchObject({
      name: 'A2AClientError',
      code: 'aborted',
      cause: 'enough',
    });
    await agent.allClosed();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('answers nothing after it was aborted, though it had arrived', async () => {
    await connect(
      streaming(binding, { task: taskIn('WORKING') }, status('WORKING')),
    );
    const controller = new AbortController();
    const events = client.stream('hi', { signal: controller.signal });
    await events.next();
    controller.abort();
    await expect(events.next()).rejects.toMatchObject({ code: 'aborted' });
  });

  it('sends nothing when it was aborted before', async () => {
    await connect(open());
    const signal = AbortSignal.abort();
    await expect(client.stream('hi', { signal }).next()).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(agent.calls).toEqual([]);
  });

  it('refuses an event that is too large, and closes the connection', async () => {
    await connect(open({ task: taskIn('WORKING') }, chunk('x'.repeat(2_000))), {
      maxEventBytes: 1_000,
    });
    const seen: StreamEvent[] = [];
    const work = async () => {
      for await (const event of client.stream('hi')) {
        seen.push(event);
      }
    };
    expect(await failureOf(work())).toMatchObject({
      name: 'A2AClientError',
      code: 'event-too-large',
    });
    expect(seen).toHaveLength(1);
    await agent.allClosed();
  });

  it('fails when the connection breaks and it is not to be resumed', async () => {
    await connect((request, response) => {
      beginStream(response);
      const text = frame(binding, request, { task: taskIn('WORKING') });
      response.write(text, () => response.destroy());
    });
    const events = client.stream('hi', { streamResumeMs: 0 });
    await events.next();
    expect(await failureOf(events.next())).toMatchObject({
      name: 'A2AClientError',
      code: 'connection-failed',
    });
  });

  it('ends without an error when the connection breaks after the final event', async () => {
    await connect((request, response) => {
      beginStream(response);
      const text = frame(binding, request, { task: taskIn('COMPLETED') });
      response.write(text, () => response.destroy());
    });
    expect(await collect(client.stream('hi'))).toHaveLength(1);
  });

  it('answers what comes right after the final event', async () => {
    const task = taskIn('COMPLETED');
    await connect(streaming(binding, status('COMPLETED'), { task }));
    const events = await collect(client.stream('hi'));
    expect(events.map(({ kind }) => kind)).toEqual(['status', 'task']);
  });

  it('ends when the client is closed', async () => {
    await connect(open({ task: taskIn('WORKING') }));
    const events = client.stream('hi');
    await events.next();
    const next = failureOf(events.next());
    const closed = agent.allClosed();
    await Promise.all([client.close(), client.close()]);
    expect(await next).toMatchObject({ code: 'closed' });
    await closed;
    await expect(client.getTask('t1')).rejects.toMatchObject({
      code: 'closed',
    });
    await expect(client.stream('hi').next()).rejects.toMatchObject({
      code: 'closed',
    });
  });
});
