import { until } from '../support/until.js';
import {
  all,
  begin,
  partsOf,
  reasons,
  say,
  stateOf,
  textOf,
  untilState,
} from './calls.js';
import { isNotProto03, type Scenario } from './scenario.js';

/** Reading and ending tasks. */
export const TASKS: readonly Scenario[] = [
  {
    name: 'a task has no more history than was asked for',
    run: async ({ client }) => {
      const { id: taskId } = (await client.send(say('ask'))).task;
      const message = { taskId };
      await client.send(say('mirror: hi', { message }));
      const { history } = await client.get({ id: taskId, historyLength: 1 });
      return history.map(textOf);
    },
    expected: ['mirror: hi'],
  },
  {
    name: 'a task has no history where none was asked for',
    where: isNotProto03,
    run: async ({ client }) => {
      const { id } = (await client.send(say('mirror: hi'))).task;
      const { history } = await client.get({ id, historyLength: 0 });
      return history ?? [];
    },
    expected: [],
  },
  {
    name: 'the tasks of a conversation are listed in pages, the newest first',
    where: ({ version }) => version === '1.0',
    run: async ({ client }) => {
      const first = (await client.send(say('mirror: 1'))).task;
      const { contextId } = first;
      const message = { contextId };
      await nextMillisecond();
      const second = (await client.send(say('mirror: 2', { message }))).task;
      await client.send(say('mirror: other'));
      const page = (pageToken: string, rest: object = {}) =>
        client.list({ contextId, pageSize: 1, pageToken, ...rest });
      const one = await page('');
      const two = await page(one.nextPageToken, { includeArtifacts: true });
      return {
        ids: [...one.tasks, ...two.tasks].map(({ id }) => id === second.id),
        total: [one.totalSize, two.totalSize, two.nextPageToken ?? ''],
        artifacts: [...one.tasks, ...two.tasks].flatMap(partsOf),
        first: two.tasks[0].id === first.id,
      };
    },
    expected: {
      ids: [true, false],
      total: [2, 2, ''],
      artifacts: [[{ text: 'mirror: 1' }]],
      first: true,
    },
  },
  {
    name: 'a running task is cancelled',
    run: async (sides) => {
      const { id } = await begin(sides, 'wait');
      await untilState(sides, id, 'WORKING');
      const canceled = await sides.client.cancel(id);
      const task = await sides.client.get({ id });
      return [stateOf(canceled), stateOf(task)];
    },
    expected: ['CANCELED', 'CANCELED'],
  },
];

/** Tasks are sorted by milliseconds. */
async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  await until(() => Date.now() > now);
}

/** What is refused, and why. */
export const ERRORS: readonly Scenario[] = [
  {
    name: 'a task that is not there is the same error everywhere',
    run: (sides) => {
      const { client } = sides;
      const taskId = 'nobody';
      const message = { taskId };
      return reasons(sides, {
        get: () => client.get({ id: taskId }),
        cancel: () => client.cancel(taskId),
        subscribe: () => all(client.subscribe(taskId)),
        send: () => client.send(say('hi', { message })),
        stream: () => all(client.stream(say('hi', { message }))),
        push: () => client.createPush({ taskId, url: sides.sink.url }),
      });
    },
    expected: {
      get: 'TASK_NOT_FOUND',
      cancel: 'TASK_NOT_FOUND',
      subscribe: 'TASK_NOT_FOUND',
      send: 'TASK_NOT_FOUND',
      stream: 'TASK_NOT_FOUND',
      push: 'TASK_NOT_FOUND',
    },
  },
  {
    name: 'a finished task stays finished',
    run: async (sides) => {
      const { client } = sides;
      const { id: taskId } = (await client.send(say('mirror: hi'))).task;
      const message = { taskId };
      return reasons(sides, {
        cancel: () => client.cancel(taskId),
        subscribe: () => all(client.subscribe(taskId)),
        send: () => client.send(say('hi', { message })),
        stream: () => all(client.stream(say('hi', { message }))),
      });
    },
    expected: {
      cancel: 'TASK_NOT_CANCELABLE',
      subscribe: 'UNSUPPORTED_OPERATION',
      send: 'UNSUPPORTED_OPERATION',
      stream: 'UNSUPPORTED_OPERATION',
    },
  },
  {
    name: 'a message that cannot be accepted is refused for its reason',
    run: async (sides) => {
      const { client } = sides;
      const { id: taskId } = (await client.send(say('ask'))).task;
      const strange = [{ raw: 'AP8Q', mediaType: 'application/x-strange' }];
      const send = (message: object) => () =>
        client.send(say('mirror: hi', { message }));
      return reasons(sides, {
        parts: send({ parts: [] }),
        context: send({ taskId, contextId: 'another' }),
        mediaType: send({ parts: strange }),
      });
    },
    expected: {
      parts: 'INVALID_PARAMS',
      context: 'INVALID_PARAMS',
      mediaType: 'CONTENT_TYPE_NOT_SUPPORTED',
    },
  },
];
