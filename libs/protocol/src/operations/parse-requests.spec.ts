import { isA2AError } from '../errors/a2a-error.js';
import { type Operation, OPERATIONS } from './operation.js';
import { parseRequest } from './parse-requests.js';

function violationsOf(
  operation: Operation,
  value: unknown,
): [string, string][] {
  try {
    parseRequest(operation, value);
  } catch (error) {
    if (isA2AError(error) && error.code === 'INVALID_PARAMS') {
      return error.violations.map(({ field, description }) => [
        field,
        description,
      ]);
    }
    throw error;
  }
  return [];
}

const message = { messageId: 'm1', role: 'ROLE_USER', parts: [{ text: 'hi' }] };
const anyState =
  'Must be one of TASK_STATE_SUBMITTED, TASK_STATE_WORKING, TASK_STATE_COMPLETED, ' +
  'TASK_STATE_FAILED, TASK_STATE_CANCELED, TASK_STATE_INPUT_REQUIRED, ' +
  'TASK_STATE_REJECTED, TASK_STATE_AUTH_REQUIRED';
const anyLength = 'Must be between 0 and 2147483647, got -1';

interface Case {
  /** The operations with this request. */
  of: Operation[];
  /** A request with every member. */
  whole: object;
  /** The same by the names, numbers and strings that ProtoJSON allows too. */
  proto: object;
  /** A request with nothing that may be missing. */
  least: object;
  /** What an empty request lacks. */
  lacks: string[];
  /** A change of a whole request, and the one violation that it makes. */
  wrong: [change: object, field: string, description: string][];
}

