import { type A2AClient, type StreamEvent } from '@nest-a2a/client';
import { type ScriptedWorker } from './scripted-worker.js';

/** One thing that a client does, and all that it sees. */
export interface Scenario {
  readonly title: string;
  /** Versions that have no form for it are left out. */
  readonly onlySince?: '1.0';
  /** What a client must see, where that says more than that all see the same. */
  readonly expected?: unknown;
  /** @returns what must be the same over every binding and version */
  run(client: A2AClient): Promise<unknown>;
}

/** What the worker of the scenarios does. */
export function scriptScenarios(worker: ScriptedWorker): void {
  worker.on('report', async (context) => {
    await context.sendStatus('Gathering data...');
    await context.emitText('Q1: ', { artifactId: 'report', name: 'Report' });
    await context.emitText('4.2M', { artifactId: 'report', lastChunk: true });
    await context.complete();
  });
  worker.on('ask', (context) => context.requestInput('Which quarter?'));
  worker.on('login', (context) => context.requestAuth('Please log in'));
  worker.on('fail', (context) => context.fail('No figures'));
  worker.on('reject', (context) => context.reject('Not today'));
  worker.on('throw', () => {
    throw new Error('internal detail');
  });
  worker.on('reply', (context) => context.reply('hello'));
  worker.on('mirror', (context) => context.complete(context.parts.slice(1)));
}

const everyEvent = async (events: AsyncIterable<StreamEvent>) => {
  const all: StreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all.map(({ raw }) => raw);
};

const refusal = async (call: Promise<unknown>) => {
  try {
    await call;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { code, message };
  }
  throw new Error('The call was not refused');
};

const reading = async (events: AsyncIterable<unknown>) => {
  for await (const event of events) void event;
};

const NOBODY = 'no-such-task';
const PNG = { raw: 'iVBORw0K', mediaType: 'image/png', filename: 'x.png' };
const LINK = {
  url: 'https://example.com/x.csv',
  mediaType: 'text/csv',
  filename: 'x.csv',
};

