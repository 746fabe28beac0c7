import { create, fromBinary, toBinary, toJson } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { A2AError } from '../errors/a2a-error.js';
import {
  invalidParams,
  taskNotFound,
  unavailable,
} from '../errors/a2a-errors.js';
import { ErrorInfoSchema } from './generated/google/rpc/error_details_pb.js';
import { StatusSchema } from './generated/google/rpc/status_pb.js';
import { fromGrpcStatus, toGrpcStatus } from './status.js';

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

function statusWith(...details: { typeUrl: string; value: Uint8Array }[]) {
  const anys = details.map((detail) => create(AnySchema, detail));
  return toBinary(
    StatusSchema,
    create(StatusSchema, { code: 9, message: 'x', details: anys }),
  );
}

function errorInfo(fields: object) {
  const value = toBinary(ErrorInfoSchema, create(ErrorInfoSchema, fields));
  return { typeUrl: ERROR_INFO, value };
}

describe('toGrpcStatus', () => {
  it('has an ErrorInfo with the reason (A2A §10.6)', () => {
    const { code, message, details } = toGrpcStatus(taskNotFound('t1'));
    expect({ code, message }).toEqual({ code: 5, message: 'Task not found' });
    const status = fromBinary(StatusSchema, details ?? new Uint8Array());
    expect(status).toMatchObject({ code: 5, message: 'Task not found' });
    expect(status.details.map(({ typeUrl }) => typeUrl)).toEqual([ERROR_INFO]);
    const info = fromBinary(
      ErrorInfoSchema,
      status.details[0]?.value ?? new Uint8Array(),
    );
    expect(toJson(ErrorInfoSchema, info)).toEqual({
      reason: 'TASK_NOT_FOUND',
      domain: 'a2a-protocol.org',
      metadata: { taskId: 't1' },
    });
  });

  it('has no details where they would say nothing', () => {
    expect(toGrpcStatus(unavailable(3, new Error('secret')))).toEqual({
      code: 14,
      message: 'Temporarily unavailable',
    });
  });

  it('tells of very many violations the first, as trailers must be small', () => {
    const violations = Array.from({ length: 20 }, (_, i) => ({
      field: `message.parts[${i}].${'x'.repeat(500)}`,
      description: 'Is wrong',
    }));
    const status = toGrpcStatus(invalidParams(violations));
    expect(status.details?.length).toBeLessThanOrEqual(4_096);
    const read = fromGrpcStatus(status).violations;
    expect(read.length).toBeGreaterThan(1);
    expect(read).toEqual(violations.slice(0, read.length));
  });

  it('has no details where even one is too long', () => {
    const status = toGrpcStatus(taskNotFound('x'.repeat(5_000)));
    expect(status).toEqual({ code: 5, message: 'Task not found' });
  });
});

describe('fromGrpcStatus', () => {
  it.each([
    taskNotFound('t1'),
    invalidParams([{ field: 'a', description: 'b' }]),
    new A2AError('INVALID_AGENT_RESPONSE', 'x', {
      violations: [{ field: 'a', description: 'b' }],
      metadata: { a: 'b' },
    }),
  ])('reads what toGrpcStatus writes: %s', (error) => {
    const { code, message, violations, metadata } = fromGrpcStatus(
      toGrpcStatus(error),
    );
    expect({ code, message, violations, metadata }).toEqual({
      code: error.code,
      message: error.message,
      violations: error.violations,
      metadata: error.metadata,
    });
  });

  it.each([
    [3, 'INVALID_PARAMS'],
    [5, 'TASK_NOT_FOUND'],
    [9, 'UNSUPPORTED_OPERATION'],
    [12, 'METHOD_NOT_FOUND'],
    [16, 'UNAUTHENTICATED'],
    [2, 'INTERNAL'],
    [999, 'INTERNAL'],
  ])('takes the status %d without details for %s', (code, expected) => {
    expect(fromGrpcStatus({ code, message: '' })).toMatchObject({
      code: expected,
      message: `gRPC status ${code}`,
    });
  });

  it('believes the reason more than the status (A2A §5.4)', () => {
    const details = statusWith(
      { typeUrl: 'type.googleapis.com/google.rpc.RetryInfo', value: bytes(1) },
      { typeUrl: 'constructor', value: bytes(1) },
      errorInfo({
        reason: 'TASK_NOT_CANCELABLE',
        domain: 'a2a-protocol.org',
        metadata: { taskId: 't1' },
      }),
    );
    expect(fromGrpcStatus({ code: 12, message: 'x', details })).toMatchObject({
      code: 'TASK_NOT_CANCELABLE',
      metadata: { taskId: 't1' },
    });
  });

  it.each([
    ['that are none', bytes(0xff, 0xff)],
    [
      'whose detail is none',
      statusWith({ typeUrl: ERROR_INFO, value: bytes(0xff) }),
    ],
    [
      'of another domain',
      statusWith(errorInfo({ reason: 'TASK_NOT_FOUND', domain: 'x' })),
    ],
  ])('does without details %s', (_what, details) => {
    expect(fromGrpcStatus({ code: 9, message: 'x', details })).toMatchObject({
      code: 'UNSUPPORTED_OPERATION',
      metadata: {},
      violations: [],
    });
  });
});

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}
