import { isA2AError } from '../errors/a2a-error.js';
import {
  parseListTaskPushNotificationConfigsResponse,
  parseListTasksResponse,
  parseSendMessageResponse,
  parseStreamResponse,
  parseTask,
  parseTaskPushNotificationConfig,
} from './parse-responses.js';

function refusalOf(parse: (value: unknown) => unknown, value: unknown) {
  try {
    parse(value);
  } catch (error) {
    if (isA2AError(error) && error.code === 'INVALID_AGENT_RESPONSE') {
      return {
        message: error.message,
        fields: error.violations.map(({ field }) => field),
      };
    }
    throw error;
  }
  throw new Error('was not refused');
}

const message = { messageId: 'm1', role: 'ROLE_AGENT', parts: [{ text: 'a' }] };
const task = { id: 't1', status: { state: 'TASK_STATE_WORKING' } };
const whole = {
  id: 't1',
  contextId: 'c1',
  status: {
    state: 'TASK_STATE_COMPLETED',
    message,
    timestamp: '2026-01-02T03:04:05.678Z',
  },
  artifacts: [
    {
      artifactId: 'a1',
      name: 'n',
      description: 'd',
      parts: [{ data: null }],
      metadata: { a: 1 },
      extensions: ['https://a.example/ext'],
    },
  ],
  history: [message],
  metadata: { b: 2 },
};
const statusUpdate = { taskId: 't1', contextId: 'c1', status: task.status };
const artifactUpdate = {
  taskId: 't1',
  contextId: 'c1',
  artifact: { artifactId: 'a1', parts: [{ text: 'a' }] },
  append: true,
  lastChunk: false,
  metadata: { a: 1 },
};

describe('parseTask', () => {
  it('reads a whole task and leaves out what it does not know', () => {
    const value = { ...whole, kind: 'task', status: { ...whole.status, x: 1 } };
    expect(parseTask(value)).toEqual(whole);
    expect(parseTask(task)).toEqual(task);
  });

  it('takes the names of the protocol buffers (ProtoJSON)', () => {
    expect(
      parseTask({
        id: 't1',
        context_id: 'c1',
        status: { state: 2 },
        artifacts: [{ artifact_id: 'a1', parts: [{ text: '' }] }],
      }),
    ).toEqual({
      ...task,
      contextId: 'c1',
      artifacts: [{ artifactId: 'a1', parts: [{ text: '' }] }],
    });
  });

  it.each(['TASK_STATE_PAUSED', 'TASK_STATE_UNSPECIFIED', 'working'])(
    'keeps the state %s, which it does not know',
    (state) => {
      expect(parseTask({ ...task, status: { state } }).status.state).toBe(
        state,
      );
    },
  );

  it('does not judge sizes', () => {
    const big = {
      ...task,
      id: 'x'.repeat(1_000),
      history: [
        { ...message, parts: Array(1_001).fill({ text: 'a' }) as unknown },
      ],
      metadata: { a: 'x'.repeat(70_000) },
    };
    expect(parseTask(big)).toEqual(big);
  });

  it('takes empty and null members for missing ones, and empty parts for parts', () => {
    expect(
      parseTask({
        ...task,
        contextId: '',
        status: { state: 'TASK_STATE_WORKING', timestamp: '', message: null },
        artifacts: [{ artifactId: 'a1', name: '' }],
        history: [],
        metadata: null,
      }),
    ).toEqual({
      ...task,
      artifacts: [{ artifactId: 'a1', parts: [] }],
      history: [],
    });
  });

  it('keeps timestamps of other forms', () => {
    const timestamp = '2026-01-02T03:04:05.123456+02:00';
    const status = { ...task.status, timestamp };
    expect(parseTask({ ...task, status }).status.timestamp).toBe(timestamp);
  });

  it.each([
    [{ status: task.status }, 'id', 'id: Is required'],
    [{ ...task, id: '' }, 'id', 'id: Must not be empty'],
    [{ ...task, id: 7 }, 'id', 'id: Must be a string'],
    [{ id: 't1' }, 'status', 'status: Is required'],
    [{ ...task, status: {} }, 'status.state', 'status.state: Is required'],
    [
      { ...task, artifacts: [{ artifactId: 'a', parts: [{}] }] },
      'artifacts[0].parts[0]',
      'artifacts[0].parts[0]: Must have exactly one of text, raw, url, data; got none',
    ],
    [
      { ...task, history: [message, { ...message, parts: 'a' }] },
      'history[1].parts',
      'history[1].parts: Must be a list',
    ],
    [null, '', 'Must be an object'],
    [[task], '', 'Must be an object'],
  ])('refuses %j', (value, field, description) => {
    expect(refusalOf(parseTask, value)).toEqual({
      message: `The agent's answer is not a valid Task: ${description}`,
      fields: [field],
    });
  });

  it('refuses what is nested 100,000 levels deep, and does not crash', () => {
    const deep: unknown = JSON.parse(
      '{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5),
    );
    expect(refusalOf(parseTask, { ...task, metadata: deep }).fields).toEqual([
      'metadata',
    ]);
  });
});