const CASES: Case[] = [
  {
    of: ['SendMessage', 'SendStreamingMessage'],
    whole: {
      tenant: 'n1',
      message,
      configuration: {
        acceptedOutputModes: ['text/plain'],
        taskPushNotificationConfig: {
          url: 'https://a.example/hook',
          token: 's',
          authentication: { scheme: 'Bearer', credentials: 'c' },
        },
        historyLength: 5,
        returnImmediately: true,
      },
      metadata: { a: 1 },
    },
    proto: {
      tenant: 'n1',
      message: { message_id: 'm1', role: 1, parts: [{ text: 'hi' }] },
      configuration: {
        accepted_output_modes: ['text/plain'],
        task_push_notification_config: {
          url: 'https://a.example/hook',
          token: 's',
          authentication: { scheme: 'Bearer', credentials: 'c' },
        },
        history_length: '5',
        return_immediately: true,
      },
      metadata: { a: 1 },
    },
    least: { message },
    lacks: ['message'],
    wrong: [
      [{ tenant: 1 }, 'tenant', 'Must be a string'],
      [{ message: [] }, 'message', 'Must be an object'],
      [
        { message: { ...message, parts: [{ text: 'a' }, { text: 1 }] } },
        'message.parts[1].text',
        'Must be a string',
      ],
      [
        { message: { ...message, parts: [{ text: 'a', raw: '' }] } },
        'message.parts[0]',
        'Must have exactly one of text, raw, url, data; got text and raw',
      ],
      [
        { message: { ...message, parts: [] } },
        'message.parts',
        'Must have at least 1 element, got 0',
      ],
      [{ configuration: 'none' }, 'configuration', 'Must be an object'],
      [
        { configuration: { historyLength: -1 } },
        'configuration.historyLength',
        anyLength,
      ],
      [
        { configuration: { returnImmediately: 'true' } },
        'configuration.returnImmediately',
        'Must be true or false',
      ],
      [
        { configuration: { acceptedOutputModes: ['a/b', 1] } },
        'configuration.acceptedOutputModes[1]',
        'Must be a string',
      ],
      [
        { configuration: { taskPushNotificationConfig: { token: 's' } } },
        'configuration.taskPushNotificationConfig.url',
        'Is required',
      ],
      [
        {
          configuration: {
            taskPushNotificationConfig: { url: 'u', authentication: {} },
          },
        },
        'configuration.taskPushNotificationConfig.authentication.scheme',
        'Is required',
      ],
      [{ metadata: [] }, 'metadata', 'Must be an object'],
    ],
  },
  {
    of: ['GetTask'],
    whole: { tenant: 'n1', id: 't1', historyLength: 0 },
    proto: { tenant: 'n1', id: 't1', history_length: '0' },
    least: { id: 't1' },
    lacks: ['id'],
    wrong: [
      [{ id: ' ' }, 'id', 'Must not be empty'],
      [{ id: 1 }, 'id', 'Must be a string'],
      [{ historyLength: -1 }, 'historyLength', anyLength],
      [{ historyLength: 1.5 }, 'historyLength', 'Must be an integer'],
      [{ historyLength: '' }, 'historyLength', 'Must be an integer'],
    ],
  },
  {
    of: ['ListTasks'],
    whole: {
      tenant: 'n1',
      contextId: 'c1',
      status: 'TASK_STATE_WORKING',
      pageSize: 100,
      pageToken: 'p',
      historyLength: 1,
      statusTimestampAfter: '2026-01-02T03:04:05.000Z',
      includeArtifacts: false,
    },
    proto: {
      tenant: 'n1',
      context_id: 'c1',
      status: 2,
      page_size: '100',
      page_token: 'p',
      history_length: 1,
      status_timestamp_after: '2026-01-02T03:04:05Z',
      include_artifacts: false,
    },
    least: {},
    lacks: [],
    wrong: [
      [{ status: 'TASK_STATE_PAUSED' }, 'status', anyState],
      [{ status: 'working' }, 'status', anyState],
      [{ status: 9 }, 'status', anyState],
      [{ status: '' }, 'status', anyState],
      [{ pageSize: 0 }, 'pageSize', 'Must be between 1 and 100, got 0'],
      [{ pageSize: 101 }, 'pageSize', 'Must be between 1 and 100, got 101'],
      [{ pageSize: -1 }, 'pageSize', 'Must be between 1 and 100, got -1'],
      [{ pageToken: 1 }, 'pageToken', 'Must be a string'],
      [{ historyLength: -1 }, 'historyLength', anyLength],
      [
        { statusTimestampAfter: '2026-01-02T03:04:05+01:00' },
        'statusTimestampAfter',
        'Must be a timestamp such as 2026-01-02T03:04:05.678Z',
      ],
      [
        { statusTimestampAfter: '2026-02-30T00:00:00Z' },
        'statusTimestampAfter',
        'Must be a timestamp such as 2026-01-02T03:04:05.678Z',
      ],
      [
        { includeArtifacts: 'true' },
        'includeArtifacts',
        'Must be true or false',
      ],
    ],
  },
  {
    of: ['CancelTask'],
    whole: { tenant: 'n1', id: 't1', metadata: { a: null } },
    proto: { tenant: 'n1', id: 't1', metadata: { a: null } },
    least: { id: 't1' },
    lacks: ['id'],
    wrong: [[{ metadata: 'a' }, 'metadata', 'Must be an object']],
  },
  {
    of: ['SubscribeToTask'],
    whole: { tenant: 'n1', id: 't1' },
    proto: { tenant: 'n1', id: 't1' },
    least: { id: 't1' },
    lacks: ['id'],
    wrong: [[{ id: 'a\u0000' }, 'id', 'Must not contain control characters']],
  },
  {
    of: ['CreateTaskPushNotificationConfig'],
    whole: {
      tenant: 'n1',
      id: 'p1',
      taskId: 't1',
      url: 'https://a.example/hook',
      token: 's',
      authentication: { scheme: 'Basic', credentials: 'c' },
    },
    proto: {
      tenant: 'n1',
      id: 'p1',
      task_id: 't1',
      url: 'https://a.example/hook',
      token: 's',
      authentication: { scheme: 'Basic', credentials: 'c' },
    },
    least: { taskId: 't1', url: 'https://a.example/hook' },
    lacks: ['taskId', 'url'],
    wrong: [
      [{ taskId: '' }, 'taskId', 'Must not be empty'],
      [{ url: '' }, 'url', 'Must not be empty'],
      [{ url: {} }, 'url', 'Must be a string'],
      [{ token: 1 }, 'token', 'Must be a string'],
      [{ authentication: 'Bearer c' }, 'authentication', 'Must be an object'],
      [
        { authentication: { scheme: '' } },
        'authentication.scheme',
        'Must not be empty',
      ],
    ],
  },
  {
    of: ['GetTaskPushNotificationConfig', 'DeleteTaskPushNotificationConfig'],
    whole: { tenant: 'n1', taskId: 't1', id: 'p1' },
    proto: { tenant: 'n1', task_id: 't1', id: 'p1' },
    least: { taskId: 't1', id: 'p1' },
    lacks: ['taskId', 'id'],
    wrong: [[{ id: '' }, 'id', 'Must not be empty']],
  },
  {
    of: ['ListTaskPushNotificationConfigs'],
    whole: { tenant: 'n1', taskId: 't1', pageSize: 1_000, pageToken: 'p' },
    proto: { tenant: 'n1', task_id: 't1', page_size: 1_000, page_token: 'p' },
    least: { taskId: 't1' },
    lacks: ['taskId'],
    wrong: [[{ pageSize: -1 }, 'pageSize', anyLength]],
  },
  {
    of: ['GetExtendedAgentCard'],
    whole: { tenant: 'n1' },
    proto: { tenant: 'n1' },
    least: {},
    lacks: [],
    wrong: [
      [
        { tenant: 'x'.repeat(513) },
        'tenant',
        'Must have at most 512 characters',
      ],
    ],
  },
];

