import {
  all,
  begin,
  outlineOf,
  partsOf,
  say,
  type Sides,
  stateOf,
  textOf,
  untilState,
} from './calls.js';
import { isNotProto03, type Scenario } from './scenario.js';

const EVERY_PART = [
  { text: 'mirror: ünï' },
  { raw: 'AP8Q', mediaType: 'application/octet-stream' },
  { url: 'https://example.com/a?b=c', mediaType: 'text/plain' },
  { data: { list: [1.5, true, null], 'key with space': {} } },
];

const PARTS_WITH_MORE = [
  { text: 'mirror: ünï', metadata: { a: { b: [1, null, 'x'] } } },
  { raw: 'AP8Q', filename: 'x.bin', mediaType: 'application/octet-stream' },
];

const mirrored = (
  parts: readonly object[],
): Pick<Scenario, 'run' | 'expected'> => ({
  run: async ({ client }) => {
    const { task } = await client.send(say('', { message: { parts } }));
    // Where nothing is said, an agent of gRPC 0.3 reads 0.
    const { history } = await client.get({ id: task.id, historyLength: 5 });
    return [...partsOf(task), history[0].parts];
  },
  expected: [parts, parts],
});

/** Messages, and what is answered. */
export const SENDING: readonly Scenario[] = [
  {
    name: 'a message is answered with its finished task',
    run: async ({ client }) => {
      const { task } = await client.send(say('mirror: hi'));
      return [stateOf(task), partsOf(task)];
    },
    expected: ['COMPLETED', [[{ text: 'mirror: hi' }]]],
  },
  {
    name: 'parts of every kind arrive as they were sent, both ways',
    ...mirrored(EVERY_PART),
  },
  {
    name: 'what is said about a part arrives too',
    where: isNotProto03,
    ...mirrored(PARTS_WITH_MORE),
  },
  {
    name: 'a message that does not wait is answered with a running task',
    // The SDK leaves `blocking: false` out there, and who says nothing waits.
    where: ({ sdk, version, binding }) =>
      sdk === 'server' || version === '1.0' || binding !== 'HTTP+JSON',
    run: async (sides) => {
      const configuration = { returnImmediately: true };
      const { task } = await sides.client.send(say('work', { configuration }));
      const { id, status } = task;
      sides.agent.openGate();
      const done = await untilState(sides, id, 'COMPLETED');
      return [/SUBMITTED|WORKING/.test(status.state), partsOf(done)];
    },
    expected: [true, [[{ text: 'one, ' }, { text: 'two' }]]],
  },
  {
    name: 'a message is answered with a message and no task',
    run: async ({ client }) => {
      const { message, task } = await client.send(say('say'));
      const events = await all(client.stream(say('say')));
      return [task, message.role, textOf(message), outlineOf(events)];
    },
    expected: [undefined, 'ROLE_AGENT', 'Hello', ['message Hello']],
  },
  {
    name: 'a task that needs input goes on with the answer',
    run: async ({ client }) => {
      const first = (await client.send(say('ask'))).task;
      const { id: taskId, contextId } = first;
      const message = { taskId, contextId };
      const { task } = await client.send(say('mirror: Q1', { message }));
      return [
        stateOf(first),
        textOf(first.status.message),
        task.id === taskId && task.contextId === contextId,
        stateOf(task),
        partsOf(task),
      ];
    },
    expected: [
      'INPUT_REQUIRED',
      'Which quarter?',
      true,
      'COMPLETED',
      [[{ text: 'mirror: Q1' }]],
    ],
  },
];

/** Streams of messages and of tasks. */
export const STREAMING: readonly Scenario[] = [
  {
    name: 'a stream has the events as they happen, in order, and ends with the task',
    run: async ({ client, agent }) => {
      const seen: any[] = [];
      for await (const event of client.stream(say('work'))) {
        seen.push(event);
        if (event.artifactUpdate) agent.openGate();
      }
      const task = await client.get({ id: seen[0].task.id });
      return [...outlineOf(seen), partsOf(task)];
    },
    expected: [
      'task',
      'WORKING On it',
      'artifact one, ',
      'artifact two last',
      'COMPLETED',
      [[{ text: 'one, ' }, { text: 'two' }]],
    ],
  },
  {
    name: 'a stream ends where the task needs input',
    run: async ({ client }) => outlineOf(await all(client.stream(say('ask')))),
    expected: ['task', 'INPUT_REQUIRED Which quarter?'],
  },
  {
    name: 'a subscription begins with the task and follows it to its end',
    run: async (sides) => {
      const { client, agent } = sides;
      const { id } = await begin(sides, 'work');
      await untilArtifact(sides, id);
      const seen: any[] = [];
      for await (const event of client.subscribe(id)) {
        seen.push(event);
        agent.openGate();
      }
      const [{ task }] = seen;
      return [task.id === id, partsOf(task), outlineOf(seen)];
    },
    expected: [
      true,
      [[{ text: 'one, ' }]],
      ['task', 'artifact two last', 'COMPLETED'],
    ],
  },
];

async function untilArtifact({ client }: Sides, id: string): Promise<void> {
  while (partsOf(await client.get({ id })).length === 0);
}
