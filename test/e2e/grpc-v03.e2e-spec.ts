import { randomUUID } from 'node:crypto';
import { Gate } from '../support/gate.js';
import { GRPC_AGENT, grpcAddress, GrpcClient } from '../support/grpc-client.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

const EXTENSION = 'https://a.example/ext/v1';
const CARD = {
  name: 'Test Agent',
  description: 'Does what tests say.',
  version: '1.0.0',
  capabilities: { pushNotifications: true, extensions: [{ uri: EXTENSION }] },
};

/** A send of A2A 0.3, in the JSON form of its protocol buffers. */
const sendOf = (text: string, rest: object = {}) => ({
  message: { messageId: randomUUID(), role: 'ROLE_USER', content: [{ text }] },
  ...rest,
});

describe('gRPC of A2A 0.3', () => {
  let agent: TestAgent;
  let client: GrpcClient;

  beforeAll(async () => {
    agent = await startAgent({
      options: { ...GRPC_AGENT, agentCard: CARD, cancelGraceMs: 0 },
    });
    client = new GrpcClient(grpcAddress(agent), { version: '0.3' });
  });

  afterAll(async () => {
    client.close();
    await agent.close();
  });

  /** Begins a task that waits. */
  async function waiting() {
    const gate = new Gate();
    agent.worker.on('wait', async (context) => {
      await gate.pass();
      await context.complete('done');
    });
    // A configuration without `blocking` is one that does not wait.
    const request = sendOf('wait', { configuration: { historyLength: 1 } });
    const { body } = await client.call('SendMessage', request);
    return { gate, name: `tasks/${body.task.id}`, task: body.task };
  }

  it('sends a message, and waits for the answer without a configuration', async () => {
    const { body } = await client.call('SendMessage', sendOf('hello'));
    expect(body.task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(body.task.artifacts[0].parts).toEqual([{ text: 'echo: hello' }]);
    expect(body.task.history[0]).toMatchObject({
      role: 'ROLE_USER',
      content: [{ text: 'hello' }],
    });
  });

  it('streams, and says which event is the last', async () => {
    const events: any[] = [];
    for await (const event of client.open(
      'SendStreamingMessage',
      sendOf('hello'),
    )) {
      events.push(event);
    }
    expect(events.map((event) => Object.keys(event)[0])).toEqual([
      'task',
      'statusUpdate',
      'artifactUpdate',
      'statusUpdate',
    ]);
    expect(events[1].statusUpdate.final).toBeUndefined();
    expect(events[3].statusUpdate).toMatchObject({
      status: { state: 'TASK_STATE_COMPLETED' },
      final: true,
    });
  });

  it('names tasks by their resource names', async () => {
    const { gate, name, task } = await waiting();
    const got = await client.call('GetTask', { name });
    expect(got.body.id).toBe(task.id);
    const events: any[] = [];
    for await (const event of client.open('SubscribeToTask', { name })) {
      events.push(event);
      if (events.length === 1) gate.open();
    }
    expect(events[0].task.id).toBe(task.id);
    expect(events.at(-1).statusUpdate.final).toBe(true);
    const other = await waiting();
    const canceled = await client.call('CancelTask', { name: other.name });
    expect(canceled.body.status.state).toBe('TASK_STATE_CANCELLED');
    other.gate.open();
  });

  it('keeps push notification configurations', async () => {
    const { gate, name: parent } = await waiting();
    const name = `${parent}/pushNotificationConfigs/p`;
    const created = await client.call('CreateTaskPushNotificationConfig', {
      parent,
      configId: 'p',
      config: { pushNotificationConfig: { url: 'http://127.0.0.1:9/x' } },
    });
    expect(created.body).toMatchObject({
      name,
      pushNotificationConfig: { id: 'p', url: 'http://127.0.0.1:9/x' },
    });
    const got = await client.call('GetTaskPushNotificationConfig', { name });
    expect(got.body.name).toBe(name);
    const list = () =>
      client.call('ListTaskPushNotificationConfigs', { parent });
    expect((await list()).body.configs).toHaveLength(1);
    await client.call('DeleteTaskPushNotificationConfig', { name });
    expect((await list()).body.configs ?? []).toEqual([]);
    gate.open();
  });

  it('answers errors with the names of 0.3', async () => {
    const missing = await client.refusal('GetTask', { name: 'tasks/nope' });
    expect(missing.error.code).toBe('TASK_NOT_FOUND');
    const wrong = await client.refusal('SendMessage', {
      message: { messageId: 'm', role: 'ROLE_USER', content: [{}] },
    });
    expect(wrong.status.code).toBe(3);
    expect(wrong.error.violations[0]?.field).toBe('message.content[0]');
  });

  it('activates extensions, in the metadata that 0.3 has for them', async () => {
    const metadata = { 'x-a2a-extensions': EXTENSION };
    const send = sendOf('hello');
    const { headers } = await client.call('SendMessage', send, { metadata });
    expect(headers.get('x-a2a-extensions')).toEqual([EXTENSION]);
    expect(headers.get('a2a-extensions')).toEqual([]);
  });

  it('takes the version 0.3 and no other', async () => {
    const name = 'tasks/nope';
    const said = async (version: string) => {
      const metadata = { 'a2a-version': version };
      return (await client.refusal('GetTask', { name }, { metadata })).error;
    };
    expect((await said('0.3')).code).toBe('TASK_NOT_FOUND');
    expect((await said('0.3.0')).code).toBe('TASK_NOT_FOUND');
    expect((await said('1.0')).code).toBe('VERSION_NOT_SUPPORTED');
  });
});
