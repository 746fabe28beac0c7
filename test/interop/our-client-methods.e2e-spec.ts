import { A2AClient, type StreamEvent } from '@nest-a2a/client';
import { grpc } from '@nest-a2a/client/grpc';
import { WebhookSink } from '@nest-a2a/testing';
import { lastValueFrom, toArray } from 'rxjs';
import { EXTENDED, type InteropAgent } from './interop-agent.js';
import { type Dialect } from './interop-client.js';
import { startSdk } from './sdk-agent.js';

const DIALECTS = (['1.0', '0.3'] as const).flatMap((version) =>
  (['JSONRPC', 'HTTP+JSON', 'GRPC'] as const).map((binding): Dialect => ({
    binding,
    version,
  })),
);

// The SDK tells the console what it does.
for (const level of ['info', 'warn', 'error'] as const) {
  jest.spyOn(console, level).mockImplementation(() => undefined);
}

describe.each(DIALECTS)(
  'the methods of our client at the server of the SDK, $version over $binding',
  ({ binding, version }) => {
    let agent: InteropAgent;
    let client: A2AClient;

    beforeEach(async () => {
      agent = await startSdk();
      const options = { binding, versions: [version], bindings: [grpc()] };
      client = await A2AClient.connect(agent.url, options);
    });

    afterEach(async () => {
      await client.close();
      agent.openGate();
      await agent.close();
    });

    const collect = async <T>(values: AsyncIterable<T>) => {
      const list: T[] = [];
      for await (const value of values) list.push(value);
      return list;
    };

    /** A task that works until the gate is open. */
    const begin = async (text: string, more: object = {}) => {
      for await (const { taskId } of client.stream(text, more)) return taskId;
      throw new Error('There is no task');
    };

    const outline = (events: readonly StreamEvent[]) =>
      events
        .filter(({ kind }) => kind === 'artifact')
        .map(({ text }) => text)
        .join('|');

    it('text, files and data of results', async () => {
      const result = await client.send([
        { text: 'mirror: hi' },
        { raw: 'AP8Q', mediaType: 'application/octet-stream' },
        { url: 'https://example.com/a', mediaType: 'text/plain' },
        { data: { list: [1.5, true, null] } },
      ]);
      expect(result).toMatchObject({
        completed: true,
        text: 'mirror: hi',
        data: [{ list: [1.5, true, null] }],
      });
      expect(result.files).toMatchObject([
        { raw: 'AP8Q', mediaType: 'application/octet-stream' },
        { url: 'https://example.com/a', mediaType: 'text/plain' },
      ]);
      expect(result.artifact('result')?.parts).toHaveLength(4);
    });

    it('streamText', async () => {
      const texts: string[] = [];
      for await (const text of client.streamText('work')) {
        texts.push(text);
        agent.openGate();
      }
      expect(texts).toEqual(['one, ', 'two']);
    });

    it('streamText of a message and no task', async () => {
      expect(await collect(client.streamText('say'))).toEqual(['Hello']);
    });

    it('stream$', async () => {
      agent.openGate();
      const events = await lastValueFrom(
        client.stream$('work').pipe(toArray()),
      );
      expect(outline(events)).toBe('one, |two');
      expect(events.at(-1)?.task).toMatchObject({
        text: 'one, two',
        state: 'completed',
      });
    });

    it('subscribe, to the end of the task', async () => {
      const taskId = await begin('work');
      const events: StreamEvent[] = [];
      for await (const event of client.subscribe(taskId)) {
        events.push(event);
        agent.openGate();
      }
      expect(events[0]?.kind).toBe('task');
      expect(events.at(-1)).toMatchObject({
        isFinal: true,
        state: 'completed',
      });
      expect(events.at(-1)?.task.text).toBe('one, two');
    });

    it('waitFor', async () => {
      const taskId = await begin('work');
      const waiting = client.waitFor(taskId, { pollMs: 1 });
      agent.openGate();
      expect(await waiting).toMatchObject({ taskId, text: 'one, two' });
      expect((await client.waitFor(taskId)).completed).toBe(true);
    });

    it('waitFor, until the task needs an answer', async () => {
      const { taskId } = await client.send('ask');
      expect(await client.waitFor(taskId)).toMatchObject({
        inputRequired: true,
        text: 'Which quarter?',
      });
    });

    it('cancel, while somebody waits', async () => {
      const taskId = await begin('wait');
      const waiting = client.waitFor(taskId, { pollMs: 1 });
      expect((await client.cancel(taskId)).canceled).toBe(true);
      expect((await waiting).canceled).toBe(true);
    });

    it('send with a webhook, and its configurations', async () => {
      const sink = await WebhookSink.open();
      try {
        const push = { pushUrl: sink.url, pushToken: 'my-token' };
        const taskId = await begin('work', push);
        const { configs } = await client.listPushConfigs(taskId);
        expect(configs).toMatchObject([{ url: sink.url, token: 'my-token' }]);
        const id = configs[0]?.id ?? '';
        expect(await client.getPushConfig(taskId, id)).toMatchObject({
          taskId,
          url: sink.url,
        });
        const [first] = await sink.waitFor(1);
        expect(first?.headers['x-a2a-notification-token']).toBe('my-token');
        await client.deletePushConfig(taskId, id);
        expect((await client.listPushConfigs(taskId)).configs).toEqual([]);
        const other = { id: 'mine', url: sink.url };
        const made = await client.createPushConfig(taskId, other);
        expect(made).toMatchObject({ taskId, ...other });
      } finally {
        agent.openGate();
        await sink.close();
      }
    });

    it('getExtendedCard', async () => {
      const { description } = await client.getExtendedCard();
      expect(description).toBe(EXTENDED);
    });

    it('getTask with its history', async () => {
      const { taskId } = await client.send('mirror: hi');
      const { history } = await client.getTask(taskId, { historyLength: 5 });
      expect(history[0]?.parts).toEqual([{ text: 'mirror: hi' }]);
    });

    it('listTasks, and all pages', async () => {
      const contextId = (await client.send('mirror: 0')).contextId;
      for (const text of ['mirror: 1', 'mirror: 2', 'ask']) {
        await client.send(text, { contextId });
      }
      if (version === '0.3') {
        await expect(client.listTasks()).rejects.toMatchObject({
          code: 'UNSUPPORTED_OPERATION',
        });
        return;
      }
      const page = await client.listTasks({ contextId, pageSize: 3 });
      expect(page).toMatchObject({ totalSize: 4, pageSize: 3 });
      const all = await collect(client.allTasks({ contextId, pageSize: 3 }));
      expect(new Set(all.map(({ taskId }) => taskId)).size).toBe(4);
      const asked = { contextId, status: 'input-required' } as const;
      expect((await client.listTasks(asked)).tasks).toHaveLength(1);
    });

    it('conversation', async () => {
      const conversation = client.conversation();
      const asked = await conversation.send('ask');
      expect(asked.inputRequired).toBe(true);
      const answered = await conversation.send('mirror: Q1');
      expect(answered).toMatchObject({ taskId: asked.taskId, completed: true });
      const next = await conversation.send('mirror: again');
      expect(next.contextId).toBe(asked.contextId);
      expect(next.taskId).not.toBe(asked.taskId);
    });
  },
);
