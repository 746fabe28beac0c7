import { type ProcessRole, type TaskContext } from '@nest-a2a/server';
import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { type Gate } from '../support/gate.js';
import { GrpcClient, grpcAddress } from '../support/grpc-client.js';
import { InstanceLab, submit, taskOf } from '../support/instance-lab.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { aborted } from '../support/running-task.js';
import { StreamReader } from '../support/stream-reader.js';
import { type TestAgent } from '../support/test-agent.js';

const API: ProcessRole[] = ['api'];
/** Nobody waits for a heartbeat or for the end of a grace period in these tests. */
const UNHURRIED = {
  turn: { leaseMs: 600_000, heartbeatMs: 300_000 },
  cancelGraceMs: 600_000,
};
const TEXTS = ['a', '😀', 'b\u0000c', 'd\nid: 99\n\ndata: e', 'f'];

describeWithPostgres('instances on one database', () => {
  let lab: InstanceLab;
  let worker: TestAgent;
  let other: TestAgent;

  beforeAll(async () => {
    lab = await InstanceLab.open();
  }, 60_000);

  afterEach(() => lab.endTest());

  afterAll(() => lab.stop());

  const startBoth = async (wake: 'notify' | 'poll', options: object = {}) => {
    const store = { wake };
    worker = await lab.start({ ...UNHURRIED, store, ...options });
    other = await lab.start({ ...UNHURRIED, store, roles: API, ...options });
  };

  /** A task that says something before and after the gate. */
  function steps(gate: Gate) {
    return async (context: TaskContext) => {
      for (const text of TEXTS) await context.emitText(text);
      await context.sendStatus('half of it');
      await gate.pass();
      for (const text of TEXTS) await context.emitText(text);
      await context.complete('done');
    };
  }

  describe.each(['notify', 'poll'] as const)('told by %s', (wake) => {
    it.each(BINDINGS)(
      'send the same bytes in the same order, whichever runs the task, over $name',
      async (binding) => {
        await startBoth(wake);
        const gate = lab.newGate();
        worker.worker.on('steps', steps(gate));
        const id = await submit(worker, 'steps');
        await gate.reached;
        const open = ({ url }: TestAgent, headers: object = {}) =>
          binding.open(
            url,
            'SubscribeToTask',
            { id },
            { headers: { ...headers } },
          );
        const streams = [
          await open(worker, { 'Last-Event-ID': '1' }),
          await open(other, { 'Last-Event-ID': '1' }),
        ];
        const joined = [await open(worker), await open(other)];
        gate.open();
        const [atWorker, atOther] = await Promise.all(
          streams.map((stream) => stream.text()),
        );
        expect(atOther).toBe(atWorker);
        const ids = [...(atOther ?? '').matchAll(/^id: (\d+)$/gm)].map(
          ([, seq]) => Number(seq),
        );
        // The Task, WORKING, the chunks and the status between them, the result, COMPLETED.
        expect(ids.length).toBeGreaterThan(2 * TEXTS.length + 4);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        const [late, lateOther] = await Promise.all(
          joined.map((stream) => stream.text()),
        );
        expect(lateOther).toBe(late);
      },
    );

    it('send the same over gRPC', async () => {
      await startBoth(wake);
      const gate = lab.newGate();
      worker.worker.on('steps', steps(gate));
      const id = await submit(worker, 'steps');
      await gate.reached;
      const clients = [worker, other].map(
        (agent) => new GrpcClient(grpcAddress(agent)),
      );
      const metadata = { 'last-event-id': '1' };
      const all = async (client: GrpcClient) => {
        const events: unknown[] = [];
        const stream = client.open('SubscribeToTask', { id }, { metadata });
        for await (const event of stream) {
          events.push(event);
          if (events.length === TEXTS.length) gate.open();
        }
        return events;
      };
      const [atWorker, atOther] = await Promise.all(clients.map(all));
      clients.forEach((client) => client.close());
      expect(atOther).toEqual(atWorker);
      expect(atOther?.length).toBeGreaterThan(2 * TEXTS.length + 4);
    });

    it.each(BINDINGS)(
      'answer a blocking send where another one has the worker, over $name',
      async (binding) => {
        await startBoth(wake);
        const params = sendParams('hi');
        const answer = await binding.call(other.url, 'SendMessage', params);
        const { task } = binding.result(answer);
        expect(task.status.state).toBe('TASK_STATE_COMPLETED');
        expect(task.artifacts[0].parts).toEqual([{ text: 'echo: hi' }]);
        expect(await taskOf(worker, task.id)).toEqual(task);
      },
    );

    it('stream a message that another one works on, from its beginning', async () => {
      await startBoth(wake);
      const stream = await StreamReader.open(BINDINGS[0]!, other.url, {
        operation: 'SendStreamingMessage',
        params: sendParams('hi'),
      });
      expect(await stream.restInBrief()).toEqual([
        'task:SUBMITTED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
    });
  });

  it('go on with a reader of another one, during the task and after its end', async () => {
    await startBoth('notify');
    const gate = lab.newGate();
    worker.worker.on('steps', steps(gate));
    const id = await submit(worker, 'steps');
    await gate.reached;
    const binding = BINDINGS[1]!;
    const open = ({ url }: TestAgent, lastId: string) =>
      StreamReader.open(binding, url, {
        operation: 'SubscribeToTask',
        params: { id },
        headers: { 'Last-Event-ID': lastId },
      });
    const first = await open(worker, '1');
    const seen = [await first.next(), await first.next(), await first.next()];
    first.disconnect();
    const second = await open(other, seen.at(-1)?.id ?? '');
    const asOf = await second.next();
    expect(asOf.id).toBe(seen.at(-1)?.id);
    const next = await second.next();
    second.disconnect();
    gate.open();
    const third = await open(worker, next.id ?? '');
    const [, ...rest] = await third.rest();
    const late = await open(other, '1');
    const whole = await late.rest();
    expect([...seen, next, ...rest].map((event) => event.id)).toEqual(
      whole.map((event) => event.id),
    );
    expect([...seen.slice(1), next, ...rest]).toEqual(whole.slice(1));
  });

  it('end the worker of another one at once when its task is canceled', async () => {
    await startBoth('notify');
    let isStopped = false;
    worker.worker.on('hang', async (context) => {
      void gate.pass();
      await aborted(context);
      isStopped = true;
    });
    const gate = lab.newGate();
    const id = await submit(worker, 'hang');
    await gate.reached;
    // Neither a heartbeat nor the end of the grace period would come in time.
    const { body } = await httpJson.call(other.url, 'CancelTask', { id });
    expect(body.status.state).toBe('TASK_STATE_CANCELED');
    expect(isStopped).toBe(true);
  });

  it('end it at the next heartbeat where nobody tells it', async () => {
    const turn = { leaseMs: 60_000, heartbeatMs: 200 };
    await startBoth('poll', { turn });
    const gate = lab.newGate();
    let isStopped = false;
    worker.worker.on('hang', async (context) => {
      void gate.pass();
      await aborted(context);
      isStopped = true;
    });
    const id = await submit(worker, 'hang');
    await gate.reached;
    const { body } = await httpJson.call(other.url, 'CancelTask', { id });
    expect(body.status.state).toBe('TASK_STATE_CANCELED');
    expect(isStopped).toBe(true);
  });
});
