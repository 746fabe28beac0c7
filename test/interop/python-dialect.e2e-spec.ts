import { A2AClient, type StreamEvent } from '@nest-a2a/client';
import { lastValueFrom, toArray } from 'rxjs';
import { DialectServer } from './python-dialect/dialect-server.js';
import {
  type Manners,
  SSE_MANNERS,
  UNUSUAL,
  USUAL,
} from './python-dialect/manners.js';

const DIALECTS = (['1.0', '0.3'] as const).flatMap((version) =>
  (['JSONRPC', 'HTTP+JSON'] as const).map((binding) => ({ version, binding })),
);

describe.each(DIALECTS)(
  'agents of other languages, $version over $binding',
  ({ version, binding }) => {
    const isV03 = version === '0.3';
    const isRest = binding === 'HTTP+JSON';
    let server: DialectServer;
    let client: A2AClient;

    beforeEach(async () => {
      server = await DialectServer.start({ version, binding });
      client = await A2AClient.connect(server.url);
    });

    afterEach(async () => {
      await client.close();
      await server.close();
    });

    const behave = (manners: Partial<Manners>) => {
      server.manners = { ...USUAL, ...manners };
    };

    const outline = (events: readonly StreamEvent[]) =>
      events.map(({ kind, text, state }) => `${kind} ${text || state}`);

    const collect = async <T>(values: AsyncIterable<T>) => {
      const list: T[] = [];
      for await (const value of values) list.push(value);
      return list;
    };

    it('are found, whatever letters and slashes their cards have', () => {
      expect(client.agentName).toBe('Dialect Agent');
      expect(client.agentInterface).toMatchObject({
        url: `${server.url}/a2a/`,
        protocolVersion: version,
      });
    });

    describe.each<[string, Partial<Manners>]>([
      ['the usual', {}],
      ['other', UNUSUAL],
    ])('with %s manners', (_, manners) => {
      beforeEach(() => behave(manners));

      it('answer a message with its finished task', async () => {
        const result = await client.send('report', {
          contextId: 'mine',
          historyLength: 3,
          acceptedOutputModes: ['text/plain'],
        });
        expect(result).toMatchObject({
          contextId: 'mine',
          state: 'completed',
          isTerminal: true,
          text: 'Report: Q1 is fine.',
        });
        expect(result.history.map(({ role }) => role)).toEqual(['ROLE_USER']);
      });

      it('answer a message that does not wait with a task that goes on', async () => {
        const early = await client.send('report', { blocking: false });
        expect(early.state).toBe('submitted');
        const late = await client.getTask(early.taskId, { historyLength: 1 });
        expect(late.state).toBe('completed');
      });

      it('give files and data back as they were sent', async () => {
        const parts = [
          { text: 'mirror' },
          { raw: 'AP8Q', mediaType: 'image/png', filename: 'x.png' },
          { url: 'https://a.example/?b=c', mediaType: 'text/csv' },
          { data: { snake_name: { camelName: [1.5, true, null] } } },
        ];
        const result = await client.send(parts);
        expect(result.artifact('a')?.parts).toEqual(parts);
        expect(result.files).toEqual(parts.slice(1, 3));
        expect(result.data).toEqual([parts[3]?.data]);
      });

      it('answer with a message and no task', async () => {
        const result = await client.send('say');
        expect(result).toMatchObject({
          isDirectMessage: true,
          text: 'Hello',
          completed: true,
        });
        const events = await collect(client.stream('say'));
        expect(outline(events)).toEqual(['message Hello']);
      });

      it('ask, and take the answer', async () => {
        const asked = await client.send('ask');
        expect(asked.inputRequired).toBe(true);
        expect(asked.text).toBe('Which quarter?');
        const { taskId } = asked;
        const answered = await client.send('Q1', { taskId });
        expect(answered).toMatchObject({ taskId, text: 'Q1', completed: true });
      });

      it('take a webhook with the message', async () => {
        const push = {
          url: 'https://hook.example/',
          token: 'secret',
          authentication: { scheme: 'Bearer', credentials: 'abc' },
        };
        const { taskId } = await client.send('wait', { push, blocking: false });
        expect(server.agent.pushesOf(taskId)).toMatchObject([push]);
        const { configs } = await client.listPushConfigs(taskId);
        expect(configs).toMatchObject([{ taskId, ...push }]);
      });

      it('register, show, list and remove webhooks', async () => {
        const { taskId } = await client.send('wait');
        const url = 'https://hook.example/';
        const created = await client.createPushConfig(taskId, {
          id: 'p1',
          url,
          token: 't',
        });
        expect(created).toMatchObject({ taskId, id: 'p1', url, token: 't' });
        expect(await client.getPushConfig(taskId, 'p1')).toEqual(created);
        const { configs } = await client.listPushConfigs(taskId);
        expect(configs).toEqual([created]);
        await client.deletePushConfig(taskId, 'p1');
        await expect(client.getPushConfig(taskId, 'p1')).rejects.toMatchObject({
          code: 'TASK_NOT_FOUND',
        });
      });

      it('stream what happens, with the whole task in between', async () => {
        const events = await collect(client.stream('report'));
        expect(outline(events)).toEqual([
          'task submitted',
          'status Gathering',
          'artifact Report: ',
          'artifact Q1 ',
          'task Report: Q1 ',
          'artifact is fine.',
          'status completed',
        ]);
        expect(events.at(-1)?.task).toMatchObject({
          state: 'completed',
          text: 'Report: Q1 is fine.',
        });
        expect(await collect(client.streamText('report'))).toEqual([
          'Report: ',
          'Q1 ',
          'is fine.',
        ]);
        const seen = await lastValueFrom(
          client.stream$('report').pipe(toArray()),
        );
        expect(outline(seen)).toEqual(outline(events));
      });

      it('let a task be followed', async () => {
        const { taskId } = await client.send('wait');
        const events = await collect(client.subscribe(taskId));
        expect(outline(events).slice(-2)).toEqual([
          'artifact It is done.',
          'status completed',
        ]);
        expect(events.at(-1)?.task).toMatchObject({
          taskId,
          state: 'completed',
          text: 'It is done.',
        });
      });

      it('let a task be waited for', async () => {
        const { taskId } = await client.send('wait');
        const result = await client.waitFor(taskId, { pollMs: 1 });
        expect(result).toMatchObject({ taskId, text: 'It is done.' });
      });

      it('cancel a task, once', async () => {
        const { taskId } = await client.send('wait');
        expect((await client.cancel(taskId)).canceled).toBe(true);
        await expect(client.cancel(taskId)).rejects.toMatchObject({
          code: 'TASK_NOT_CANCELABLE',
        });
      });

      it('list tasks in pages in 1.0 only', async () => {
        const ids: string[] = [];
        for (const text of ['report', 'ask', 'wait']) {
          const contextId = 'mine';
          ids.push((await client.send(text, { contextId })).taskId);
        }
        const list = (pageToken?: string) =>
          client.listTasks({ contextId: 'mine', pageSize: 2, pageToken });
        if (isV03) {
          await expect(list()).rejects.toMatchObject({
            code: 'UNSUPPORTED_OPERATION',
          });
          return;
        }
        const first = await list();
        const second = await list(first.nextPageToken);
        expect(
          [...first.tasks, ...second.tasks].map((one) => one.taskId),
        ).toEqual(ids);
        expect(second).toMatchObject({ totalSize: 3, nextPageToken: '' });
      });

      it('show more of themselves to those who ask', async () => {
        expect(await client.getExtendedCard()).toMatchObject({
          description: 'Does more for those who ask.',
          securitySchemes: {
            key: {
              apiKeySecurityScheme: { location: 'header', name: 'X-Key' },
            },
          },
          securityRequirements: [{ schemes: { key: { list: [] } } }],
        });
      });
    });

    it.each(Object.keys(SSE_MANNERS))('write streams %s', async (name) => {
      const sse = SSE_MANNERS[name];
      behave({ ...(sse && { sse }) });
      const texts = await collect(client.streamText('report'));
      expect(texts).toEqual(['Report: ', 'Q1 ', 'is fine.']);
    });

    it.each(['nothing', 'null', 'object', 'absent'] as const)(
      'answer a deletion with %s',
      async (deleted) => {
        behave({ deleted });
        const { taskId } = await client.send('wait');
        const url = 'https://hook.example/';
        const { id = '' } = await client.createPushConfig(taskId, { url });
        await client.deletePushConfig(taskId, id);
        expect(server.agent.pushesOf(taskId)).toEqual([]);
      },
    );

    const errors: Partial<Manners>[] = isRest
      ? (['code', 'type', 'class', 'problem'] as const).map((form) => ({
          errors: form,
        }))
      : [undefined, null, {}, [], ['why'], 'why'].map((errorData) => ({
          errorData,
        }));

    it.each(errors)('refuse calls with %j', async (manners) => {
      behave(manners);
      const { taskId } = await client.send('report');
      const calls: [() => Promise<unknown>, string][] = [
        [() => client.getTask('none'), 'TASK_NOT_FOUND'],
        [() => client.cancel(taskId), 'TASK_NOT_CANCELABLE'],
        [() => collect(client.subscribe(taskId)), 'UNSUPPORTED_OPERATION'],
        [() => collect(client.stream('x', { taskId: 'no' })), 'TASK_NOT_FOUND'],
        [() => collect(client.stream('break')), 'CONTENT_TYPE_NOT_SUPPORTED'],
      ];
      for (const [call, code] of calls) {
        await expect(call()).rejects.toMatchObject({ code });
      }
    });

    it.each(['event: error\n', ''] as const)(
      'break a stream off with an error after %j',
      async (errorEvent) => {
        behave({ errorEvent });
        const seen: StreamEvent[] = [];
        const follow = async () => {
          for await (const event of client.stream('break')) seen.push(event);
        };
        await expect(follow()).rejects.toMatchObject({
          code: 'CONTENT_TYPE_NOT_SUPPORTED',
        });
        expect(outline(seen)).toEqual(['task submitted', 'status working']);
      },
    );

    it.each(['both', 'GET, else 405', 'GET, else 404'] as const)(
      'let tasks be followed with %s',
      async (subscribe) => {
        behave({ subscribe });
        const { taskId } = await client.send('wait');
        const events = await collect(client.subscribe(taskId));
        expect(events.at(-1)?.state).toBe('completed');
      },
    );

    it('have states that nobody knows', async () => {
      const { state, isTerminal, isInterrupted } = await client.send('odd');
      expect([state, isTerminal, isInterrupted]).toEqual([
        'on-hold',
        false,
        false,
      ]);
    });

    it('end a stream before the task is at its end, which is followed further', async () => {
      const events = await collect(client.stream('wait'));
      expect(events.at(-1)).toMatchObject({
        isFinal: true,
        state: 'completed',
      });
      expect(events.at(-1)?.task.text).toBe('It is done.');
    });

    it('do not stream, and are asked again until the task is at its end', async () => {
      server.capabilities = { streaming: false };
      const poller = await A2AClient.connect(server.url);
      const { taskId } = await poller.send('wait');
      const waiting = poller.waitFor(taskId, { pollMs: 1 });
      await server.untilAsked(3);
      await poller.cancel(taskId);
      expect((await waiting).state).toBe('canceled');
      await poller.close();
    });
  },
);
