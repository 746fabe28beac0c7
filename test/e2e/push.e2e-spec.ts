import { WebhookSink } from '@nest-a2a/testing';
import {
  allEvents,
  BINDINGS,
  jsonRpc,
  sendParams,
  type WireBinding,
} from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { CREATE, DELETE, GET, LIST } from '../support/push-lab.js';
import { briefs } from '../support/webhook-answers.js';

const FIVE = ['WORKING', 'WORKING', 'WORKING', 'artifact', 'COMPLETED'];

function script({ worker }: TestAgent): void {
  worker.on('report', async (context) => {
    await context.sendStatus('Gathering data...');
    await context.sendStatus('Generating report...');
    await context.complete('Report: Q1 revenue was 4.2M, up 15% YoY.');
  });
  worker.on('ask', (context) => context.requestInput('Which quarter?'));
}

/** What the messages and artifacts of five bodies say. */
function textOf(body: any): string | undefined {
  const { statusUpdate, artifactUpdate } = body;
  const { parts } =
    artifactUpdate?.artifact ?? statusUpdate.status.message ?? {};
  return parts?.[0].text;
}

/** Starts a task whose worker waits, so that there is time to register. */
async function heldTask(agent: TestAgent, binding: WireBinding = jsonRpc) {
  const gate = new Gate();
  const name = `held-${Math.random()}`;
  agent.worker.on(name, async (context) => {
    await gate.pass();
    await context.complete('done');
  });
  const answer = await binding.call(
    agent.url,
    'SendMessage',
    sendParams(name, { configuration: { returnImmediately: true } }),
  );
  await gate.reached;
  return { taskId: binding.result(answer).task.id as string, gate };
}

