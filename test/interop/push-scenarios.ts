import { CARD } from '../support/test-agent.js';
import { begin, type Sides, stateOf } from './calls.js';
import { EXTENDED, type InteropAgent } from './interop-agent.js';
import { type Scenario } from './scenario.js';

/** Webhooks. */
export const PUSHES: readonly Scenario[] = [
  {
    name: 'push configurations are created, read, listed and deleted',
    run: async (sides) => {
      const { client, sink } = sides;
      const { id: taskId } = await begin(sides, 'wait');
      const authentication = { scheme: 'Bearer', credentials: 'secret' };
      const config = { taskId, url: sink.url, token: 't', authentication };
      const created = await client.createPush(config);
      const { id } = created;
      const got = await client.getPush(taskId, id);
      const listed = await client.listPushes(taskId);
      await client.deletePush(taskId, id);
      const left = await client.listPushes(taskId);
      const gone = await client.getPush(taskId, id).then(
        () => false,
        () => true,
      );
      const same = [created, got, ...listed.configs].map(
        (one) => one.id === id && one.url === sink.url && one.taskId === taskId,
      );
      return { same, auth: got.authentication, left: left.configs ?? [], gone };
    },
    expected: {
      same: [true, true, true],
      auth: { scheme: 'Bearer', credentials: 'secret' },
      left: [],
      gone: true,
    },
  },
  {
    name: 'a webhook is told how the task ends, in the form of the version that asked for it',
    run: async (sides) => {
      const { agent, sink } = sides;
      const push = { url: sink.url, token: 'my-token' };
      const configuration = { taskPushNotificationConfig: push };
      const { id } = await begin(sides, 'work', configuration);
      agent.openGate();
      const { headers, body } = await lastWebhook(sides);
      const said = endIn(body, sides);
      return [
        headers['content-type'] === said.mediaType,
        said.taskId === id,
        said.state,
        headers['x-a2a-notification-token'],
      ];
    },
    expected: [true, true, 'completed', 'my-token'],
  },
];

/** What the last webhook says: 1.0 sends the event, 0.3 the task. */
function endIn({ statusUpdate, ...task }: any, { version }: Sides) {
  return version === '1.0'
    ? {
        mediaType: 'application/a2a+json',
        taskId: statusUpdate.taskId,
        state: stateOf(statusUpdate).toLowerCase(),
      }
    : {
        mediaType: 'application/json',
        taskId: task.kind === 'task' && task.id,
        state: task.status.state,
      };
}

async function lastWebhook({ sink }: Sides) {
  for (let count = 1; ; count++) {
    const webhook = (await sink.waitFor(count)).at(-1);
    if (webhook && /completed/i.test(webhook.raw)) return webhook;
  }
}

/** The extended card. */
export const CARDS: readonly Scenario[] = [
  {
    name: 'the extended card says more than the public one',
    run: async ({ client, agent }) => {
      const { name, description } = await client.extendedCard();
      const { description: open } = await publicCard(agent);
      return [name, description, open];
    },
    expected: [CARD.name, EXTENDED, CARD.description],
  },
];

async function publicCard({ url }: InteropAgent): Promise<any> {
  const answer = await fetch(`${url}/.well-known/agent-card.json`);
  return answer.json();
}
