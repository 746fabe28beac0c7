import {
  allEvents,
  BINDINGS,
  brief,
  jsonRpc,
  sendParams,
} from '../support/a2a-http.js';
import { sendRaw } from '../support/raw-http.js';
import { expectRefusal } from '../support/refusals.js';
import { CARD, startAgent, type TestAgent } from '../support/test-agent.js';

const GEO = 'https://example.com/ext/geo/v1';

/** Rules that no other test shows. */
describe.each(BINDINGS)('an agent over $name', (binding) => {
  let agent: TestAgent;

  beforeAll(async () => {
    const capabilities = { streaming: true, extensions: [{ uri: GEO }] };
    agent = await startAgent({
      options: { agentCard: { ...CARD, capabilities } },
    });
    agent.worker.on('auth', (context) => context.requestAuth('Sign in'));
  });

  afterAll(() => agent.close());

  const send = async (text: string, more: object = {}) => {
    const params = sendParams(text, more);
    const answer = await binding.call(agent.url, 'SendMessage', params);
    return binding.result(answer).task;
  };
  const stream = async (params: object) => {
    const operation = 'SendStreamingMessage';
    const response = await binding.open(agent.url, operation, params);
    const events = await allEvents(response);
    return events.map((event) => binding.response(event));
  };

  it('streams to the end for a caller who does not want to wait (A2A §3.2.2)', async () => {
    const configuration = { returnImmediately: true };
    const events = await stream(sendParams('hi', { configuration }));
    expect(events.map(brief)).toEqual([
      'task:SUBMITTED',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
  });

  it('makes an id for a conversation that has none, and says it everywhere (A2A §3.4.1)', async () => {
    const [{ task }, ...updates] = await stream(sendParams('hi'));
    const { id, contextId, history } = task;
    expect(contextId).toMatch(/^\S+$/);
    expect(history[0]).toMatchObject({ taskId: id, contextId });
    for (const { statusUpdate, artifactUpdate } of updates) {
      const ids = { taskId: id, contextId };
      expect(statusUpdate ?? artifactUpdate).toMatchObject(ids);
    }
    expect((await send('hi')).contextId).not.toBe(contextId);
  });

  it('keeps the id that a caller has chosen for a conversation, for each of its tasks (A2A §3.4.1)', async () => {
    const message = { contextId: `chosen-${binding.name}` };
    const tasks = [
      await send('hi', { message }),
      await send('hi', { message }),
    ];
    expect(tasks.map((task) => task.contextId)).toEqual(
      Array(2).fill(message.contextId),
    );
    expect(tasks[0].id).not.toBe(tasks[1].id);
  });

  it('takes a message to a task that waits for authorization (A2A §7.6.1)', async () => {
    const { id: taskId, status } = await send('auth');
    expect(status.state).toBe('TASK_STATE_AUTH_REQUIRED');
    expect(status.message.parts).toEqual([{ text: 'Sign in' }]);
    const done = await send('hi', { message: { taskId } });
    expect([done.id, done.status.state]).toEqual([
      taskId,
      'TASK_STATE_COMPLETED',
    ]);
  });

  it('knows its headers in any case, and answers in the media type of the binding (A2A §3.2.6, §9.1, §11.1)', async () => {
    const isRpc = binding === jsonRpc;
    const params = sendParams('hi');
    const request = { jsonrpc: '2.0', id: 7, method: 'SendMessage', params };
    const answer = await sendRaw(agent.url, {
      path: isRpc ? '/' : '/message:send',
      headers: { 'a2A-vErSiOn': '1.0', 'A2A-EXTENSIONS': GEO },
      body: JSON.stringify(isRpc ? request : params),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['a2a-extensions']).toBe(GEO);
    const mediaType = isRpc ? 'application/json' : 'application/a2a+json';
    expect(answer.headers['content-type']?.split(';')[0]).toBe(mediaType);
  });
});

it('a request for the extended card needs no params (A2A §9.4.8)', async () => {
  const agent = await startAgent();
  const method = 'GetExtendedAgentCard';
  const { status, headers, text } = await sendRaw(agent.url, {
    headers: { 'A2A-Version': '1.0' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method }),
  });
  await agent.close();
  const answer = {
    status,
    headers: new Headers(headers as Record<string, string>),
    body: JSON.parse(text) as unknown,
  };
  expectRefusal(jsonRpc, answer, 'UNSUPPORTED_OPERATION');
});
