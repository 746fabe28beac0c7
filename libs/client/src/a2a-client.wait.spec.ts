import { getEventListeners } from 'node:events';
import {
  answering,
  beginStream,
  BINDINGS,
  failureOf,
  frame,
  json,
  type Script,
  ScriptedAgent,
  type SeenRequest,
  taskIn,
  wrap,
} from '../test/scripted-agent.js';

describe.each(BINDINGS)('waiting for a task over %s', (binding) => {
  let agent: ScriptedAgent;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
  });

  afterEach(() => agent.close());

  const isSubscription = ({ path, body }: SeenRequest) =>
    path.endsWith(':subscribe') || body?.method === 'SubscribeToTask';

  const calls = () =>
    agent.calls.map((one) => (isSubscription(one) ? 'subscribe' : 'get'));

  /** A task that goes through these states, one for each look at it. */
  function taskThrough(...states: string[]): Script {
    return (request, response) => {
      const state = states.length > 1 ? states.shift() : states[0];
      json(response, wrap(binding, request, taskIn(state ?? '')));
    };
  }

  async function waited(options = {}): Promise<string> {
    const client = await agent.connect(binding);
    try {
      return (await client.waitFor('t1', { pollMs: 1, ...options })).state;
    } finally {
      await client.close();
    }
  }

  it.each(['COMPLETED', 'FAILED', 'INPUT_REQUIRED', 'AUTH_REQUIRED'])(
    'answers at once a task that is %s',
    async (state) => {
      agent.script = answering(binding, taskIn(state));
      expect(await waited()).toBe(state.toLowerCase().replace('_', '-'));
      expect(calls()).toEqual(['get']);
    },
  );

  it('polls where the agent does not stream', async () => {
    agent.card.capabilities = {};
    agent.script = taskThrough('SUBMITTED', 'WORKING', 'WORKING', 'COMPLETED');
    expect(await waited()).toBe('completed');
    expect(calls()).toEqual(['get', 'get', 'get', 'get']);
  });

  it('follows the task where the agent streams, then looks once more', async () => {
    const look = taskThrough('WORKING', 'COMPLETED');
    agent.script = (request, response) => {
      if (!isSubscription(request)) {
        return look(request, response);
      }
      const frames = ['WORKING', 'COMPLETED'].map((state) =>
        frame(binding, request, { task: taskIn(state) }),
      );
      return beginStream(response).end(frames.join(''));
    };
    expect(await waited()).toBe('completed');
    expect(calls()).toEqual(['get', 'subscribe', 'get']);
  });

  it('follows it again when the stream is lost', async () => {
    const look = taskThrough('WORKING', 'WORKING', 'COMPLETED');
    agent.script = (request, response) => {
      if (!isSubscription(request)) {
        return look(request, response);
      }
      const text = frame(binding, request, { task: taskIn('WORKING') });
      return beginStream(response).write(text, () => response.destroy());
    };
    expect(await waited()).toBe('completed');
    expect(calls()).toEqual(['get', 'subscribe', 'get', 'subscribe', 'get']);
  });

  it('polls when the agent refuses to be followed', async () => {
    const look = taskThrough('WORKING', 'WORKING', 'COMPLETED');
    const error = {
      code: binding === 'JSONRPC' ? -32004 : 400,
      status: 'FAILED_PRECONDITION',
      message: 'x',
    };
    agent.script = (request, response) =>
      isSubscription(request)
        ? json(response, { error }, binding === 'JSONRPC' ? 200 : 400)
        : look(request, response);
    expect(await waited()).toBe('completed');
    expect(calls()).toEqual(['get', 'subscribe', 'get', 'get']);
  });

  it('fails with what the look at the task fails with', async () => {
    agent.script = (_, response) => json(response, {}, 503);
    await expect(waited()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('fails when its time is over', async () => {
    agent.card.capabilities = {};
    agent.script = answering(binding, taskIn('WORKING'));
    expect(await failureOf(waited({ timeoutMs: 100 }))).toMatchObject({
      name: 'A2AClientError',
      code: 'timeout',
    });
  });

  it('stops following when it is aborted', async () => {
    const controller = new AbortController();
    const look = answering(binding, taskIn('WORKING'));
    agent.script = (request, response) => {
      if (!isSubscription(request)) {
        return look(request, response);
      }
      const text = frame(binding, request, { task: taskIn('WORKING') });
      return beginStream(response).write(text, () => controller.abort());
    };
    const { signal } = controller;
    expect(await failureOf(waited({ signal }))).toMatchObject({
      code: 'aborted',
    });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await agent.allClosed();
  });

  it.each([0, Infinity, NaN])('refuses the interval %d', async (pollMs) => {
    await expect(waited({ pollMs })).rejects.toThrow(TypeError);
    expect(agent.calls).toEqual([]);
  });
});