const cases = CASES.flatMap(({ of, ...rest }) =>
  of.map((operation) => ({ operation, ...rest })),
);

it('has a case for every operation', () => {
  expect(cases.map(({ operation }) => operation).sort()).toEqual(
    [...OPERATIONS].sort(),
  );
});

describe.each(cases)(
  'the request of $operation',
  ({ operation, whole, proto, least, lacks, wrong }) => {
    it('is read whole, and unknown members are ignored (A2A §5.7)', () => {
      expect(parseRequest(operation, { ...whole, kind: 1, a: {} })).toEqual(
        whole,
      );
    });

    it('may use the names and forms of the protocol buffers (ProtoJSON)', () => {
      expect(parseRequest(operation, proto)).toEqual(whole);
    });

    it('may leave out what is optional, or say null (ProtoJSON)', () => {
      expect(parseRequest(operation, least)).toEqual(least);
      const unset = Object.keys(whole).map((name) => [name, null]);
      const value = { ...Object.fromEntries(unset), ...least } as object;
      expect(parseRequest(operation, value)).toEqual(least);
    });

    it.each([undefined, null, {}])(
      'names all that %j lacks (A2A §5.7)',
      (none) => {
        expect(violationsOf(operation, none)).toEqual(
          lacks.map((field) => [field, 'Is required']),
        );
      },
    );

    it.each(['text', 1, true, [], [{ id: 't1' }]])('is not %j', (value) => {
      expect(violationsOf(operation, value)).toEqual([
        ['', 'Must be an object'],
      ]);
    });

    it.each(wrong)('is refused with %j: %s', (change, field, description) => {
      expect(violationsOf(operation, { ...whole, ...change })).toEqual([
        [field, description],
      ]);
    });
  },
);

describe('parseRequest', () => {
  it('takes state 0 as a filter for any state', () => {
    for (const status of [0, 'TASK_STATE_UNSPECIFIED']) {
      expect(parseRequest('ListTasks', { status })).toEqual({});
    }
  });

  it('takes page size 0 of configurations for no page size (proto3 default)', () => {
    for (const pageSize of [0, '0']) {
      expect(
        parseRequest('ListTaskPushNotificationConfigs', {
          taskId: 't1',
          pageSize,
        }),
      ).toEqual({ taskId: 't1' });
    }
  });

  it('throws one error with a message that has no values of the request', () => {
    expect(() => parseRequest('GetTask', { id: 7 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_PARAMS',
        message: 'Invalid parameters',
      }),
    );
  });
});
