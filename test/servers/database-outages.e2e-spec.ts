import pg from 'pg';
import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { GrpcClient, grpcAddress } from '../support/grpc-client.js';
import { InstanceLab, submit, taskOf } from '../support/instance-lab.js';
import { describeWithOwnPostgres } from '../support/postgres-server.js';
import { expectRefusal } from '../support/refusals.js';
import { StreamReader } from '../support/stream-reader.js';
import { type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const REQUESTS: [operation: string, params: any][] = [
  ['SendMessage', sendParams('hi')],
  ['SendStreamingMessage', sendParams('hi')],
  ['GetTask', { id: 't' }],
  ['ListTasks', {}],
  ['CancelTask', { id: 't' }],
  ['SubscribeToTask', { id: 't' }],
  ['ListTaskPushNotificationConfigs', { taskId: 't' }],
];
const CONNECTIONS = 25;

describeWithOwnPostgres('a database that is away', () => {
  let lab: InstanceLab;

  beforeAll(async () => {
    lab = await InstanceLab.open({ maxConnections: CONNECTIONS });
  }, 60_000);

  afterEach(() => lab.endTest());

  afterAll(() => lab.stop());

  /** Asserts that an instance answers each request with an error that says when to come again. */
  async function expectUnavailable(agent: TestAgent): Promise<void> {
    for (const binding of BINDINGS) {
      for (const [operation, params] of REQUESTS) {
        const answer = await binding.call(agent.url, operation, params);
        expectRefusal(binding, answer, 'UNAVAILABLE');
        expect(answer.headers.get('retry-after')).toBe('1');
      }
    }
    const client = new GrpcClient(grpcAddress(agent));
    for (const [operation, params] of REQUESTS) {
      const { status } = await client.refusal(operation as 'GetTask', params);
      expect(status.code).toBe(14);
    }
    client.close();
  }

  async function expectEcho({ url }: TestAgent): Promise<void> {
    const params = sendParams('hi');
    const { body } = await httpJson.call(url, 'SendMessage', params);
    expect(body.task.status.state).toBe('TASK_STATE_COMPLETED');
  }

  it('costs requests an error that says when to come again, and nothing once it is back', async () => {
    const agent = await lab.start();
    await expectEcho(agent);
    await lab.server.crash();
    await expectUnavailable(agent);
    await lab.server.start();
    await expectEcho(agent);
  }, 60_000);

  it('is waited for by a turn that runs, its stream and its webhook (D17)', async () => {
    const turn = { leaseMs: 60_000, heartbeatMs: 500 };
    const [first, second] = [await lab.start({ turn }), await lab.start()];
    const gate = lab.newGate();
    first.worker.on('through', async (context) => {
      await context.emitText('before');
      await gate.pass();
      await context.emitText('after');
      await context.complete();
    });
    const sink = await lab.openSink();
    const config = { id: 'a', url: sink.url };
    const id = await submit(first, 'through', { config });
    const streams = await Promise.all(
      [first, second].map(({ url }) =>
        StreamReader.open(BINDINGS[0]!, url, {
          operation: 'SubscribeToTask',
          params: { id },
          headers: { 'Last-Event-ID': '1' },
        }),
      ),
    );
    await gate.reached;
    // What is being delivered when the database goes away waits for its claim to expire.
    const areNoted = async () => {
      const text = 'select count(*)::int as n from $schema.attempt';
      return (await lab.query(text))[0].n === 1;
    };
    await until(areNoted, 'the first delivery');
    await lab.server.crash();
    gate.open();
    // Both have noticed by then.
    await expectUnavailable(first);
    await lab.server.start();
    for (const stream of streams) {
      expect(await stream.restInBrief()).toEqual([
        'task:SUBMITTED',
        'WORKING',
        'artifact',
        'artifact',
        'COMPLETED',
      ]);
    }
    await sink.waitFor(3);
    expect((await taskOf(second, id)).artifacts[0].parts).toEqual([
      { text: 'before' },
      { text: 'after' },
    ]);
  }, 60_000);

  it('may end all connections at any time', async () => {
    const agents = [await lab.start(), await lab.start()];
    const gate = lab.newGate();
    agents[0]?.worker.on('wait', async (context) => {
      await gate.pass();
      await context.complete();
    });
    const id = await submit(agents[0]!, 'wait');
    await gate.reached;
    const stream = await StreamReader.open(BINDINGS[1]!, agents[1]!.url, {
      operation: 'SubscribeToTask',
      params: { id },
    });
    await lab.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()',
    );
    gate.open();
    expect((await stream.restInBrief()).at(-1)).toBe('COMPLETED');
    for (const agent of agents) {
      const isBack = async () => {
        const params = sendParams('hi');
        const answer = await httpJson.call(agent.url, 'SendMessage', params);
        return answer.status === 200;
      };
      await until(isBack, 'the instance to be back');
    }
  }, 60_000);

  it('may have no connection left for a time', async () => {
    const agent = await lab.start({ store: { wake: 'poll' } });
    await expectEcho(agent);
    const guests = await occupy();
    await until(guests.haveAll, 'the connections to run out');
    await expectUnavailable(agent);
    await guests.leave();
    const isBack = async () =>
      (await httpJson.call(agent.url, 'ListTasks', {})).status === 200;
    await until(isBack, 'the instance to be back');
    await expectEcho(agent);
  }, 60_000);

  /** Takes every connection that the server has left, and those of the instance as they end. */
  async function occupy() {
    const clients: pg.Client[] = [];
    const take = async () => {
      for (;;) {
        const client = new pg.Client({ connectionString: lab.server.url });
        client.on('error', () => undefined);
        try {
          await client.connect();
          clients.push(client);
        } catch {
          return;
        }
      }
    };
    await take();
    const pids = async () => {
      const rows = await clients[0]!.query(
        `select pid from pg_stat_activity where application_name like 'nest-a2a%'`,
      );
      return rows.rows.map(({ pid }) => pid as number);
    };
    return {
      haveAll: async () => {
        for (const pid of await pids()) {
          await clients[0]!.query('select pg_terminate_backend($1)', [pid]);
        }
        const before = clients.length;
        await take();
        return clients.length === before && (await pids()).length === 0;
      },
      leave: () => Promise.all(clients.map((client) => client.end())),
    };
  }

  it('is an error that says why where an application starts, without its password', async () => {
    const url = 'postgres://somebody:secret@127.0.0.1:1/nothing';
    const error: any = await lab.start({ store: { url } }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(error.message).toMatch(
      /no connection to PostgreSQL: .*ECONNREFUSED/,
    );
    expect(String(error.stack)).not.toContain('secret');
  });
});
