import { WebhookSink } from '@nest-a2a/testing';
import {
  callOldRpc,
  callOldRest,
  oldMessage,
  oldProtoMessage,
} from '../support/a2a-0-3.js';
import { jsonRpc } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

describe('webhooks of A2A 0.3', () => {
  let agent: TestAgent;
  let sink: WebhookSink;

  beforeEach(async () => {
    agent = await startAgent();
    sink = await WebhookSink.open();
    agent.worker.on('report', async (context) => {
      await context.sendStatus('Gathering data...');
      await context.emitText('Q1: ', { artifactId: 'r' });
      await context.emitText('4.2M', {
        artifactId: 'r',
        append: true,
        lastChunk: true,
      });
      await context.complete();
    });
  });

  afterEach(async () => {
    await agent.close();
    await sink.close();
  });

  const config = () => ({ id: 'c1', url: sink.url, token: 'secret' });

  it.each([
    [
      'JSON-RPC',
      () =>
        callOldRpc(agent.url, 'message/send', {
          message: oldMessage('report'),
          configuration: { pushNotificationConfig: config() },
        }),
    ],
    [
      'HTTP+JSON',
      () =>
        callOldRest(agent.url, '/message:send', {
          message: oldProtoMessage('report'),
          configuration: { pushNotification: config() },
        }),
    ],
  ])(
    'get the bare task as of each status, in the shapes of JSON-RPC, registered over %s',
    async (_binding, send) => {
      const { body } = await send();
      const { id } = body.result ?? body.task;
      await sink.waitFor(3);
      await agent.close();
      expect(sink.received).toHaveLength(3);
      const tasks = sink.received.map((request) => request.body as any);
      expect(tasks.map(({ kind, status }) => [kind, status.state])).toEqual([
        ['task', 'working'],
        ['task', 'working'],
        ['task', 'completed'],
      ]);
      expect(tasks.every((task) => task.id === id)).toBe(true);
      expect(tasks[1].status.message.parts).toEqual([
        { kind: 'text', text: 'Gathering data...' },
      ]);
      expect(tasks[2].artifacts).toEqual([
        {
          artifactId: 'r',
          parts: [
            { kind: 'text', text: 'Q1: ' },
            { kind: 'text', text: '4.2M' },
          ],
        },
      ]);
      for (const { headers } of sink.received) {
        expect(headers['content-type']).toBe('application/json');
        expect(headers['x-a2a-notification-token']).toBe('secret');
      }
    },
  );

  it('stand beside those of 1.0: each remembers its version', async () => {
    const gate = new Gate();
    agent.worker.on('held', async (context) => {
      await gate.pass();
      await context.complete('done');
    });
    const { body } = await callOldRpc(agent.url, 'message/send', {
      message: oldMessage('held'),
      configuration: { blocking: false, pushNotificationConfig: config() },
    });
    const taskId = body.result.id;
    await gate.reached;
    const current = await WebhookSink.open();
    await jsonRpc.call(agent.url, 'CreateTaskPushNotificationConfig', {
      taskId,
      id: 'c2',
      url: current.url,
    });
    gate.open();
    await current.waitFor(2);
    await agent.close();
    const members = current.received.map((one) => Object.keys(one.body));
    expect(members).toEqual([['artifactUpdate'], ['statusUpdate']]);
    const last = sink.received.at(-1)?.body as any;
    expect(last).toMatchObject({
      kind: 'task',
      status: { state: 'completed' },
    });
    await current.close();
  });

  it('are sent the same bytes again', async () => {
    sink.answerNext(500);
    await agent.close();
    agent = await startAgent({
      options: {
        push: {
          allowHttp: true,
          allowPrivateNetworks: true,
          scheduleMs: [0, 1, 1],
        },
      },
    });
    await callOldRpc(agent.url, 'message/send', {
      message: oldMessage('hi'),
      configuration: { pushNotificationConfig: config() },
    });
    await sink.waitFor(3);
    const [first, again] = sink.received;
    expect(again?.raw).toBe(first?.raw);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });
});
