import { A2AError, type A2AErrorCode } from './a2a-error.js';
import { invalidParams, taskNotFound } from './a2a-errors.js';
import {
  fromJsonRpcError,
  JSON_RPC_ERRORS,
  toJsonRpcError,
} from './json-rpc-errors.js';

const CODES = Object.keys(JSON_RPC_ERRORS) as A2AErrorCode[];

describe('toJsonRpcError', () => {
  it('has the details as a list in data (A2A §9.5)', () => {
    expect(toJsonRpcError(taskNotFound('t9'))).toEqual({
      code: -32001,
      message: 'Task not found',
      data: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'TASK_NOT_FOUND',
          domain: 'a2a-protocol.org',
          metadata: { taskId: 't9' },
        },
      ],
    });
    const violations = [{ field: 'message.parts', description: 'Is required' }];
    expect(toJsonRpcError(invalidParams(violations))).toEqual({
      code: -32602,
      message: 'Invalid parameters',
      data: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: violations,
        },
      ],
    });
  });

  it('has no data rather than an empty list', () => {
    expect(toJsonRpcError(new A2AError('INTERNAL', 'x'))).toEqual({
      code: -32603,
      message: 'x',
    });
  });
});

describe('fromJsonRpcError', () => {
  it.each(CODES)('reads %s as it was written', (code) => {
    const error = new A2AError(code, 'What failed', {
      violations: [{ field: 'a', description: 'b' }],
    });
    const wire: unknown = JSON.parse(JSON.stringify(toJsonRpcError(error)));
    const read = fromJsonRpcError(wire, JSON_RPC_ERRORS[code].httpStatus);
    expect(read.code).toBe(code);
    expect(read.message).toBe('What failed');
    expect(read.violations).toEqual(error.violations);
  });

  it('keeps the metadata of an error of A2A', () => {
    const read = fromJsonRpcError(toJsonRpcError(taskNotFound('t1')));
    expect(read.metadata).toEqual({ taskId: 't1' });
  });

  it.each([
    undefined,
    null,
    'Task t1 is gone',
    { taskId: 't1' },
    [],
    ['text'],
    [{ '@type': 'type.googleapis.com/google.rpc.DebugInfo' }],
  ])('goes by the code where data is %j', (data) => {
    const read = fromJsonRpcError({ code: -32001, message: 'Gone', data });
    expect(read).toMatchObject({ code: 'TASK_NOT_FOUND', message: 'Gone' });
  });

  it('believes the reason before the code', () => {
    const details = toJsonRpcError(taskNotFound('t1')).data;
    for (const data of [details, details?.[0]]) {
      const read = fromJsonRpcError({ code: -32603, message: 'x', data }, 500);
      expect(read.code).toBe('TASK_NOT_FOUND');
    }
  });

  it.each([
    [-32600, 200, 'INVALID_REQUEST'],
    [-32600, 400, 'INVALID_REQUEST'],
    [-32600, 401, 'UNAUTHENTICATED'],
    [-32600, 403, 'FORBIDDEN'],
    [-32600, 413, 'BODY_TOO_LARGE'],
    [-32603, 200, 'INTERNAL'],
    [-32603, 500, 'INTERNAL'],
    [-32603, 429, 'RATE_LIMITED'],
    [-32603, 503, 'UNAVAILABLE'],
    [-32603, 401, 'UNAUTHENTICATED'],
    [-32600, 429, 'RATE_LIMITED'],
    [-32001, 404, 'TASK_NOT_FOUND'],
    [-32700, 400, 'PARSE_ERROR'],
  ])('reads %i with HTTP %i as %s', (code, httpStatus, expected) => {
    expect(fromJsonRpcError({ code, message: 'x' }, httpStatus).code).toBe(
      expected,
    );
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [413, 'BODY_TOO_LARGE'],
    [429, 'RATE_LIMITED'],
    [503, 'UNAVAILABLE'],
    [404, 'INTERNAL'],
    [500, 'INTERNAL'],
    [200, 'INTERNAL'],
  ])(
    'goes by HTTP %i alone where there is no JSON-RPC error',
    (status, code) => {
      for (const value of [
        undefined,
        { statusCode: status },
        { code: -31999 },
      ]) {
        expect(fromJsonRpcError(value, status).code).toBe(code);
      }
    },
  );

  it.each([
    undefined,
    null,
    'error',
    [],
    {},
    { code: '-32001' },
    { code: [-32001] },
    { code: { valueOf: 1, toString: 1 } },
    { code: -32001.5, message: { toString: 1 } },
    { code: 1, message: 7, data: { fieldViolations: 7 } },
  ])('makes an internal error of %j', (value) => {
    expect(fromJsonRpcError(value)).toMatchObject({
      code: 'INTERNAL',
      message: 'INTERNAL',
      violations: [],
      metadata: {},
    });
  });
});
