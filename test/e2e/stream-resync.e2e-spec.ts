import { RESYNC_METADATA } from '@nest-a2a/protocol';
import { openOldRpc } from '../support/a2a-0-3.js';
import {
  allEvents,
  BINDINGS,
  httpJson,
  sendParams,
} from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { GRPC_AGENT, GrpcClient, grpcAddress } from '../support/grpc-client.js';
import { StreamReader } from '../support/stream-reader.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

/** What no event of a task has. */
const STRANGE_IDS = ['x', '-1', '1.5', '0', '1e3', '4711', '9'.repeat(20)];
const RESYNC = { [RESYNC_METADATA]: true };

describe('a reader that wants to go on after an event that is not there', () => {
  let agent: TestAgent;
  let gate: Gate;

  beforeAll(async () => {
    agent = await startAgent({ options: GRPC_AGENT });
    agent.worker.on('wait', async (context) => {
      await gate.pass();
      await context.complete();
    });
  });

  beforeEach(() => {
    gate = new Gate();
  });

  afterEach(() => gate.open());

  afterAll(() => agent.close());

  /** A task that waits for the gate: its Task, and WORKING. */
  async function waitingTask(): Promise<string> {
    const configuration = { returnImmediately: true };
    const params = sendParams('wait', { configuration });
    const { body } = await httpJson.call(agent.url, 'SendMessage', params);
    await gate.reached;
    return body.task.id as string;
  }

  it('is known by the name that documents say', () => {
    expect(RESYNC_METADATA).toBe('nest-a2a/resync');
  });

  describe.each(BINDINGS)('over $name', (binding) => {
    const subscribe = (id: string, lastId?: string) =>
      StreamReader.open(binding, agent.url, {
        operation: 'SubscribeToTask',
        params: { id },
        ...(lastId !== undefined && { headers: { 'Last-Event-ID': lastId } }),
      });

    it.each(STRANGE_IDS)(
      'gets the Task as it is, which says so, and what follows, for %s',
      async (lastId) => {
        const id = await waitingTask();
        const stream = await subscribe(id, lastId);
        const first = await stream.next();
        expect([first.id, stream.brief(first)]).toEqual(['2', 'task:WORKING']);
        expect(binding.response(first).task.metadata).toEqual(RESYNC);
        gate.open();
        expect(await stream.restInBrief()).toEqual(['COMPLETED']);
        const late = await subscribe(id, lastId);
        const [last, ...none] = await late.rest();
        expect(none).toEqual([]);
        expect(late.brief(last!)).toBe('task:COMPLETED');
        expect(binding.response(last!).task.metadata).toEqual(RESYNC);
      },
    );

    it('is the only one who is told', async () => {
      const id = await waitingTask();
      for (const lastId of [undefined, '', '1', '2']) {
        const stream = await subscribe(id, lastId);
        const { task } = binding.response(await stream.next());
        expect(task.metadata).toBeUndefined();
        stream.disconnect();
      }
      await (await subscribe(id, '99')).next().then(() => gate.open());
      const { body } = await httpJson.call(agent.url, 'GetTask', { id });
      expect(body.metadata).toBeUndefined();
    });
  });

  it('gets the same over gRPC', async () => {
    const client = new GrpcClient(grpcAddress(agent));
    const id = await waitingTask();
    const metadata = { 'last-event-id': '4711' };
    const stream = client.open('SubscribeToTask', { id }, { metadata });
    const { value: first } = await stream.next();
    expect(first.task.metadata).toEqual(RESYNC);
    gate.open();
    const { value: last } = await stream.next();
    expect(last.statusUpdate.status.state).toBe('TASK_STATE_COMPLETED');
    expect((await stream.next()).done).toBe(true);
    client.close();
  });

  it('gets the same in 0.3', async () => {
    const id = await waitingTask();
    gate.open();
    const headers = { 'Last-Event-ID': '4711' };
    const open = await openOldRpc(
      agent.url,
      'tasks/resubscribe',
      { id },
      { headers },
    );
    const [first] = await allEvents(open);
    expect(first?.data.result).toMatchObject({
      kind: 'task',
      metadata: RESYNC,
    });
  });
});
