import {
  A2AClient,
  type A2AClientOptions,
  type StreamEvent,
} from '@nest-a2a/client';
import { a2aMatchers } from '../matchers/index.js';
import { FakeAgent, type FakeAgentOptions } from './fake-agent.js';

expect.extend(a2aMatchers);

const DIALECTS = (['1.0', '0.3'] as const).flatMap((version) =>
  (['JSONRPC', 'HTTP+JSON'] as const).map(
    (binding) => [version, binding] as const,
  ),
);

/** Retries that take no time, so that a test need not wait. */
const RETRY = { maxAttempts: 4, baseDelayMs: 1, maxDelayMs: 1 };

describe('FakeAgent', () => {
  const closing: { close(): Promise<void> }[] = [];

  async function start(options?: FakeAgentOptions): Promise<FakeAgent> {
    const agent = await FakeAgent.start(options);
    closing.unshift(agent);
    return agent;
  }

  async function connect(
    agent: FakeAgent,
    options: A2AClientOptions = {},
  ): Promise<A2AClient> {
    const client = await A2AClient.connect(agent.url, {
      retry: RETRY,
      ...options,
    });
    closing.unshift(client);
    return client;
  }

  async function both(options: FakeAgentOptions = {}) {
    const agent = await start(options);
    return { agent, client: await connect(agent) };
  }

  afterEach(async () => {
    for (const one of closing.splice(0)) await one.close();
  });

  describe.each(DIALECTS)('in A2A %s over %s', (version, binding) => {
    const dialect = { versions: [version], bindings: [binding] };

    it('answers a message with one, or with a task in any state', async () => {
      const { agent, client } = await both(dialect);
      agent.next
        .reply('Hello')
        .task('The report')
        .task(undefined, { state: 'failed', message: 'No paper' })
        .task([{ data: { revenue: 42 } }], { state: 'input-required' });
      const direct = await client.send('Hi');
      expect([direct.isDirectMessage, direct.text]).toEqual([true, 'Hello']);
      const done = await client.send('Report');
      expect(done).toBeCompleted();
      expect(done).toHaveText('The report');
      expect(await client.send('Print')).toBeFailed('No paper');
      const asked = await client.send('More');
      expect(asked).toBeInState('input-required');
      expect(asked).toHaveArtifact({ data: { revenue: 42 } });
    });

    it('streams steps, and says what it was sent', async () => {
      const { agent, client } = await both(dialect);
      agent.next.updates(
        { status: 'Gathering' },
        'Q1 ',
        'was good',
        { artifact: { name: 'figures', data: [1, 2] } },
        { state: 'completed', message: 'Done' },
      );
      const events: StreamEvent[] = [];
      const metadata = { urgent: true };
      for await (const one of client.stream('Report', { metadata })) {
        events.push(one);
      }
      const texts = events.map(({ kind, text }) => `${kind} ${text}`.trim());
      expect(texts.slice(1)).toEqual([
        'status Gathering',
        'artifact Q1',
        'artifact was good',
        'artifact',
        'status Done',
      ]);
      const { task } = events.at(-1) as StreamEvent;
      expect(task).toBeCompleted();
      expect(task).toHaveArtifact({ text: 'Q1 was good' });
      expect(task).toHaveArtifact({ name: 'figures', data: [1, 2] });
      expect(agent.received).toMatchObject([
        {
          operation: 'SendStreamingMessage',
          text: 'Report',
          version,
          binding,
          params: { message: { metadata } },
          message: { role: 'ROLE_USER', parts: [{ text: 'Report' }] },
        },
      ]);
      expect(agent.received[0]?.headers['user-agent']).toBe('nest-a2a-client');
    });

    it('refuses with errors of the protocol', async () => {
      const { agent, client } = await both(dialect);
      agent.next.error('CONTENT_TYPE_NOT_SUPPORTED', 'No pictures');
      await expect(client.send('Hi')).rejects.toMatchObject({
        code: 'CONTENT_TYPE_NOT_SUPPORTED',
        message: 'No pictures',
      });
      await expect(client.getTask('t')).rejects.toMatchObject({
        code: 'TASK_NOT_FOUND',
      });
    });

    it('keeps tasks that can be asked for, followed and cancelled', async () => {
      const { agent, client } = await both(dialect);
      agent.next.updates({ status: 'Working' }, new Promise(() => undefined));
      const { taskId } = await client.send('Go', { blocking: false });
      const following = client.subscribe(taskId);
      expect((await following.next()).value?.kind).toBe('task');
      expect(await client.getTask(taskId)).toBeInState('working');
      expect(await client.cancel(taskId)).toBeInState('canceled');
      const seen: unknown[] = [];
      for await (const { state } of following) seen.push(state);
      expect(seen.at(-1)).toBe('canceled');
      await expect(client.cancel(taskId)).rejects.toMatchObject({
        code: 'TASK_NOT_CANCELABLE',
      });
    });

    it('remembers webhooks', async () => {
      const { client } = await both(dialect);
      const { taskId } = await client.send('Go', {
        pushUrl: 'https://example.com/hook',
      });
      const { configs } = await client.listPushConfigs(taskId);
      const [{ id = '', url } = {}] = configs;
      expect(url).toBe('https://example.com/hook');
      expect(await client.getPushConfig(taskId, id)).toMatchObject({ id, url });
      await client.deletePushConfig(taskId, id);
      expect((await client.listPushConfigs(taskId)).configs).toEqual([]);
    });
  });

  it('says again what nothing was said about, and lists its tasks', async () => {
    const { client } = await both();
    expect(await client.send('Hello')).toHaveText('Hello');
    expect(await client.send('Bye')).toBeCompleted();
    const { tasks, totalSize } = await client.listTasks({
      status: 'completed',
    });
    expect(tasks.map(({ text }) => text)).toEqual(['Bye', 'Hello']);
    expect(totalSize).toBe(2);
    expect((await client.listTasks({ status: 'failed' })).tasks).toEqual([]);
  });

  it('goes on with a task that asked something', async () => {
    const { agent, client } = await both();
    agent.next
      .task(undefined, { state: 'input-required', message: 'Which?' })
      .task('Q1 it is');
    const { taskId } = await client.send('Report');
    const answered = await client.send('Q1', { taskId });
    expect(answered).toBeCompleted();
    expect(answered.taskId).toBe(taskId);
    await expect(client.send('Q2', { taskId })).rejects.toMatchObject({
      code: 'UNSUPPORTED_OPERATION',
    });
  });

  it('answers by what a message says: the next first, then the latest rule, whose last answer stays', async () => {
    const { agent, client } = await both();
    const ask = async (text: string) => (await client.send(text)).text;
    agent.always.reply('default');
    agent.when('hello').reply('hi').reply('again');
    agent.when(/weather/g).reply('sunny');
    agent.when(({ message }) => message?.parts.length === 2).reply('two');
    agent.next.reply('first');
    expect(await ask('hello')).toBe('first');
    expect(await ask('hello')).toBe('hi');
    expect(await ask('hello')).toBe('again');
    expect(await ask('hello')).toBe('again');
    expect(await ask('the weather')).toBe('sunny');
    expect(await ask('the weather')).toBe('sunny');
    expect(await ask('else')).toBe('default');
    const two = await client.send([{ text: 'a' }, { text: 'b' }]);
    expect(two.text).toBe('two');
  });

  it('is unavailable so many times, and the client comes back', async () => {
    const { agent, client } = await both();
    agent.next.unavailable(2).task('At last');
    expect(await client.send('Hello')).toHaveText('At last');
    expect(agent.received.map(({ text }) => text)).toEqual(
      Array(3).fill('Hello'),
    );
    const { taskId } = await client.send('Hello');
    agent.whenAsked('GetTask').http(429, { headers: { 'Retry-After': '0' } });
    expect(await client.getTask(taskId)).toBeCompleted();
    const asked = agent.received.filter((one) => one.operation === 'GetTask');
    expect(asked).toHaveLength(2);
  });

  it('hangs up before it answers; a message may be lost then, unless the agent takes it once', async () => {
    const { agent, client } = await both();
    agent.next.cut();
    await expect(client.send('Hello')).rejects.toMatchObject({
      code: 'outcome-unknown',
    });
    const once = await both({ idempotent: true });
    once.agent.next.cut(2).task('Once');
    expect(await once.client.send('Hello')).toHaveText('Once');
    const [first, ...others] = once.agent.received;
    expect(others).toHaveLength(2);
    expect(others.at(-1)?.message?.messageId).toBe(first?.message?.messageId);
  });

  it('takes a message once, where it says so', async () => {
    const { agent, client } = await both({ idempotent: true });
    agent.next.task('one').task('two');
    const message = { messageId: 'm1', parts: [{ text: 'Hello' }] };
    const first = await client.send(message);
    expect((await client.send(message)).taskId).toBe(first.taskId);
    expect(await client.send('Hello')).toHaveText('two');
    const events: StreamEvent[] = [];
    for await (const one of client.stream(message)) events.push(one);
    expect(events.map(({ isFinal }) => isFinal)).toEqual([true]);
  });

  it('breaks a stream in its middle, and the client goes on', async () => {
    const { agent, client } = await both();
    agent.next.updates('one ', { cut: true }, 'two ', 'three');
    let text = '';
    for await (const chunk of client.streamText('Count')) text += chunk;
    expect(text).toBe('one two three');
    const operations = agent.received.map(({ operation }) => operation);
    expect(operations[0]).toBe('SendStreamingMessage');
    expect(operations.length).toBeGreaterThan(1);
  });

  it('waits for what a step waits for, and fails with it', async () => {
    const { agent, client } = await both();
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    agent.next.updates('one ', gate, 'two');
    const seen: string[] = [];
    for await (const chunk of client.streamText('Count')) {
      seen.push(chunk);
      go();
    }
    expect(seen).toEqual(['one ', 'two']);
    const broken = {
      then: (_: unknown, no: (why: Error) => void) => no(new Error('Broken')),
    };
    agent.next.updates(broken as PromiseLike<never>, 'never');
    expect(await client.send('Count')).toBeFailed(/Broken/);
  });

  it('holds every answer until it is released', async () => {
    const { agent, client } = await both();
    const release = agent.hold();
    const sending = client.send('Hello');
    await agent.waitFor(1);
    await expect(
      client.send('Hello', { timeoutMs: 50, retry: false }),
    ).rejects.toMatchObject({ code: 'outcome-unknown' });
    release();
    expect(await sending).toBeCompleted();
  });

  it('shows the card that it was given', async () => {
    const { client } = await both({
      card: { name: 'Weather', capabilities: { streaming: false } },
    });
    expect(client.agentName).toBe('Weather');
    expect(client.agentInterface.protocolVersion).toBe('1.0');
    await expect(client.getExtendedCard()).rejects.toMatchObject({
      code: 'UNSUPPORTED_OPERATION',
    });
  });

  it('refuses what it does not speak, and what nobody does', async () => {
    const agent = await start({ versions: ['1.0'], bindings: ['JSONRPC'] });
    const post = async (path: string, body: string) => {
      const response = await fetch(agent.url + path, { method: 'POST', body });
      return [response.status, await response.json()];
    };
    const rpc = (method: string) =>
      post('/', JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: {} }));
    expect(await rpc('message/send')).toMatchObject([
      200,
      { id: 1, error: { code: expect.any(Number) } },
    ]);
    expect(await rpc('SendMessage')).toMatchObject([
      200,
      { error: { code: -32602 } },
    ]);
    expect(await post('/message:send', '{}')).toMatchObject([404, {}]);
    expect(await post('/nothing', '{')).toMatchObject([400, {}]);
    expect(agent.received).toEqual([]);
  });

  it('closes while somebody waits', async () => {
    const { agent, client } = await both();
    agent.next.updates('one ', new Promise(() => undefined));
    const reading = client.stream('Count', { streamResumeMs: 0 });
    await reading.next();
    const next = (async () => {
      while (!(await reading.next()).done);
    })();
    await agent.close();
    await agent.close();
    await expect(next).rejects.toMatchObject({ code: 'connection-failed' });
  });
});
