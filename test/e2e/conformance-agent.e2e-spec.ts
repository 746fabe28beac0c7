import { brief, eventsOf, jsonRpc, sendParams } from '../support/a2a-http.js';
import {
  all,
  type Caller,
  CALLERS,
  cardOf,
  type ConformanceAgent,
  PatientWorker,
  startConformance,
  startWith,
} from '../support/conformance-agent.js';
import { until } from '../support/until.js';

const TEXT = { text: 'Generated text content' };
const FILE = {
  raw: 'R2VuZXJhdGVkIHRleHQgY29udGVudA==',
  filename: 'output.txt',
  mediaType: 'text/plain',
};
const LINK = {
  url: 'https://example.com/output.txt',
  filename: 'output.txt',
  mediaType: 'text/plain',
};

const COMPLETED = ['task:SUBMITTED', 'WORKING', 'artifact', 'COMPLETED'];
const AT_ONCE = ['task:SUBMITTED', 'WORKING', 'COMPLETED'];
const endsWith = (state: string) => ['task:SUBMITTED', 'WORKING', state];

/** What a message id does: the events of its stream, what the last status says, and the parts of the artifact. */
const ROWS: readonly [
  messageId: string,
  events: string[],
  says: string | undefined,
  parts: object[] | undefined,
][] = [
  ['tck-complete-task', AT_ONCE, 'Hello from TCK', undefined],
  ['tck-complete-task-7', AT_ONCE, 'Hello from TCK', undefined],
  ['tck-artifact-text', COMPLETED, undefined, [TEXT]],
  ['tck-artifact-file', COMPLETED, undefined, [FILE]],
  ['tck-artifact-file-1', COMPLETED, undefined, [FILE]],
  ['tck-artifact-file-url', COMPLETED, undefined, [LINK]],
  [
    'tck-artifact-data',
    COMPLETED,
    undefined,
    [{ data: { key: 'value', count: 42 } }],
  ],
  [
    'tck-input-required',
    endsWith('INPUT_REQUIRED'),
    'More input, please',
    undefined,
  ],
  ['tck-reject-task', endsWith('REJECTED'), 'Rejected', undefined],
  ['tck-stream-001', COMPLETED, undefined, [TEXT]],
  ['tck-stream-002', AT_ONCE, undefined, undefined],
  ['tck-stream-003', COMPLETED, undefined, [TEXT]],
  ['tck-stream-ordering-001', COMPLETED, undefined, [TEXT]],
  ['tck-stream-artifact-text', COMPLETED, undefined, [TEXT]],
  ['tck-stream-artifact-file', COMPLETED, undefined, [FILE]],
  [
    'tck-stream-artifact-chunked',
    ['task:SUBMITTED', 'WORKING', 'artifact', 'artifact', 'COMPLETED'],
    undefined,
    [{ text: 'chunk-1 ' }, { text: 'chunk-2' }],
  ],
  ['something else', COMPLETED, undefined, [{ text: 'Done' }]],
];