describe.each(PLATFORMS)('push notifications on %s', (platform) => {
  let agent: TestAgent;
  let sink: WebhookSink;

  beforeAll(async () => {
    agent = await startAgent({ platform });
    script(agent);
  });
  beforeEach(async () => {
    sink = await WebhookSink.open();
  });
  afterEach(() => sink.close());
  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    const call = (operation: string, params: object) =>
      binding.call(agent.url, operation, params);
    const ok = async (operation: string, params: object) =>
      binding.result(await call(operation, params));

    it.each([
      ['a send that waits', 'SendMessage', {}],
      ['a send that does not', 'SendMessage', { returnImmediately: true }],
      ['a stream', 'SendStreamingMessage', {}],
    ])(
      'delivers every update in order, one StreamResponse each, for %s (A2A §4.3.3)',
      async (_title, operation, flags) => {
        const taskPushNotificationConfig = { url: sink.url };
        const configuration = { ...flags, taskPushNotificationConfig };
        const response = await binding.open(
          agent.url,
          operation,
          sendParams('report', { configuration }),
        );
        await response.text();
        const received = await sink.waitFor(5);
        expect(briefs(received)).toEqual(FIVE);
        expect(received.map(({ body }) => textOf(body))).toEqual([
          undefined,
          'Gathering data...',
          'Generating report...',
          'Report: Q1 revenue was 4.2M, up 15% YoY.',
          undefined,
        ]);
        const members = received.map(({ body }) => Object.keys(body));
        expect(members.every(({ length }) => length === 1)).toBe(true);
      },
    );

    it('sends what the stream sends, byte for byte', async () => {
      const taskPushNotificationConfig = { url: sink.url };
      const response = await binding.open(
        agent.url,
        'SendStreamingMessage',
        sendParams('report', { configuration: { taskPushNotificationConfig } }),
      );
      const [created, ...updates] = await allEvents(response);
      expect(binding.response(created!).task).toBeDefined();
      const received = await sink.waitFor(5);
      expect(received.map(({ raw }) => raw)).toEqual(
        updates.map((event) => JSON.stringify(binding.response(event))),
      );
    });

    it('delivers what follows a message to a task that exists, for its inline configuration', async () => {
      const { task } = await ok('SendMessage', sendParams('ask'));
      const taskPushNotificationConfig = { id: 'later', url: sink.url };
      await ok(
        'SendMessage',
        sendParams('report', {
          message: { taskId: task.id },
          configuration: { taskPushNotificationConfig },
        }),
      );
      const received = await sink.waitFor(6);
      expect(briefs(received)).toEqual(['SUBMITTED', ...FIVE]);
    });

    it('gives a configuration an id and keeps what it was given (A2A §3.1.7)', async () => {
      const { taskId, gate } = await heldTask(agent, binding);
      const given = {
        taskId,
        url: sink.url,
        token: 'my-secret-token',
        authentication: { scheme: 'Bearer', credentials: 'abc' },
      };
      const created = await ok(CREATE, given);
      const { id } = created;
      expect(created).toEqual({ ...given, id: expect.stringMatching(/^\S+$/) });
      expect(await ok(GET, { taskId, id })).toEqual(created);
      gate.open();
      const received = await sink.waitFor(2);
      expect(briefs(received)).toEqual(['artifact', 'COMPLETED']);
    });

    it('lists page by page, in the order of creation (A2A §3.1.9)', async () => {
      const { taskId, gate } = await heldTask(agent, binding);
      for (const id of ['c', 'a', 'b']) {
        await ok(CREATE, { taskId, id, url: sink.url });
      }
      const first = await ok(LIST, { taskId, pageSize: 2 });
      const { nextPageToken: pageToken } = first;
      const second = await ok(LIST, { taskId, pageSize: 2, pageToken });
      const ids = [...first.configs, ...second.configs].map(({ id }) => id);
      expect(ids).toEqual(['c', 'a', 'b']);
      expect(first.configs).toHaveLength(2);
      expect(second.nextPageToken).toBe('');
      const wrong = await call(LIST, { taskId, pageToken: '__proto__' });
      expect(JSON.stringify(wrong.body)).toContain('"field":"pageToken"');
      gate.open();
    });

    it('deletes for good; once more is a success too (A2A §3.1.10)', async () => {
      const { taskId, gate } = await heldTask(agent, binding);
      const other = await WebhookSink.open();
      await ok(CREATE, { taskId, id: 'gone', url: sink.url });
      await ok(CREATE, { taskId, id: 'stays', url: other.url });
      expect(await ok(DELETE, { taskId, id: 'gone' })).toEqual({});
      expect(await ok(DELETE, { taskId, id: 'gone' })).toEqual({});
      const answer = await call(GET, { taskId, id: 'gone' });
      expect(binding.reason(answer)).toBe('TASK_NOT_FOUND');
      gate.open();
      await other.waitFor(2);
      expect(sink.connections).toBe(0);
      await other.close();
    });

    it.each([
      [CREATE, { url: 'https://example.com/' }],
      [GET, { id: 'a' }],
      [LIST, {}],
      [DELETE, { id: 'a' }],
    ])(
      '%s says that a task is not there (A2A §3.3.2)',
      async (operation, rest) => {
        const answer = await call(operation, { taskId: 'nobody', ...rest });
        expect(binding.reason(answer)).toBe('TASK_NOT_FOUND');
      },
    );

    it('keeps the configurations of a task to that task', async () => {
      const [one, two] = [await heldTask(agent), await heldTask(agent)];
      await ok(CREATE, { taskId: one.taskId, id: 'same', url: sink.url });
      const foreign = { taskId: two.taskId, id: 'same' };
      const answer = await call(GET, foreign);
      expect(binding.reason(answer)).toBe('TASK_NOT_FOUND');
      expect((await ok(LIST, { taskId: two.taskId })).configs).toEqual([]);
      await ok(DELETE, foreign);
      two.gate.open();
      one.gate.open();
      const received = await sink.waitFor(2);
      expect(
        received.map(({ body }: any) => body[Object.keys(body)[0]!].taskId),
      ).toEqual([one.taskId, one.taskId]);
    });

    it('refuses one configuration too many and replaces at the limit', async () => {
      const { taskId, gate } = await heldTask(agent, binding);
      for (let count = 0; count < 10; count += 1) {
        await ok(CREATE, { taskId, id: `c${count}`, url: sink.url });
      }
      const answer = await call(CREATE, { taskId, id: 'c10', url: sink.url });
      expect(JSON.stringify(answer.body)).toContain(
        'has its 10 configurations',
      );
      const inline = await call(
        'SendMessage',
        sendParams('more', {
          message: { taskId },
          configuration: { taskPushNotificationConfig: { url: sink.url } },
        }),
      );
      expect(JSON.stringify(inline.body)).toContain(
        '"field":"configuration.taskPushNotificationConfig"',
      );
      const replaced = await ok(CREATE, { taskId, id: 'c9', url: sink.url });
      expect(replaced.id).toBe('c9');
      expect((await ok(LIST, { taskId })).configs).toHaveLength(10);
      gate.open();
    });
  });
});