/** The one table of what every binding and version must do alike (A2A §5.1). */
export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'a send that waits answers with the finished task',
    run: async (client) => (await client.send('hi')).raw,
  },
  {
    title: 'a send that does not wait answers with the task as it begins',
    run: async (client) => {
      const { taskId, isTerminal } = await client.send('ask', {
        blocking: false,
      });
      const { raw } = await client.waitFor(taskId);
      return [isTerminal, raw];
    },
  },
  {
    title: 'a stream begins with the task and ends with its end',
    run: (client) => everyEvent(client.stream('report')),
  },
  {
    title: 'a stream ends with a question',
    run: (client) => everyEvent(client.stream('ask')),
  },
  {
    title: 'a question is answered in the same task',
    run: async (client) => {
      const { taskId, contextId } = await client.send('ask');
      await client.send('Q1', { taskId, contextId });
      return (await client.getTask(taskId)).raw;
    },
  },
  {
    title: 'a task that needs a login waits for it, and takes a message',
    run: async (client) => {
      const asked = await client.send('login');
      const { taskId } = asked;
      return [asked.raw, (await client.send('done', { taskId })).raw];
    },
  },
  {
    title: 'a direct message needs no task, in an answer and in a stream',
    run: async (client) => [
      (await client.send('reply')).raw,
      await everyEvent(client.stream('reply')),
    ],
  },
  {
    title: 'files, links and data come back as they went',
    run: async (client) => {
      const sent = [PNG, LINK, { data: { a: [1, null, { b: 'ü' }] } }];
      const { raw } = await client.send([{ text: 'mirror' }, ...sent]);
      return raw;
    },
  },
  {
    title: 'data that is no object comes back as it went',
    run: async (client) => {
      const data = [[1, 2], 'text', 7, true, null].map((value) => ({
        data: value,
      }));
      return (await client.send([{ text: 'mirror' }, ...data])).raw;
    },
  },
  {
    title: 'metadata of a message and of its parts stays with them',
    run: async (client) => {
      const part = { text: 'hi', metadata: { page: 1 } };
      const { raw } = await client.send([part], {
        metadata: { 'https://example.com/ext': { a: [1] } },
      });
      return raw;
    },
  },
  ...(['fail', 'reject', 'throw'] as const).map((text) => ({
    title: `a worker that does "${text}" ends the task the same way`,
    run: async (client: A2AClient) => (await client.send(text)).raw,
  })),
  {
    title: 'a task has as much history as is wanted',
    run: async (client) => {
      const { taskId } = await client.send('ask');
      await client.send('Q1', { taskId });
      const one = await client.getTask(taskId, { historyLength: 1 });
      return [one.raw, (await client.getTask(taskId)).raw];
    },
  },
  {
    title: 'a cancellation ends a task, and again is the same',
    run: async (client) => {
      const { taskId } = await client.send('ask');
      const first = (await client.cancel(taskId)).raw;
      return [first, (await client.cancel(taskId)).raw];
    },
  },
  {
    title: 'a subscription begins with the task and ends with it',
    run: async (client) => {
      const { taskId } = await client.send('login');
      const events = client.subscribe(taskId);
      const first = await events.next();
      await client.cancel(taskId);
      return [first.value?.raw, await everyEvent(events)];
    },
  },
  {
    title: 'webhooks are registered, read, listed and removed',
    run: async (client) => {
      const { taskId } = await client.send('ask');
      const config = {
        id: 'c1',
        url: 'http://localhost:9/hook',
        token: 'secret',
        authentication: { scheme: 'Bearer', credentials: 'x' },
      };
      const created = await client.createPushConfig(taskId, config);
      const got = await client.getPushConfig(taskId, 'c1');
      const { configs } = await client.listPushConfigs(taskId);
      await client.deletePushConfig(taskId, 'c1');
      const gone = await refusal(client.getPushConfig(taskId, 'c1'));
      return [created, got, configs, gone.code];
    },
  },
  {
    title: 'a webhook comes inline with a message',
    run: async (client) => {
      const push = { id: 'c2', url: 'http://localhost:9/', token: 't' };
      const { taskId } = await client.send('ask', { push });
      return client.getPushConfig(taskId, 'c2');
    },
  },
  {
    title: 'a task that is not there is not found, whatever is asked of it',
    expected: Array<unknown>(7).fill({
      code: 'TASK_NOT_FOUND',
      message: expect.any(String),
    }),
    run: async (client) => [
      await refusal(client.getTask(NOBODY)),
      await refusal(client.cancel(NOBODY)),
      await refusal(client.send('hi', { taskId: NOBODY })),
      await refusal(reading(client.subscribe(NOBODY))),
      await refusal(client.getPushConfig(NOBODY, 'c')),
      await refusal(client.deletePushConfig(NOBODY, 'c')),
      await refusal(
        client.createPushConfig(NOBODY, { url: 'http://localhost:9/' }),
      ),
    ],
  },
  {
    title: 'a finished task takes no message, no cancellation, no subscription',
    expected: [
      'UNSUPPORTED_OPERATION',
      'TASK_NOT_CANCELABLE',
      'UNSUPPORTED_OPERATION',
    ],
    run: async (client) => {
      const { taskId } = await client.send('hi');
      return [
        (await refusal(client.send('more', { taskId }))).code,
        (await refusal(client.cancel(taskId))).code,
        (await refusal(reading(client.subscribe(taskId)))).code,
      ];
    },
  },
  {
    title: 'a context that is not the task’s is refused',
    expected: 'INVALID_PARAMS',
    run: async (client) => {
      const { taskId } = await client.send('ask');
      const call = client.send('x', { taskId, contextId: 'another' });
      return (await refusal(call)).code;
    },
  },
  {
    title: 'content that the agent does not take is refused',
    expected: {
      code: 'CONTENT_TYPE_NOT_SUPPORTED',
      message: expect.any(String),
    },
    run: (client) =>
      refusal(
        client.send([{ raw: 'AA==', mediaType: 'application/x-unknown' }]),
      ),
  },
  {
    title: 'a webhook at a forbidden place is refused',
    expected: 'INVALID_PARAMS',
    run: async (client) => {
      const { taskId } = await client.send('ask');
      const call = client.createPushConfig(taskId, { url: 'ftp://x/' });
      return (await refusal(call)).code;
    },
  },
  {
    title: 'an extended card that is not there is refused',
    expected: {
      code: 'EXTENDED_AGENT_CARD_NOT_CONFIGURED',
      message: expect.any(String),
    },
    run: (client) => refusal(client.getExtendedCard()),
  },
  {
    title: 'tasks are listed by context and state, page by page',
    onlySince: '1.0',
    run: async (client) => {
      const { contextId } = await client.send('hi');
      await client.send('ask', { contextId });
      await client.send('again', { contextId });
      const first = await client.listTasks({ contextId, pageSize: 2 });
      const rest = await client.listTasks({
        contextId,
        pageSize: 2,
        pageToken: first.nextPageToken,
      });
      const asking = await client.listTasks({
        contextId,
        status: 'input-required',
        includeArtifacts: true,
      });
      return [first, rest, asking].map(({ tasks, totalSize, pageSize }) => [
        tasks.map(({ raw }) => raw),
        totalSize,
        pageSize,
      ]);
    },
  },
];