describe.each(CALLERS)('the conformance agent over $name', ({ connect }) => {
  let agent: ConformanceAgent;
  let caller: Caller;

  beforeAll(async () => {
    agent = await startConformance();
    caller = await connect(agent);
  });

  afterAll(async () => {
    caller.close();
    await agent.app.close();
  });

  const say = (messageId: string, message: object = {}) =>
    sendParams('hi', { message: { messageId, ...message } });
  const send = (messageId: string, message: object = {}) =>
    caller.call('SendMessage', say(messageId, message));

  it.each(ROWS)('does what is said for %s', async (id, events, says, parts) => {
    const responses = await all(caller.stream(say(id)));
    expect(responses.map(brief)).toEqual(events);
    const task = await caller.call('GetTask', { id: responses[0].task.id });
    expect(task.status.message?.parts[0].text).toBe(says);
    expect(task.artifacts?.map((one: any) => one.parts)).toEqual(
      parts && [parts],
    );
  });

  it('marks the chunks of tck-stream-artifact-chunked', async () => {
    const responses = await all(
      caller.stream(say('tck-stream-artifact-chunked')),
    );
    const chunks = responses
      .map(({ artifactUpdate }) => artifactUpdate)
      .filter(Boolean);
    expect(chunks).toMatchObject([
      { artifact: { parts: [{ text: 'chunk-1 ' }] } },
      {
        artifact: { parts: [{ text: 'chunk-2' }] },
        append: true,
        lastChunk: true,
      },
    ]);
    expect(chunks[0].append).toBeUndefined();
    expect(chunks[0].lastChunk).toBeUndefined();
  });

  it('answers tck-message-response with a message and no task', async () => {
    expect(await send('tck-message-response')).toEqual({
      message: expect.objectContaining({
        role: 'ROLE_AGENT',
        parts: [{ text: 'Direct message response' }],
      }),
    });
    const responses = await all(caller.stream(say('tck-message-response')));
    expect(responses.map(brief)).toEqual(['message']);
  });

  it('stays at tck-auth-required, and so does its stream', async () => {
    const { task } = await send('tck-auth-required');
    expect(task.status.state).toBe('TASK_STATE_AUTH_REQUIRED');
    const seen: string[] = [];
    for await (const response of caller.stream(say('tck-auth-required'))) {
      seen.push(brief(response));
      if (seen.at(-1) === 'AUTH_REQUIRED') break;
    }
    expect(seen).toEqual(endsWith('AUTH_REQUIRED'));
  });

  it('does what the id of a follow-up message says', async () => {
    const { task } = await send('tck-input-required');
    const { id: taskId } = task;
    const again = await send('tck-input-required', { taskId });
    expect(again.task.status.state).toBe('TASK_STATE_INPUT_REQUIRED');
    const done = await send('tck-complete-task', { taskId });
    expect(done.task).toMatchObject({
      id: taskId,
      status: {
        state: 'TASK_STATE_COMPLETED',
        message: { parts: [{ text: 'Hello from TCK' }] },
      },
    });
  });

  it('makes a new task for each message, also when its id was there before', async () => {
    const ids = new Set<string>();
    for (let times = 0; times < 3; times++) {
      ids.add((await send('tck-complete-task')).task.id);
    }
    expect(ids.size).toBe(3);
  });

  it('refuses the media type that test kits take for an unknown one', async () => {
    const mediaType = 'application/x-unsupported-tck-type';
    const message = { parts: [{ text: 'hi', mediaType }] };
    const params = sendParams('', { message });
    expect(await caller.refusal('SendMessage', params)).toBe(
      'CONTENT_TYPE_NOT_SUPPORTED',
    );
  });

  it('serves its extended card without login', async () => {
    const { description, name } = await caller.call('GetExtendedAgentCard', {});
    expect(name).toBe('Conformance Agent');
    expect(description).not.toBe((await cardOf(agent)).description);
  });
});

describe.each([
  ['test-resubscribe-message-id', 4_000],
  ['tck-delayed-complete', 2_000],
])('%s', (messageId, delayMs) => {
  let agent: ConformanceAgent;

  beforeEach(async () => {
    agent = await startConformance();
  });

  afterEach(() => agent.app.close());

  it.each(CALLERS)(`works for ${delayMs} ms over $name`, async (over) => {
    const { worker } = agent;
    const caller = await over.connect(agent);
    const params = sendParams('hi', { message: { messageId } });
    const states: string[] = [];
    for await (const response of caller.stream(params)) {
      states.push(brief(response));
      if (states.length === 3) {
        // What was committed may be read before the worker hears of it.
        await until(() => worker.pauses.length > 0);
        expect(worker.pauses).toEqual([delayMs]);
        worker.gate.open();
      }
    }
    caller.close();
    expect(states).toEqual([...endsWith('WORKING'), 'COMPLETED']);
  });
});

it('a turn of the conformance agent that waits ends when it is cancelled', async () => {
  const { app, url, worker } = await startWith(new PatientWorker());
  try {
    const message = { messageId: 'tck-delayed-complete' };
    const stream = await jsonRpc.open(
      url,
      'SendStreamingMessage',
      sendParams('hi', { message }),
    );
    const states: string[] = [];
    for await (const event of eventsOf(stream)) {
      const response = jsonRpc.response(event);
      states.push(brief(response));
      if (states.length === 3) {
        const id = response.statusUpdate.taskId;
        await jsonRpc.call(url, 'CancelTask', { id });
      }
    }
    expect(states).toEqual([...endsWith('WORKING'), 'CANCELED']);
    await until(() => worker.wokenBy.length > 0);
    expect(worker.wokenBy).toEqual(['AbortError']);
  } finally {
    await app.close();
  }
});
