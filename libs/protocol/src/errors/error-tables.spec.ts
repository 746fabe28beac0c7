import { A2AError, type A2AErrorCode } from './a2a-error.js';
import { GRPC_ERRORS } from './grpc-errors.js';
import { HTTP_ERRORS, toHttpErrorBody } from './http-errors.js';
import { JSON_RPC_ERRORS, toJsonRpcError } from './json-rpc-errors.js';

type Row = [
  code: A2AErrorCode,
  jsonRpcCode: number,
  jsonRpcHttpStatus: number,
  httpStatus: number,
  grpcStatus: string,
  grpcCode: number,
];

// Written out once more, so that no table can change by accident (A2A §5.4).
const ROWS: Row[] = [
  ['TASK_NOT_FOUND', -32001, 200, 404, 'NOT_FOUND', 5],
  ['TASK_NOT_CANCELABLE', -32002, 200, 400, 'FAILED_PRECONDITION', 9],
  [
    'PUSH_NOTIFICATION_NOT_SUPPORTED',
    -32003,
    200,
    400,
    'FAILED_PRECONDITION',
    9,
  ],
  ['UNSUPPORTED_OPERATION', -32004, 200, 400, 'FAILED_PRECONDITION', 9],
  ['CONTENT_TYPE_NOT_SUPPORTED', -32005, 200, 400, 'INVALID_ARGUMENT', 3],
  ['INVALID_AGENT_RESPONSE', -32006, 200, 500, 'INTERNAL', 13],
  [
    'EXTENDED_AGENT_CARD_NOT_CONFIGURED',
    -32007,
    200,
    400,
    'FAILED_PRECONDITION',
    9,
  ],
  ['EXTENSION_SUPPORT_REQUIRED', -32008, 200, 400, 'FAILED_PRECONDITION', 9],
  ['VERSION_NOT_SUPPORTED', -32009, 200, 400, 'FAILED_PRECONDITION', 9],
  ['PARSE_ERROR', -32700, 200, 400, 'INVALID_ARGUMENT', 3],
  ['INVALID_REQUEST', -32600, 200, 400, 'INVALID_ARGUMENT', 3],
  ['INVALID_PARAMS', -32602, 200, 400, 'INVALID_ARGUMENT', 3],
  ['METHOD_NOT_FOUND', -32601, 200, 404, 'UNIMPLEMENTED', 12],
  ['INTERNAL', -32603, 200, 500, 'INTERNAL', 13],
  ['UNAUTHENTICATED', -32600, 401, 401, 'UNAUTHENTICATED', 16],
  ['FORBIDDEN', -32600, 403, 403, 'PERMISSION_DENIED', 7],
  ['BODY_TOO_LARGE', -32600, 413, 413, 'INVALID_ARGUMENT', 3],
  ['RATE_LIMITED', -32603, 429, 429, 'RESOURCE_EXHAUSTED', 8],
  ['UNAVAILABLE', -32603, 503, 503, 'UNAVAILABLE', 14],
];

const sorted = (codes: readonly string[]) => [...codes].sort();

describe.each(ROWS)(
  '%s',
  (code, jsonRpcCode, jsonRpcHttpStatus, httpStatus, grpcStatus, grpcCode) => {
    const error = new A2AError(code, 'What failed');

    it(`is ${jsonRpcCode} on JSON-RPC, with HTTP ${jsonRpcHttpStatus} (A2A §9.5)`, () => {
      expect(JSON_RPC_ERRORS[code]).toEqual({
        code: jsonRpcCode,
        httpStatus: jsonRpcHttpStatus,
      });
      expect(toJsonRpcError(error)).toMatchObject({
        code: jsonRpcCode,
        message: 'What failed',
      });
    });

    it(`is ${httpStatus} ${grpcStatus} on HTTP+JSON (A2A §11.6)`, () => {
      expect(HTTP_ERRORS[code]).toBe(httpStatus);
      expect(toHttpErrorBody(error).error).toMatchObject({
        code: httpStatus,
        status: grpcStatus,
        message: 'What failed',
      });
    });

    it(`is ${grpcStatus} (${grpcCode}) on gRPC (A2A §10.6)`, () => {
      expect(GRPC_ERRORS[code]).toEqual({ code: grpcCode, status: grpcStatus });
    });
  },
);

describe.each([
  ['JSON_RPC_ERRORS', JSON_RPC_ERRORS],
  ['HTTP_ERRORS', HTTP_ERRORS],
  ['GRPC_ERRORS', GRPC_ERRORS],
])('%s', (_, table) => {
  it('has a row for each code and no other, and cannot be changed', () => {
    expect(sorted(Object.keys(table))).toEqual(
      sorted(ROWS.map(([code]) => code)),
    );
    expect(Object.isFrozen(table)).toBe(true);
  });
});
