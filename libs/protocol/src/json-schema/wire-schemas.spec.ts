import fc from 'fast-check';
import {
  events,
  messages,
  pushConfigs,
  sendRequests,
  tasks,
} from '../../test/arbitraries.js';
import { SchemaCheck, withChanges } from '../../test/schema-check.js';
import { isA2AError } from '../errors/a2a-error.js';
import {
  bodyTooLarge,
  internalError,
  invalidParam,
  taskNotFound,
  versionNotSupported,
} from '../errors/a2a-errors.js';
import { toHttpErrorBody } from '../errors/http-errors.js';
import { type Operation } from '../operations/operation.js';
import { parseRequest } from '../operations/parse-requests.js';
import {
  parseListTaskPushNotificationConfigsResponse,
  parseListTasksResponse,
  parseSendMessageResponse,
  parseStreamResponse,
  parseTask,
  parseTaskPushNotificationConfig,
} from '../operations/parse-responses.js';
import { DEFAULT_VALIDATION_LIMITS } from '../validation/parse-context.js';
import { type WireSchemaName } from './wire-schema-parts.js';
import { wireSchemas } from './wire-schemas.js';

const check = new SchemaCheck();
const RUNS = { numRuns: 1_500 };

/** What a parser makes of a value; nothing where it refuses. */
function outcome<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (isA2AError(error)) return undefined;
    throw error;
  }
}

interface RequestCase {
  operation: Operation;
  name: WireSchemaName;
  values: fc.Arbitrary<unknown>;
  /** What is in the path, and not in the body. */
  path?: object;
}

const REQUESTS: RequestCase[] = [
  {
    operation: 'SendMessage',
    name: 'SendMessageRequest',
    values: sendRequests.map((request) => ({
      ...request,
      message: { ...request.message, role: 'ROLE_USER' },
    })),
  },
  {
    operation: 'CreateTaskPushNotificationConfig',
    name: 'TaskPushNotificationConfig',
    values: pushConfigs,
    path: { taskId: 't' },
  },
  {
    operation: 'CancelTask',
    name: 'CancelTaskRequest',
    values: fc.record({ metadata: fc.constant({ a: 1 }) }),
    path: { id: 't' },
  },
];

/** Servers refuse more than the parser does: what says who is not the user. */
function isUsers(value: unknown): boolean {
  const { message } = value as { message?: { role?: string } };
  return message?.role !== 'ROLE_AGENT';
}

describe.each(REQUESTS)(
  'the schema of $name',
  ({ operation, name, values, path }) => {
    const parse = (value: unknown) =>
      outcome(() => parseRequest(operation, { ...(value as object), ...path }));

    it('takes what the parser reads, and nothing that it refuses', () => {
      const counts = { both: 0, neither: 0 };
      fc.assert(
        fc.property(withChanges(values), (value) => {
          const isTaken = check.accepts(name, value);
          const read = parse(value);
          if (isTaken) {
            expect(read).toBeDefined();
            counts.both++;
          } else if (read === undefined) {
            counts.neither++;
          }
          if (read !== undefined && isUsers(read)) {
            // Other forms of ProtoJSON are not described; what they stand for is.
            expect(check.problems(name, read)).toEqual([]);
          }
        }),
        RUNS,
      );
      // Both happen: the test looks at something.
      expect(counts.both).toBeGreaterThan(200);
      expect(counts.neither).toBeGreaterThan(50);
    });
  },
);

const page = (task: unknown) => ({
  tasks: [task],
  nextPageToken: '',
  pageSize: 50,
  totalSize: 1,
});

const ANSWERS: [
  WireSchemaName,
  fc.Arbitrary<unknown>,
  (value: unknown) => unknown,
][] = [
  ['Task', tasks, parseTask],
  ['StreamResponse', events, parseStreamResponse],
  [
    'SendMessageResponse',
    fc.oneof(
      tasks.map((task) => ({ task })),
      messages.map((message) => ({ message })),
    ),
    parseSendMessageResponse,
  ],
  ['ListTasksResponse', tasks.map(page), parseListTasksResponse],
  ['TaskPushNotificationConfig', pushConfigs, parseTaskPushNotificationConfig],
  [
    'ListTaskPushNotificationConfigsResponse',
    pushConfigs.map((config) => ({ configs: [config], nextPageToken: '' })),
    parseListTaskPushNotificationConfigsResponse,
  ],
];

describe.each(ANSWERS)(
  'the schema of %s as an answer',
  (name, values, parse) => {
    it('takes every answer', () => {
      fc.assert(
        fc.property(values, (value) => {
          expect(check.problems(name, value)).toEqual([]);
        }),
        { numRuns: 500 },
      );
    });

    it('takes nothing that a client refuses', () => {
      let refused = 0;
      fc.assert(
        fc.property(withChanges(values), (value) => {
          if (outcome(() => parse(value)) === undefined) {
            expect(check.accepts(name, value)).toBe(false);
            refused++;
          }
        }),
        RUNS,
      );
      expect(refused).toBeGreaterThan(50);
    });
  },
);

describe('the schema of Error', () => {
  it.each([
    taskNotFound('t'),
    invalidParam('message.parts', 'Is required'),
    versionNotSupported('9.9', ['1.0']),
    bodyTooLarge(10),
    internalError(),
  ])('takes $code', (error) => {
    expect(check.problems('Error', toHttpErrorBody(error))).toEqual([]);
  });

  it.each([
    {},
    { error: {} },
    { error: { code: 404, status: 'GONE', message: 'm', details: [] } },
    { error: { code: 404, status: 'NOT_FOUND', message: 'm', details: [{}] } },
  ])('does not take %j', (value) => {
    expect(check.accepts('Error', value)).toBe(false);
  });
});

describe('wireSchemas', () => {
  it('have the limits of the agent', () => {
    const limits = { ...DEFAULT_VALIDATION_LIMITS, parts: 2, idLength: 3 };
    const small = new SchemaCheck(limits);
    const message = { messageId: 'abc', role: 'ROLE_USER' };
    const parts = [{ text: 'a' }, { text: 'b' }];
    const request = { message: { ...message, parts } };
    expect(small.problems('SendMessageRequest', request)).toEqual([]);
    for (const wrong of [
      { message: { ...message, parts: [...parts, { text: 'c' }] } },
      { message: { ...message, parts, contextId: 'abcd' } },
    ]) {
      expect(small.accepts('SendMessageRequest', wrong)).toBe(false);
      expect(check.accepts('SendMessageRequest', wrong)).toBe(true);
    }
  });

  it('refer to nothing that is not there, and leave nothing out', () => {
    const schemas = wireSchemas({ ref: (name) => name });
    const names = [...JSON.stringify(schemas).matchAll(/"\$ref":"(\w+)"/g)];
    const referred = new Set(names.map(([, name]) => name));
    expect([...referred].filter((name) => !(name! in schemas))).toEqual([]);
    const roots = Object.keys(schemas).filter((name) => !referred.has(name));
    expect(roots.sort()).toEqual([
      'AgentCard',
      'CancelTaskRequest',
      'Error',
      'ListTaskPushNotificationConfigsResponse',
      'ListTasksResponse',
      'SendMessageRequest',
      'SendMessageResponse',
      'StreamResponse',
    ]);
  });
});
