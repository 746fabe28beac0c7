import fc from 'fast-check';
import { jsonValues } from '../../test/arbitraries.js';
import { type A2AError, isA2AError } from '../errors/a2a-error.js';
import { OPERATIONS } from '../operations/operation.js';
import { parseRequest } from '../operations/parse-requests.js';
import { parseStreamResponse } from '../operations/parse-responses.js';
import { fromV03HttpErrorBody } from './errors/http-errors.js';
import { fromV03JsonRpcError } from './errors/json-rpc-errors.js';
import { V03_JSON_RPC } from './json-rpc/v03-json-rpc.js';
import { V03_PROTO_JSON } from './proto-json/v03-proto-json.js';

const DIALECTS = [
  ['JSON-RPC', V03_JSON_RPC],
  ['ProtoJSON', V03_PROTO_JSON],
] as const;

/** The members that the readers look for, so that random values reach deep into them. */
const NAMES = [
  ...['message', 'request', 'parts', 'content', 'kind', 'role', 'text'],
  ...['file', 'bytes', 'uri', 'fileWithUri', 'data', 'value', 'metadata'],
  ...[
    'data_part_compat',
    'id',
    'name',
    'parent',
    'taskId',
    'config',
    'configs',
  ],
  ...['pushNotificationConfig', 'push_notification', 'authentication'],
  ...['schemes', 'configuration', 'blocking', 'history_length', 'status'],
  ...['state', 'timestamp', 'update', 'task', 'msg', 'statusUpdate', 'history'],
  ...['artifacts', 'artifact', 'artifactUpdate', '__proto__', 'constructor'],
  ...['error', 'code', 'type', 'details', 'reason', 'toString', 'valueOf'],
];

const WORDS = [
  ...['message', 'task', 'status-update', 'text', 'file', 'data', 'user'],
  ...['ROLE_AGENT', 'tasks/', 'tasks/t1', 'tasks/t/pushNotificationConfigs/c'],
  ...['2026-01-02T03:04:05', '9999-99-99T99:99:99+99:99', 'submitted', ''],
  ...['__proto__', 'constructor', 'TASK_STATE_CANCELLED', '-', '\ud800'],
];

const { value: hostile } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    jsonValues,
    fc.constantFrom(...WORDS),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), {
        maxLength: 6,
      })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
}));

/** What it threw, if it is an A2AError; anything else rises. */
function refusalOf(work: () => unknown): A2AError | undefined {
  try {
    work();
  } catch (error) {
    if (!isA2AError(error)) {
      throw error;
    }
    return error;
  }
  return undefined;
}

describe.each(DIALECTS)('hostile values in %s', (_, dialect) => {
  it('are read or refused as requests, whatever they are', () => {
    const outcomes = new Set<string>();
    const operations = fc.constantFrom(...OPERATIONS);
    fc.assert(
      fc.property(operations, hostile, (operation, value) => {
        const error = refusalOf(() =>
          parseRequest(operation, dialect.readRequest(operation, value)),
        );
        outcomes.add(error?.code ?? 'read');
        for (const { field } of error?.violations ?? []) {
          expect(typeof dialect.fieldName(operation, field)).toBe('string');
        }
      }),
      { numRuns: 3_000 },
    );
    expect([...outcomes].sort()).toEqual([
      'INVALID_PARAMS',
      'UNSUPPORTED_OPERATION',
      'read',
    ]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('are read or refused as answers and events, whatever they are', () => {
    const outcomes = new Set<string>();
    const operations = fc.constantFrom(...OPERATIONS);
    fc.assert(
      fc.property(operations, hostile, (operation, value) => {
        for (const read of [
          () => dialect.readResult(operation, value),
          () => parseStreamResponse(dialect.readEvent(value)),
        ]) {
          outcomes.add(refusalOf(read)?.code ?? 'read');
        }
      }),
      { numRuns: 3_000 },
    );
    expect([...outcomes].sort()).toEqual([
      'INVALID_AGENT_RESPONSE',
      'UNSUPPORTED_OPERATION',
      'read',
    ]);
  });

  it.each([
    ['lists', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['objects', '{"data":'.repeat(20_000) + '1' + '}'.repeat(20_000)],
    ['messages', '{"message":'.repeat(20_000) + '1' + '}'.repeat(20_000)],
  ])('that are deeply nested %s do not exhaust the stack', (_name, text) => {
    const value: unknown = JSON.parse(text);
    const part = { kind: 'data', data: value, metadata: value };
    const message = { messageId: 'm', role: 'user', parts: [part] };
    for (const params of [value, { message }, { message: value }]) {
      const error = refusalOf(() =>
        parseRequest('SendMessage', dialect.readRequest('SendMessage', params)),
      );
      expect(error?.code).toBe('INVALID_PARAMS');
    }
    const result = { kind: 'message', ...message };
    expect(
      refusalOf(() => parseStreamResponse(dialect.readEvent(result)))?.code,
    ).toBe('INVALID_AGENT_RESPONSE');
  });

  it('pollute no prototype', () => {
    const text =
      '{"message":{"messageId":"m","role":"user","parts":[{"kind":"data","data":{"value":1},' +
      '"metadata":{"data_part_compat":true,"__proto__":{"polluted":1}}}],"__proto__":{"taskId":"x"}},"__proto__":{"tenant":"x"}}';
    const read = parseRequest(
      'SendMessage',
      dialect.readRequest('SendMessage', JSON.parse(text)),
    );
    expect(JSON.stringify(read.message)).toBe(
      '{"messageId":"m","role":"ROLE_USER","parts":[{"data":1,"metadata":{"__proto__":{"polluted":1}}}]}',
    );
    expect(read.tenant).toBeUndefined();
    expect('polluted' in {}).toBe(false);
  });
});

describe('hostile errors', () => {
  it('become an error, whatever they are', () => {
    fc.assert(
      fc.property(
        hostile,
        fc.integer({ min: 0, max: 999 }),
        (value, status) => {
          expect(isA2AError(fromV03JsonRpcError(value, status))).toBe(true);
          expect(isA2AError(fromV03HttpErrorBody(status, value))).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
