import { A2AError, type A2AErrorCode } from './a2a-error.js';
import {
  invalidParam,
  taskNotFound,
  versionNotSupported,
} from './a2a-errors.js';
import {
  fromHttpErrorBody,
  HTTP_ERRORS,
  toHttpErrorBody,
} from './http-errors.js';

const CODES = Object.keys(HTTP_ERRORS) as A2AErrorCode[];

/** These have no reason, and share status and name with another: the client sees that one. */
const SEEN_AS: Partial<Record<A2AErrorCode, A2AErrorCode>> = {
  PARSE_ERROR: 'INVALID_PARAMS',
  INVALID_REQUEST: 'INVALID_PARAMS',
};

describe('toHttpErrorBody', () => {
  it('has the form of google.rpc.Status (A2A §11.6)', () => {
    expect(toHttpErrorBody(taskNotFound('t9'))).toEqual({
      error: {
        code: 404,
        status: 'NOT_FOUND',
        message: 'Task not found',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'TASK_NOT_FOUND',
            domain: 'a2a-protocol.org',
            metadata: { taskId: 't9' },
          },
        ],
      },
    });
    expect(toHttpErrorBody(invalidParam('pageSize', 'Is odd')).error).toEqual({
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: 'Invalid parameters',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'pageSize', description: 'Is odd' }],
        },
      ],
    });
    expect(
      toHttpErrorBody(new A2AError('INTERNAL', 'x')).error.details,
    ).toEqual([]);
  });
});

describe('fromHttpErrorBody', () => {
  it.each(CODES)('reads %s as it was written', (code) => {
    const error = new A2AError(code, 'What failed', {
      violations: [{ field: 'a', description: 'b' }],
    });
    const wire: unknown = JSON.parse(JSON.stringify(toHttpErrorBody(error)));
    const read = fromHttpErrorBody(HTTP_ERRORS[code], wire);
    expect(read.code).toBe(SEEN_AS[code] ?? code);
    expect(read.message).toBe('What failed');
    expect(read.violations).toEqual(error.violations);
  });

  it('keeps the metadata of an error of A2A', () => {
    const error = versionNotSupported('0.5', ['1.0']);
    expect(fromHttpErrorBody(400, toHttpErrorBody(error)).metadata).toEqual(
      error.metadata,
    );
  });

  it.each([
    [409, 'TASK_NOT_CANCELABLE'],
    [415, 'CONTENT_TYPE_NOT_SUPPORTED'],
    [422, 'INVALID_PARAMS'],
    [502, 'INVALID_AGENT_RESPONSE'],
    [400, 'INVALID_PARAMS'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'TASK_NOT_FOUND'],
    [413, 'BODY_TOO_LARGE'],
    [429, 'RATE_LIMITED'],
    [501, 'METHOD_NOT_FOUND'],
    [503, 'UNAVAILABLE'],
    [500, 'INTERNAL'],
    [418, 'INTERNAL'],
    [504, 'INTERNAL'],
  ])(
    'reads HTTP %i without details as %s (A2A 1.0.0 and others)',
    (status, code) => {
      for (const body of [
        undefined,
        null,
        '',
        '<html>',
        [],
        {},
        { error: null },
        { error: 'TaskNotFoundError' },
        { error: { message: 'x', details: 'none' } },
      ]) {
        expect(fromHttpErrorBody(status, body).code).toBe(code);
      }
    },
  );

  it.each([
    [400, 'FAILED_PRECONDITION', 'UNSUPPORTED_OPERATION'],
    [400, 'UNIMPLEMENTED', 'UNSUPPORTED_OPERATION'],
    [404, 'UNIMPLEMENTED', 'METHOD_NOT_FOUND'],
    [404, 'NOT_FOUND', 'TASK_NOT_FOUND'],
    [400, 'INVALID_ARGUMENT', 'INVALID_PARAMS'],
    [400, 'constructor', 'INVALID_PARAMS'],
    [400, { toString: 1, valueOf: 1 }, 'INVALID_PARAMS'],
  ])('reads HTTP %i with the name %j as %s', (code, status, expected) => {
    expect(fromHttpErrorBody(code, { error: { status } }).code).toBe(expected);
  });

  it('believes the reason before the status', () => {
    const body = toHttpErrorBody(taskNotFound('t1'));
    expect(fromHttpErrorBody(500, body).code).toBe('TASK_NOT_FOUND');
    const { details } = body.error;
    for (const error of [{ details: details[0] }, { details }]) {
      expect(fromHttpErrorBody(500, { error }).code).toBe('TASK_NOT_FOUND');
      expect(fromHttpErrorBody(500, error).code).toBe('TASK_NOT_FOUND');
    }
  });

  it('takes the message from inside, from outside, or from the status', () => {
    expect(fromHttpErrorBody(500, { error: { message: 'in' } }).message).toBe(
      'in',
    );
    expect(fromHttpErrorBody(500, { message: 'out' }).message).toBe('out');
    expect(fromHttpErrorBody(500, { error: { message: 7 } }).message).toBe(
      'HTTP 500',
    );
    expect(fromHttpErrorBody(500, undefined).message).toBe('HTTP 500');
  });
});
