import { A2AWorker, TaskService } from '@nest-a2a/server';
import { BINDINGS, jsonRpc, sendParams } from '../support/a2a-http.js';
import {
  CREATE,
  DELETE,
  GET,
  LIST,
  PushLab,
  type PushLabOptions,
} from '../support/push-lab.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { CARD } from '../support/test-agent.js';
import { briefs, headersOf, heldBy } from '../support/webhook-answers.js';

function inlineSend(config: object = { url: 'https://example.com/' }) {
  const configuration = { taskPushNotificationConfig: config };
  return sendParams('hi', { configuration });
}

describe('push notifications', () => {
  let lab: PushLab;

  const start = async (options: PushLabOptions = {}) => {
    lab = await PushLab.start(options);
    return lab;
  };

  afterEach(async () => {
    await lab.close();
  });

  it('say who sends, which event it is, and which was before', async () => {
    const { clock, logs } = await start();
    const sink = await lab.openSink();
    await lab.send('hi', {
      url: sink.url,
      token: 'my-secret-token',
      authentication: { scheme: 'Bearer', credentials: 'abc' },
    });
    const received = await sink.waitFor(3);
    const all = (name: string) => headersOf(received, name);
    expect(all('content-type')).toEqual(Array(3).fill('application/a2a+json'));
    for (const name of ['x-a2a-notification-token', 'a2a-notification-token']) {
      expect(all(name)).toEqual(Array(3).fill('my-secret-token'));
    }
    expect(all('authorization')).toEqual(Array(3).fill('Bearer abc'));
    expect(all('a2a-event-sequence')).toEqual(['2', '3', '4']);
    expect(all('a2a-previous-sequence')).toEqual(['0', '2', '3']);
    const ids = all('webhook-id');
    expect(new Set(ids).size).toBe(3);
    ids.forEach((id) => expect(id).toMatch(/^evt_[\w-]+$/));
    const now = String(clock.now() / 1_000);
    expect(all('webhook-timestamp')).toEqual(Array(3).fill(now));
    expect(logs.troubles).toEqual([]);
  });

  it('have no header that nobody asked for', async () => {
    const { agent } = await start();
    const sink = await lab.openSink();
    const config = {
      url: sink.url,
      token: '',
      authentication: { scheme: 'Bearer' },
    };
    await jsonRpc.call(agent.url, 'SendMessage', inlineSend(config));
    const [first] = await sink.waitFor(1);
    expect(Object.keys(first!.headers).sort()).toEqual([
      'a2a-event-sequence',
      'a2a-previous-sequence',
      'accept-encoding',
      'connection',
      'content-length',
      'content-type',
      'host',
      'webhook-id',
      'webhook-signature',
      'webhook-timestamp',
    ]);
  });

  it('go to the receiver that took the place of the one before, from the event on that it had not taken (D22)', async () => {
    await start();
    const [old, next] = [await lab.openSink(), await lab.openSink()];
    const config = { id: 'mine', url: old.url, token: 'old' };
    const { taskId, step } = await lab.steppedTask(config);
    const gate = lab.newGate();
    await old.waitFor(1);
    old.answerNext(heldBy(gate));
    step(1);
    await gate.reached;
    const replacement = { taskId, id: 'mine', url: next.url, token: 'new' };
    await lab.call(CREATE, replacement);
    await next.waitFor(1);
    gate.open();
    step(2);
    step(3);
    const received = await next.waitFor(4);
    const sequences = headersOf(received, 'a2a-event-sequence');
    expect(sequences).toEqual(['3', '4', '5', '6']);
    const tokens = headersOf(received, 'x-a2a-notification-token');
    expect(tokens).toEqual(Array(4).fill('new'));
    const [id] = headersOf(received, 'webhook-id');
    expect(id).toBe(old.received[1]!.headers['webhook-id']);
    expect(old.received).toHaveLength(2);
    const { configs } = await lab.call(LIST, { taskId });
    expect(configs).toEqual([replacement]);
  });

  it('go there at once also where the new receiver came with a message', async () => {
    await start();
    const [old, next] = [await lab.openSink(), await lab.openSink()];
    old.answerNext(500);
    const { taskId } = await lab.steppedTask({ id: 'mine', url: old.url });
    await lab.recorder.nth(1);
    const config = { id: 'mine', url: next.url };
    await lab.send('more', config, { message: { taskId } });
    expect(briefs(await next.waitFor(1))).toEqual(['WORKING']);
  });

  it('go to each of two receivers', async () => {
    await start();
    const sinks = [await lab.openSink(), await lab.openSink()];
    const { taskId, step } = await lab.steppedTask();
    for (const { url } of sinks) await lab.call(CREATE, { taskId, url });
    [1, 2, 3].forEach(step);
    for (const sink of sinks) {
      const received = await sink.waitFor(4);
      expect(briefs(received)).toEqual([
        'WORKING',
        'WORKING',
        'WORKING',
        'COMPLETED',
      ]);
    }
  });

  it('have one attempt left at most when their configuration is deleted (A2A §3.1.10) (D21)', async () => {
    await start();
    const [deleted, other] = [await lab.openSink(), await lab.openSink()];
    const gate = lab.newGate();
    deleted.answerNext(heldBy(gate, 500));
    const config = { id: 'gone', url: deleted.url };
    const { taskId, step } = await lab.steppedTask(config);
    await gate.reached;
    await lab.call(CREATE, { taskId, url: other.url });
    step(1);
    await other.waitFor(1);
    await lab.call(DELETE, { taskId, id: 'gone' });
    gate.open();
    step(2);
    step(3);
    await other.waitFor(4);
    await lab.clock.leapTo(lab.clock.now() + 86_400_000);
    const again = await lab.openSink();
    await lab.send('hi', { url: again.url });
    await again.waitFor(3);
    expect(deleted.received).toHaveLength(1);
    const query = { taskId, configId: 'gone', limit: 9 };
    expect(await lab.service.attempts(query)).toEqual([]);
  });

  it.each(['failed', 'paused'])(
    'have no attempt left when their configuration is deleted while it has %s (A2A §3.1.10) (D21)',
    async (state) => {
      const { service, recorder, clock } = await start();
      const deleted = await lab.openSink();
      deleted.answerNext(500);
      const config = { id: 'gone', url: deleted.url };
      const { taskId, step } = await lab.steppedTask(config);
      const { nextAt } = await recorder.nth(1);
      if (state === 'paused') await service.pause(taskId, 'gone');
      step(1);
      await lab.call(DELETE, { taskId, id: 'gone' });
      [2, 3].forEach(step);
      await clock.leapTo(nextAt! + 86_400_000);
      const again = await lab.openSink();
      await lab.send('hi', { url: again.url });
      await again.waitFor(3);
      expect(deleted.received).toHaveLength(1);
      expect(await service.resume(taskId, 'gone')).toBe(false);
    },
  );

  it('end with their task when that is deleted', async () => {
    const { agent, service, logs } = await start();
    const [deleted, other] = [await lab.openSink(), await lab.openSink()];
    const gate = lab.newGate();
    deleted.answerNext(heldBy(gate));
    const taskId = await lab.send('hi', { id: 'a', url: deleted.url });
    await gate.reached;
    expect(await agent.app.get(TaskService).delete(taskId)).toBe(true);
    gate.open();
    await lab.send('hi', { url: other.url });
    await other.waitFor(3);
    expect(deleted.received).toHaveLength(1);
    expect(await service.configurations(taskId)).toEqual([]);
    const answer = await jsonRpc.call(agent.url, GET, { taskId, id: 'a' });
    expect(jsonRpc.reason(answer)).toBe('TASK_NOT_FOUND');
    expect(logs.troubles).toEqual([]);
  });

  it('show no secrets to anybody where the operator wants that', async () => {
    const { service } = await start({ push: { redactSecrets: true } });
    const sink = await lab.openSink();
    const { taskId, step } = await lab.steppedTask();
    const created = await lab.call(CREATE, {
      taskId,
      id: 'a',
      url: sink.url,
      token: 'my-secret-token',
      authentication: { scheme: 'Bearer', credentials: 'abc' },
    });
    const authentication = { scheme: 'Bearer' };
    const shown = { id: 'a', taskId, url: sink.url, authentication };
    expect(created).toEqual(shown);
    expect(await lab.call(GET, { taskId, id: 'a' })).toEqual(shown);
    expect((await lab.call(LIST, { taskId })).configs).toEqual([shown]);
    expect(await service.configurations(taskId)).toEqual([shown]);
    step(1);
    const [first] = await sink.waitFor(1);
    expect(first!.headers.authorization).toBe('Bearer abc');
  });

  it('belong to the one who created the task (A2A §13.1)', async () => {
    const { agent } = await start({
      options: { principal: (request: any) => request.headers['x-user'] },
    });
    const as = async (user: string, operation: string, params: object) => {
      const init = { headers: { 'x-user': user } };
      const response = await jsonRpc.open(agent.url, operation, params, init);
      return (await response.json()) as any;
    };
    const { result } = await as('ann', 'SendMessage', sendParams('hi'));
    const taskId = result.task.id;
    const config = { taskId, id: 'a', url: 'https://example.com/' };
    expect((await as('ann', CREATE, config)).result).toEqual(config);
    for (const operation of [CREATE, GET, LIST, DELETE]) {
      const { error } = await as('bob', operation, config);
      expect(error.code).toBe(-32001);
    }
    expect((await as('ann', GET, config)).result).toEqual(config);
  });

  it('tell nothing of a task that turned out to be a direct reply', async () => {
    @A2AWorker({ directReplies: true })
    class ReplyingWorker extends ScriptedWorker {}
    const { agent } = await start({
      providers: [
        ReplyingWorker,
        { provide: ScriptedWorker, useExisting: ReplyingWorker },
      ],
    });
    const sink = await lab.openSink();
    agent.worker.on('hi', (context) => context.reply('hello'));
    const { message } = await lab.call(
      'SendMessage',
      inlineSend({ url: sink.url, token: 'reply' }),
    );
    expect(message.parts).toEqual([{ text: 'hello' }]);
    await lab.send('task', { url: sink.url, token: 'task' });
    const received = await sink.waitFor(3);
    const tokens = headersOf(received, 'a2a-notification-token');
    expect(tokens).toEqual(Array(3).fill('task'));
  });

  describe.each(BINDINGS)('of an agent without them, over $name', (binding) => {
    it.each([
      [CREATE, { taskId: 't', url: 'https://example.com/' }],
      [GET, { taskId: 't', id: 'a' }],
      [LIST, { taskId: 't' }],
      [DELETE, { taskId: 't', id: 'a' }],
      ['SendMessage', inlineSend()],
      ['SendStreamingMessage', inlineSend()],
    ])('are refused for %s (A2A §3.3.4)', async (operation, params) => {
      const { agent } = await start({
        options: { agentCard: { ...CARD, capabilities: {} } },
      });
      const answer = await binding.call(agent.url, operation, params);
      expect(binding.reason(answer)).toBe('PUSH_NOTIFICATION_NOT_SUPPORTED');
    });
  });
});
