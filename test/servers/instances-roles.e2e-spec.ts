import { TaskService } from '@nest-a2a/server';
import {
  BINDINGS,
  brief,
  httpJson,
  jsonRpc,
  sendParams,
} from '../support/a2a-http.js';
import { DeliveryRecorder } from '../support/delivery-recorder.js';
import { InstanceLab, submit } from '../support/instance-lab.js';
import { held } from '../support/internals.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { StreamReader } from '../support/stream-reader.js';
import { type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const EVENTS = [
  'task:SUBMITTED',
  'WORKING',
  'WORKING',
  'artifact',
  'COMPLETED',
];

describeWithPostgres('one instance for each role', () => {
  let lab: InstanceLab;
  let api: TestAgent;
  let worker: TestAgent;
  let push: TestAgent;

  beforeAll(async () => {
    lab = await InstanceLab.open();
  }, 60_000);

  afterEach(() => lab.endTest());

  afterAll(() => lab.stop());

  const start = async (wake: 'notify' | 'poll') => {
    const store = { wake };
    api = await lab.start({ store, roles: ['api'] });
    worker = await lab.start({ store, roles: ['worker'] });
    push = await lab.start({ store, roles: ['push'] });
    worker.worker.on('say', async (context) => {
      await context.sendStatus('hello');
      await context.complete('done');
    });
  };

  const briefs = (bodies: readonly { body: any }[]) =>
    bodies.map(({ body }) => brief(body));

  describe.each(['notify', 'poll'] as const)('told by %s', (wake) => {
    it('answers, works and delivers webhooks together', async () => {
      await start(wake);
      const recorder = new DeliveryRecorder(push.app);
      const sink = await lab.openSink();
      const config = { id: 'a', url: sink.url };
      const configuration = { taskPushNotificationConfig: config };
      const params = sendParams('say', { configuration });
      const { body } = await httpJson.call(api.url, 'SendMessage', params);
      expect(body.task.status.state).toBe('TASK_STATE_COMPLETED');
      const received = await sink.waitFor(EVENTS.length - 1);
      expect(briefs(received)).toEqual(EVENTS.slice(1));
      const attempts = await recorder.waitFor(EVENTS.length - 1);
      expect(attempts.map(({ outcome }) => outcome)).toEqual(
        EVENTS.slice(1).map(() => 'delivered'),
      );
    });

    it('delivers to a webhook that was registered while the task ran', async () => {
      await start(wake);
      const gate = lab.newGate();
      worker.worker.on('wait', async (context) => {
        await gate.pass();
        await context.complete('done');
      });
      const taskId = await submit(api, 'wait');
      await gate.reached;
      const sink = await lab.openSink();
      await httpJson.call(api.url, 'CreateTaskPushNotificationConfig', {
        taskId,
        id: 'late',
        url: sink.url,
      });
      gate.open();
      expect(briefs(await sink.waitFor(2))).toEqual(['artifact', 'COMPLETED']);
    });

    it.each(BINDINGS)(
      'streams what another process does, over $name',
      async (binding) => {
        await start(wake);
        const stream = await StreamReader.open(binding, api.url, {
          operation: 'SendStreamingMessage',
          params: sendParams('say'),
        });
        expect(await stream.restInBrief()).toEqual(EVENTS);
      },
    );
  });

  it('serves no routes where there is no api, and its services everywhere', async () => {
    await start('notify');
    for (const { url } of [worker, push]) {
      const answer = await fetch(`${url}/tasks`);
      expect(answer.status).toBe(404);
    }
    const taskId = await submit(api, 'say');
    const stateIn = async ({ app }: TestAgent) => {
      const task = await app.get(TaskService).get(taskId);
      return task?.status.state;
    };
    const isDone = async () => (await stateIn(push)) === 'TASK_STATE_COMPLETED';
    await until(isDone, 'the task to end');
    expect(await stateIn(worker)).toBe('TASK_STATE_COMPLETED');
  });

  it('keeps messages until a worker is there, and webhooks until somebody delivers', async () => {
    api = await lab.start({ roles: ['api'] });
    const sink = await lab.openSink();
    const config = { id: 'a', url: sink.url };
    const first = await submit(api, 'say', { config });
    const { body } = await jsonRpc.call(api.url, 'GetTask', { id: first });
    expect(body.result.status.state).toBe('TASK_STATE_SUBMITTED');
    worker = await lab.start({ roles: ['worker'] });
    const hasEnded = async () => {
      const task = await worker.app.get(TaskService).get(first);
      return task?.status.state === 'TASK_STATE_COMPLETED';
    };
    await until(hasEnded, 'the task to end');
    expect(sink.received).toHaveLength(0);
    push = await lab.start({ roles: ['push'] });
    const received = await sink.waitFor(3);
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'COMPLETED']);
    expect(held(api.app).watchedTasks).toBe(0);
  });
});
