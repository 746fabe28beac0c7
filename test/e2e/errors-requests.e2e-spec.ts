import { BINDINGS, jsonRpc, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { expectRefusal } from '../support/refusals.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

const message = (overrides: object) => sendParams('hi', { message: overrides });
const parts = (...list: unknown[]) => message({ parts: list });
const configuration = (value: unknown) =>
  sendParams('hi', { configuration: value as object });
const push = (value: object) =>
  configuration({ taskPushNotificationConfig: value });
const nested = (depth: number): unknown =>
  Array.from({ length: depth }).reduce((inner) => [inner], 'x');

const tooLong = 'x'.repeat(513);
const P = 'message.parts[0]';
const PUSH = 'configuration.taskPushNotificationConfig';

/** Requests to send a message, and the fields that are wrong with each. */
const SENDS: [what: string, params: unknown, fields: string[]][] = [
  ['no message', {}, ['message']],
  ['a message that is a text', { message: 'hi' }, ['message']],
  ['a message that is a list', { message: [] }, ['message']],
  ['no messageId', message({ messageId: undefined }), ['message.messageId']],
  ['an empty messageId', message({ messageId: '' }), ['message.messageId']],
  ['a blank messageId', message({ messageId: ' \t' }), ['message.messageId']],
  ['a number as messageId', message({ messageId: 7 }), ['message.messageId']],
  ['a long messageId', message({ messageId: tooLong }), ['message.messageId']],
  ['NUL in a messageId', message({ messageId: 'a\0' }), ['message.messageId']],
  ['a long taskId', message({ taskId: tooLong }), ['message.taskId']],
  ['a blank taskId', message({ taskId: '  ' }), ['message.taskId']],
  ['a long contextId', message({ contextId: tooLong }), ['message.contextId']],
  ['a list as contextId', message({ contextId: [] }), ['message.contextId']],
  ['no role', message({ role: undefined }), ['message.role']],
  ["the agent's role", message({ role: 'ROLE_AGENT' }), ['message.role']],
  ["the number of the agent's role", message({ role: 2 }), ['message.role']],
  ['the role of 0.3', message({ role: 'user' }), ['message.role']],
  ['role 0', message({ role: 0 }), ['message.role']],
  ['a role not there', message({ role: 'ROLE_KING' }), ['message.role']],
  ['no parts', message({ parts: undefined }), ['message.parts']],
  ['an empty list of parts', parts(), ['message.parts']],
  ['parts that are a text', message({ parts: 'hi' }), ['message.parts']],
  ['an object as parts', message({ parts: {} }), ['message.parts']],
  [
    'too many parts',
    parts(...Array<object>(1_001).fill({ text: '' })),
    ['message.parts'],
  ],
  ['a part that is null', parts(null), [P]],
  ['an empty part', parts({}), [P]],
  ['a part of 0.3', parts({ kind: 'file', file: { uri: 'x' } }), [P]],
  ['a part that is text and url', parts({ text: 'a', url: 'b' }), [P]],
  ['a part that is data and raw', parts({ data: null, raw: '' }), [P]],
  [
    'a second part that is wrong',
    parts({ text: 'a' }, {}),
    ['message.parts[1]'],
  ],
  ['a text that is a number', parts({ text: 5 }), [`${P}.text`]],
  ['raw that is no base64', parts({ raw: 'a b c' }), [`${P}.raw`]],
  ['an empty url', parts({ url: '' }), [`${P}.url`]],
  ['deep data', parts({ data: nested(101) }), [`${P}.data`]],
  [
    'a filename that is a list',
    parts({ text: '', filename: [] }),
    [`${P}.filename`],
  ],
  [
    'part metadata that is a text',
    parts({ text: '', metadata: '' }),
    [`${P}.metadata`],
  ],
  ['metadata that is a list', message({ metadata: [] }), ['message.metadata']],
  [
    'deep metadata',
    message({ metadata: { a: nested(100) } }),
    ['message.metadata'],
  ],
  [
    'large metadata',
    message({ metadata: { a: 'x'.repeat(65_536) } }),
    ['message.metadata'],
  ],
  [
    'metadata of the request that is a text',
    sendParams('hi', { metadata: 'x' as never }),
    ['metadata'],
  ],
  [
    'extensions that are a text',
    message({ extensions: 'a' }),
    ['message.extensions'],
  ],
  [
    'an extension that is a number',
    message({ extensions: [1] }),
    ['message.extensions[0]'],
  ],
  [
    'a blank referenceTaskId',
    message({ referenceTaskIds: [' '] }),
    ['message.referenceTaskIds[0]'],
  ],
  ['a configuration that is a text', configuration('x'), ['configuration']],
  [
    'a negative historyLength',
    configuration({ historyLength: -1 }),
    ['configuration.historyLength'],
  ],
  [
    'a fractional historyLength',
    configuration({ historyLength: 1.5 }),
    ['configuration.historyLength'],
  ],
  [
    'a huge historyLength',
    configuration({ historyLength: 2 ** 31 }),
    ['configuration.historyLength'],
  ],
  [
    'a text as returnImmediately',
    configuration({ returnImmediately: 'yes' }),
    ['configuration.returnImmediately'],
  ],
  [
    'a text as output modes',
    configuration({ acceptedOutputModes: 'text/plain' }),
    ['configuration.acceptedOutputModes'],
  ],
  ['a push configuration without a url', push({}), [`${PUSH}.url`]],
  [
    'a push url of another scheme',
    push({ url: 'file:///etc/passwd' }),
    [`${PUSH}.url`],
  ],
  ['a push url that is none', push({ url: 'webhook' }), [`${PUSH}.url`]],
  [
    'a push configuration with a taskId',
    push({ url: 'http://localhost:9/', taskId: 't' }),
    [`${PUSH}.taskId`],
  ],
  [
    'push authentication without a scheme',
    push({ url: 'http://localhost:9/', authentication: {} }),
    [`${PUSH}.authentication.scheme`],
  ],
  [
    'several things that are wrong',
    sendParams('hi', {
      message: { messageId: '', role: 1.5, parts: [{}] },
      configuration: { historyLength: -1 },
    }),
    ['message.messageId', 'message.role', P, 'configuration.historyLength'],
  ],
];

/** Other requests that are wrong. */
const READS: [operation: string, params: object, fields: string[]][] = [
  ['GetTask', { id: 'x', historyLength: -1 }, ['historyLength']],
  ['GetTask', { id: 'x', historyLength: 'many' }, ['historyLength']],
  ['GetTask', { id: '%20' }, ['id']],
  ['GetTask', { id: '%00' }, ['id']],
  ['ListTasks', { pageSize: 0 }, ['pageSize']],
  ['ListTasks', { pageSize: 101 }, ['pageSize']],
  ['ListTasks', { pageSize: -1 }, ['pageSize']],
  ['ListTasks', { pageSize: 'ten' }, ['pageSize']],
  ['ListTasks', { pageSize: 10.5 }, ['pageSize']],
  ['ListTasks', { pageToken: 'nonsense' }, ['pageToken']],
  ['ListTasks', { pageToken: 'e30=' }, ['pageToken']],
  ['ListTasks', { historyLength: -1 }, ['historyLength']],
  ['ListTasks', { status: 'TASK_STATE_DONE' }, ['status']],
  ['ListTasks', { status: 'working' }, ['status']],
  ['ListTasks', { includeArtifacts: 'maybe' }, ['includeArtifacts']],
  ['ListTasks', { contextId: tooLong }, ['contextId']],
  [
    'ListTasks',
    { statusTimestampAfter: 'yesterday' },
    ['statusTimestampAfter'],
  ],
  [
    'ListTasks',
    { statusTimestampAfter: '2026-01-02' },
    ['statusTimestampAfter'],
  ],
  [
    'ListTasks',
    { statusTimestampAfter: '2026-02-30T00:00:00Z' },
    ['statusTimestampAfter'],
  ],
  [
    'ListTasks',
    { statusTimestampAfter: '2026-01-02T03:04:05+01:00' },
    ['statusTimestampAfter'],
  ],
  [
    'ListTasks',
    { pageSize: 0, historyLength: -1 },
    ['pageSize', 'historyLength'],
  ],
  ['CreateTaskPushNotificationConfig', { taskId: 'TASK' }, ['url']],
  [
    'CreateTaskPushNotificationConfig',
    { taskId: 'TASK', url: 'gopher://x' },
    ['url'],
  ],
  [
    'CreateTaskPushNotificationConfig',
    { taskId: 'TASK', url: 'http://localhost:9', id: tooLong },
    ['id'],
  ],
  [
    'ListTaskPushNotificationConfigs',
    { taskId: 'TASK', pageSize: -1 },
    ['pageSize'],
  ],
  [
    'ListTaskPushNotificationConfigs',
    { taskId: 'TASK', pageToken: 'nonsense' },
    ['pageToken'],
  ],
];

describe.each(PLATFORMS)('a request that is wrong, on %s', (platform) => {
  let agent: TestAgent;
  /** A finished task. */
  let finished: { id: string; contextId: string };

  beforeAll(async () => {
    agent = await startAgent({ platform });
    const answer = await jsonRpc.call(
      agent.url,
      'SendMessage',
      sendParams('hi'),
    );
    finished = answer.body.result.task;
  });

  afterEach(async () => {
    const { id } = finished;
    const next = await jsonRpc.call(agent.url, 'GetTask', { id });
    expect(next.body.result.id).toBe(id);
  });

  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    const call = (operation: string, params: unknown) =>
      binding.call(agent.url, operation, params);

    it.each(SENDS)(
      'refuses %s (A2A §4.1, §11.6)',
      async (_what, params, fields) => {
        const answer = await call('SendMessage', params);
        expectRefusal(binding, answer, 'INVALID_PARAMS', { fields });
      },
    );

    it('refuses a stream in the form of any other request', async () => {
      const answer = await call('SendStreamingMessage', parts());
      const fields = ['message.parts'];
      expectRefusal(binding, answer, 'INVALID_PARAMS', { fields });
    });

    it.each(READS)('refuses %s %j', async (operation, params, fields) => {
      const answer = await call(operation, {
        ...params,
        ...('taskId' in params && { taskId: finished.id }),
        ...('id' in params &&
          binding.name === 'JSONRPC' && {
            id: decodeURIComponent(String(params.id)),
          }),
      });
      expectRefusal(binding, answer, 'INVALID_PARAMS', { fields });
    });

    it('refuses a task that is not there, whatever is asked for (A2A §3.3.2)', async () => {
      const id = 'no-such-task';
      const config = { taskId: id, id: 'c' };
      const url = 'http://localhost:9/';
      const requests: [string, object][] = [
        ['GetTask', { id }],
        ['CancelTask', { id }],
        ['SubscribeToTask', { id }],
        ['SendMessage', message({ taskId: id })],
        ['SendStreamingMessage', message({ taskId: id })],
        ['CreateTaskPushNotificationConfig', { taskId: id, url }],
        ['GetTaskPushNotificationConfig', config],
        ['ListTaskPushNotificationConfigs', { taskId: id }],
        ['DeleteTaskPushNotificationConfig', config],
      ];
      for (const [operation, params] of requests) {
        const answer = await call(operation, params);
        const metadata = { taskId: id };
        expectRefusal(binding, answer, 'TASK_NOT_FOUND', { metadata });
      }
    });

    it('refuses a configuration that is not there as a task that is not there (A2A §3.1.8)', async () => {
      const params = { taskId: finished.id, id: 'no-such-config' };
      const answer = await call('GetTaskPushNotificationConfig', params);
      expectRefusal(binding, answer, 'TASK_NOT_FOUND');
    });

    it('refuses what a finished task cannot do (A2A §3.1.1, §3.1.5, §3.1.6)', async () => {
      const { id } = finished;
      for (const operation of ['SendMessage', 'SendStreamingMessage']) {
        const answer = await call(operation, message({ taskId: id }));
        expectRefusal(binding, answer, 'UNSUPPORTED_OPERATION');
      }
      const subscription = await call('SubscribeToTask', { id });
      expectRefusal(binding, subscription, 'UNSUPPORTED_OPERATION');
      const cancellation = await call('CancelTask', { id });
      const metadata = { taskId: id, state: 'TASK_STATE_COMPLETED' };
      expectRefusal(binding, cancellation, 'TASK_NOT_CANCELABLE', { metadata });
    });

    it('refuses the contextId of another task (A2A §3.4.3)', async () => {
      const gate = new Gate();
      agent.worker.on('held', async (context) => {
        await gate.pass();
        await context.complete('done');
      });
      const sent = await call(
        'SendMessage',
        sendParams('held', { configuration: { returnImmediately: true } }),
      );
      const { id: taskId } = binding.result(sent).task;
      const { contextId } = finished;
      const answer = await call('SendMessage', message({ taskId, contextId }));
      gate.open();
      const fields = ['message.contextId'];
      expectRefusal(binding, answer, 'INVALID_PARAMS', { fields });
    });

    it("refuses a follow-up in the agent's name, whatever else it says (A2A §3.4.3)", async () => {
      agent.worker.on('ask', (context) => context.requestInput('?'));
      const sent = await call('SendMessage', sendParams('ask'));
      const { task } = binding.result(sent);
      const forged = { taskId: task.id, role: 'ROLE_AGENT' };
      for (const { contextId } of [task, finished]) {
        for (const operation of ['SendMessage', 'SendStreamingMessage']) {
          const params = message({ ...forged, contextId });
          const answer = await call(operation, params);
          const fields = ['message.role'];
          expectRefusal(binding, answer, 'INVALID_PARAMS', { fields });
        }
      }
      const got = await call('GetTask', { id: task.id });
      expect(binding.result(got)).toEqual(task);
    });

    it.each([
      { text: '<p>', mediaType: 'text/html' },
      { raw: 'aGk=', mediaType: 'image/png' },
      { url: 'https://example.com/x', mediaType: 'application/pdf' },
      { data: {}, mediaType: 'application/vnd.x+json' },
    ])(
      'refuses a part of a kind that the agent does not take: %j (A2A §3.1.1)',
      async (part) => {
        const answer = await call('SendMessage', parts({ text: 'hi' }, part));
        const metadata = { mediaType: part.mediaType };
        expectRefusal(binding, answer, 'CONTENT_TYPE_NOT_SUPPORTED', {
          metadata,
        });
      },
    );

    it('ignores what it does not know, and takes null for nothing (A2A §5.7, ProtoJSON)', async () => {
      const { message: plain } = sendParams('hi');
      const { messageId, ...rest } = plain;
      const answer = await call('SendMessage', {
        message: {
          ...rest,
          message_id: messageId,
          taskId: null,
          metadata: null,
          kind: 'message',
          parts: [{ kind: 'text', text: 'hi', raw: null, metadata: null }],
        },
        configuration: { history_length: '0', blocking: true },
        metadata: null,
        surprise: { deep: nested(500) },
      });
      const { task } = binding.result(answer);
      expect(task.status.state).toBe('TASK_STATE_COMPLETED');
      expect(task.history ?? []).toEqual([]);
    });

    it('is not harmed by the keys of prototypes', async () => {
      const text = JSON.stringify(sendParams('hi')).replace(
        '{"message":{',
        '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},' +
          '"message":{"metadata":{"__proto__":{"polluted":1}},',
      );
      // Only an own member `__proto__` survives `JSON.stringify`.
      const answer = await call('SendMessage', JSON.parse(text));
      const { task } = binding.result(answer);
      expect(task.status.state).toBe('TASK_STATE_COMPLETED');
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
      const [{ metadata }] = task.history;
      expect(Object.keys(metadata)).toEqual(['__proto__']);
    });
  });
});