describe('parseSendMessageResponse', () => {
  it.each([[{ task: whole }], [{ message }]])('reads %j', (value) => {
    expect(parseSendMessageResponse({ ...value, other: 1 })).toEqual(value);
  });

  it.each([
    [{}],
    [{ task, message }],
    [{ task: null }],
    [task],
    [message],
    [null],
    ['text'],
  ])('refuses %j', (value) => {
    expect(refusalOf(parseSendMessageResponse, value).fields).toEqual(['']);
  });
});

describe('parseStreamResponse', () => {
  it.each([
    [{ task: whole }],
    [{ message }],
    [{ statusUpdate }],
    [{ artifactUpdate }],
  ])('reads %j (A2A §4.2)', (value) => {
    expect(parseStreamResponse(value)).toEqual(value);
  });

  it('takes the names of the protocol buffers (ProtoJSON)', () => {
    expect(
      parseStreamResponse({
        artifact_update: {
          task_id: 't1',
          context_id: 'c1',
          artifact: { artifact_id: 'a1', parts: [{ text: 'a' }] },
          append: true,
          last_chunk: false,
          metadata: { a: 1 },
        },
        status_update: null,
      }),
    ).toEqual({ artifactUpdate });
  });

  it('takes an event without context for one with an empty context', () => {
    for (const contextId of [undefined, null, '']) {
      expect(
        parseStreamResponse({ statusUpdate: { ...statusUpdate, contextId } }),
      ).toEqual({ statusUpdate: { ...statusUpdate, contextId: '' } });
    }
  });

  it.each([
    [{}, ''],
    [{ task, statusUpdate }, ''],
    [{ taskUpdate: {} }, ''],
    [{ statusUpdate: {} }, 'statusUpdate.taskId'],
    [{ statusUpdate: { ...statusUpdate, taskId: '' } }, 'statusUpdate.taskId'],
    [
      { artifactUpdate: { ...artifactUpdate, append: 'yes' } },
      'artifactUpdate.append',
    ],
    [
      { artifactUpdate: { ...artifactUpdate, artifact: {} } },
      'artifactUpdate.artifact.artifactId',
    ],
  ])('refuses %j', (value, field) => {
    expect(refusalOf(parseStreamResponse, value).fields).toContain(field);
  });
});

describe('parseListTasksResponse', () => {
  it('reads a page', () => {
    const page = {
      tasks: [whole],
      nextPageToken: 'p',
      pageSize: 1,
      totalSize: 9,
    };
    expect(parseListTasksResponse(page)).toEqual(page);
    expect(
      parseListTasksResponse({
        tasks: [task],
        next_page_token: 'p',
        page_size: '50',
        total_size: '9',
      }),
    ).toEqual({
      tasks: [task],
      nextPageToken: 'p',
      pageSize: 50,
      totalSize: 9,
    });
  });

  it('fills in what was left out because it is empty (ProtoJSON)', () => {
    expect(parseListTasksResponse({})).toEqual({
      tasks: [],
      nextPageToken: '',
      pageSize: 0,
      totalSize: 0,
    });
    expect(parseListTasksResponse({ tasks: [task, task] })).toMatchObject({
      nextPageToken: '',
      pageSize: 2,
      totalSize: 2,
    });
  });

  it.each([
    [{ tasks: [task, {}] }, 'tasks[1].id'],
    [{ tasks: {} }, 'tasks'],
    [{ pageSize: -1 }, 'pageSize'],
    [{ nextPageToken: 1 }, 'nextPageToken'],
    [[task], ''],
  ])('refuses %j', (value, field) => {
    expect(refusalOf(parseListTasksResponse, value).fields).toContain(field);
  });
});

describe('parseTaskPushNotificationConfig', () => {
  it('reads a configuration (A2A §4.3.1)', () => {
    const config = {
      id: 'p1',
      taskId: 't1',
      url: 'https://a.example/hook',
      token: 's',
      authentication: { scheme: 'Bearer', credentials: 'c' },
    };
    expect(parseTaskPushNotificationConfig({ ...config, tenant: '' })).toEqual(
      config,
    );
  });

  it('refuses one without a URL', () => {
    expect(refusalOf(parseTaskPushNotificationConfig, {}).fields).toEqual([
      'url',
    ]);
  });
});

describe('parseListTaskPushNotificationConfigsResponse', () => {
  const configs = [{ url: 'https://a.example/hook' }];

  it.each([
    [
      { configs, nextPageToken: 'p' },
      { configs, nextPageToken: 'p' },
    ],
    [{ configs }, { configs, nextPageToken: '' }],
    [{}, { configs: [], nextPageToken: '' }],
    [{ configs: null }, { configs: [], nextPageToken: '' }],
  ])('reads %j', (value, page) => {
    expect(parseListTaskPushNotificationConfigsResponse(value)).toEqual(page);
  });

  it('names what is wrong', () => {
    expect(
      refusalOf(parseListTaskPushNotificationConfigsResponse, {
        configs: [...configs, { url: 1 }],
      }).fields,
    ).toEqual(['configs[1].url']);
  });
});
