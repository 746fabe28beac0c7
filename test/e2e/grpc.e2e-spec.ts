import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { type Operation } from '@nest-a2a/protocol';
import { sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import {
  brief,
  GRPC_AGENT,
  grpcAddress,
  GrpcClient,
} from '../support/grpc-client.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

const EXTENSION = 'https://a.example/ext/v1';
const CARD = {
  name: 'Test Agent',
  description: 'Does what tests say.',
  version: '1.0.0',
  capabilities: { pushNotifications: true, extensions: [{ uri: EXTENSION }] },
};
const NOT_WAITING = { configuration: { returnImmediately: true } };

describe('the gRPC binding (A2A §10)', () => {
  let agent: TestAgent;
  let client: GrpcClient;

  beforeAll(async () => {
    agent = await startAgent({
      options: { ...GRPC_AGENT, agentCard: CARD, cancelGraceMs: 0 },
    });
    client = new GrpcClient(grpcAddress(agent));
  });

  afterAll(async () => {
    client.close();
    await agent.close();
  });

  const send = async (text: string, rest: object = {}) =>
    (await client.call('SendMessage', sendParams(text, rest))).body;
  const waiting = async () => {
    const gate = new Gate();
    agent.worker.on('wait', async (context) => {
      await gate.pass();
      await context.complete('done');
    });
    const { task } = await send('wait', NOT_WAITING);
    return { gate, task };
  };

  it('sends a message and answers the task (A2A §3.1.1)', async () => {
    const { task } = await send('hello');
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(task.artifacts[0].parts).toEqual([{ text: 'echo: hello' }]);
  });

  it('carries null, bytes and data without loss, both ways', async () => {
    const parts = [
      { text: 'parts' },
      { data: null },
      { data: { a: [1, null, { b: true }] } },
      { raw: 'AAEC', filename: 'x', mediaType: 'text/plain' },
    ];
    const { task } = await send('', { message: { parts } });
    expect(task.history[0].parts).toEqual(parts);
  });

  it('streams what happens to a task, the task first (A2A §3.1.2)', async () => {
    const events: string[] = [];
    for await (const event of client.open(
      'SendStreamingMessage',
      sendParams('hello'),
    )) {
      events.push(brief(event));
    }
    expect(events).toEqual([
      'task SUBMITTED',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
  });

  it('gets, lists, cancels and follows tasks', async () => {
    const { gate, task } = await waiting();
    const { id, contextId } = task;
    const got = await client.call('GetTask', { id, historyLength: 0 });
    expect(got.body).toMatchObject({ id, contextId });
    expect(got.body.history).toBeUndefined();
    const listed = await client.call('ListTasks', { contextId, pageSize: 5 });
    expect(listed.body).toMatchObject({
      tasks: [{ id }],
      pageSize: 5,
      totalSize: 1,
    });
    const events: string[] = [];
    for await (const event of client.open('SubscribeToTask', { id })) {
      events.push(brief(event));
      if (events.length === 1) gate.open();
    }
    expect(events).toEqual(['task WORKING', 'artifact', 'COMPLETED']);
    const other = await waiting();
    const canceled = await client.call('CancelTask', { id: other.task.id });
    expect(canceled.body.status.state).toBe('TASK_STATE_CANCELED');
    other.gate.open();
  });

  it('keeps push notification configurations (A2A §3.1.7–§3.1.10)', async () => {
    const { gate, task } = await waiting();
    const config = { taskId: task.id, id: 'p', url: 'http://127.0.0.1:9/x' };
    const created = await client.call(
      'CreateTaskPushNotificationConfig',
      config,
    );
    expect(created.body).toMatchObject(config);
    const named = { taskId: task.id, id: 'p' };
    const got = await client.call('GetTaskPushNotificationConfig', named);
    expect(got.body).toMatchObject(config);
    const list = () =>
      client.call('ListTaskPushNotificationConfigs', { taskId: task.id });
    expect((await list()).body.configs).toHaveLength(1);
    const deleted = await client.call(
      'DeleteTaskPushNotificationConfig',
      named,
    );
    expect(deleted.body).toEqual({});
    expect((await list()).body).toEqual({});
    gate.open();
  });

  describe('an error', () => {
    it.each<[string, Operation, object, number, string]>([
      ['no task', 'GetTask', { id: 'nope' }, 5, 'TASK_NOT_FOUND'],
      [
        'nothing to follow',
        'SubscribeToTask',
        { id: 'x' },
        5,
        'TASK_NOT_FOUND',
      ],
      [
        'no extended card',
        'GetExtendedAgentCard',
        {},
        9,
        'UNSUPPORTED_OPERATION',
      ],
    ])('%s has its status and reason (A2A §10.6)', async (...row) => {
      const [, operation, request, code, reason] = row;
      const { status, error } = await client.refusal(operation, request);
      expect(status.code).toBe(code);
      expect(error.code).toBe(reason);
    });

    it('of a field names the field', async () => {
      const { status, error } = await client.refusal('SendMessage', {
        message: { messageId: 'm', role: 'ROLE_USER', parts: [{}] },
      });
      expect(status.code).toBe(3);
      expect(error).toMatchObject({
        code: 'INVALID_PARAMS',
        violations: [{ field: 'message.parts[0]' }],
      });
    });

    it('of a finished task has its facts', async () => {
      const { task } = await send('hello');
      const { error } = await client.refusal('CancelTask', { id: task.id });
      expect(error).toMatchObject({
        code: 'TASK_NOT_CANCELABLE',
        metadata: { taskId: task.id, state: 'TASK_STATE_COMPLETED' },
      });
    });
  });

  describe('the version (A2A §3.6)', () => {
    it.each([
      ['absent, which means 0.3', ''],
      ['0.3', '0.3'],
      ['unknown', '7.1'],
    ])('is refused where it is %s', async (_what, value) => {
      const metadata = { 'a2a-version': value };
      const { status, error } = await client.refusal(
        'GetTask',
        { id: 'x' },
        { metadata },
      );
      expect(status.code).toBe(9);
      expect(error).toMatchObject({
        code: 'VERSION_NOT_SUPPORTED',
        metadata: { requestedVersion: value || '0.3' },
      });
    });

    it('may have a patch number', async () => {
      const metadata = { 'a2a-version': '1.0.3' };
      const answer = await client.call('ListTasks', {}, { metadata });
      expect(answer.body.pageSize).toBe(50);
    });
  });

  it('activates extensions and says so (A2A §4.6)', async () => {
    const metadata = {
      'a2a-extensions': `https://a.example/other, ${EXTENSION}`,
    };
    const { headers } = await client.call('ListTasks', {}, { metadata });
    expect(headers.get('a2a-extensions')).toEqual([EXTENSION]);
    const { headers: none } = await client.call('ListTasks', {});
    expect(none.get('a2a-extensions')).toEqual([]);
  });

  it('resumes a stream after the event that the caller has seen', async () => {
    const { task } = await send('hello');
    const request = { id: task.id };
    const events: string[] = [];
    const metadata = { 'last-event-id': '1' };
    for await (const event of client.open('SubscribeToTask', request, {
      metadata,
    })) {
      events.push(brief(event));
    }
    expect(events).toEqual([
      'task SUBMITTED',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
  });

  describe('bytes that are no request', () => {
    it.each([
      ['garbage', Buffer.alloc(500, 0xff)],
      ['cut off', Buffer.from([0x12, 100, 1])],
    ])('%s are an invalid request', async (_what, bytes) => {
      const { status } = await client.refusal('SendMessage', {}, { bytes });
      expect(status).toMatchObject({ code: 3 });
      expect(status.details).toBe('The bytes are no SendMessageRequest');
    });

    it('are an empty request where there are none', async () => {
      const bytes = Buffer.alloc(0);
      const { error } = await client.refusal('GetTask', {}, { bytes });
      expect(error.violations).toEqual([
        { field: 'id', description: 'Is required' },
      ]);
    });
  });

  it('has no procedure that is not one', async () => {
    const raw = new Client(grpcAddress(agent), credentials.createInsecure());
    const status = await new Promise<ServiceError | null>((resolve) =>
      raw.makeUnaryRequest(
        '/lf.a2a.v1.A2AService/DropTables',
        (bytes: Buffer) => bytes,
        (bytes) => bytes,
        Buffer.alloc(0),
        resolve,
      ),
    );
    raw.close();
    expect(status?.code).toBe(12);
  });

  it('refuses a message that is larger than it takes, as the other bindings do', async () => {
    const small = await startAgent({
      options: { ...GRPC_AGENT, maxBodyBytes: 10_000 },
    });
    const caller = new GrpcClient(grpcAddress(small));
    const { status } = await caller.refusal(
      'SendMessage',
      sendParams('x'.repeat(20_000)),
    );
    expect(status).toMatchObject({
      code: 3,
      details: 'Request body is too large',
    });
    caller.close();
    await small.close();
  });
});
