import { A2AError, type A2AErrorCode } from '../../errors/a2a-error.js';
import {
  extensionSupportRequired,
  invalidParam,
  taskNotFound,
} from '../../errors/a2a-errors.js';
import { HTTP_ERRORS } from '../../errors/http-errors.js';
import { JSON_RPC_ERRORS } from '../../errors/json-rpc-errors.js';
import {
  fromV03HttpErrorBody,
  toV03HttpErrorBody,
  V03_HTTP_STATUS,
} from './http-errors.js';
import { fromV03JsonRpcError, toV03JsonRpcError } from './json-rpc-errors.js';

const CODES = Object.keys(HTTP_ERRORS) as A2AErrorCode[];

describe('errors of 0.3 over JSON-RPC', () => {
  it.each(CODES)('keep %s', (code) => {
    const error = new A2AError(code, 'No');
    const { httpStatus } = JSON_RPC_ERRORS[code];
    expect(fromV03JsonRpcError(toV03JsonRpcError(error), httpStatus).code).toBe(
      code,
    );
  });

  it('have only codes that 0.3 knows', () => {
    const known = [-32700, -32600, -32601, -32602, -32603];
    for (const code of CODES) {
      const written = toV03JsonRpcError(new A2AError(code, 'No')).code;
      expect(
        known.includes(written) || (written <= -32001 && written >= -32007),
      ).toBe(true);
    }
    expect(toV03JsonRpcError(extensionSupportRequired('x'))).toMatchObject({
      code: -32004,
      data: [{ reason: 'EXTENSION_SUPPORT_REQUIRED' }],
    });
  });

  it.each([undefined, 'text', { a: 1 }, null, [1]])(
    'may have the data %j',
    (data) => {
      const error = { code: -32002, message: 'Too late', data };
      expect(fromV03JsonRpcError(error)).toMatchObject({
        code: 'TASK_NOT_CANCELABLE',
        message: 'Too late',
      });
    },
  );
});

describe('errors of 0.3 over HTTP+JSON', () => {
  it.each(CODES)('keep %s', (code) => {
    const error = new A2AError(code, 'No');
    const read = fromV03HttpErrorBody(
      V03_HTTP_STATUS[code],
      toV03HttpErrorBody(error),
    );
    expect(read).toMatchObject({ code, message: 'No' });
  });

  it('are in every form that clients look for', () => {
    expect(toV03HttpErrorBody(taskNotFound('t1'))).toEqual({
      code: -32001,
      type: 'TaskNotFoundError',
      message: 'Task not found',
      data: [expect.objectContaining({ reason: 'TASK_NOT_FOUND' })],
      error: {
        code: 404,
        status: 'NOT_FOUND',
        message: 'Task not found',
        details: [expect.objectContaining({ reason: 'TASK_NOT_FOUND' })],
      },
    });
  });

  it('keep what is wrong with which field', () => {
    const { violations } = invalidParam('message.role', 'Is required');
    const body = toV03HttpErrorBody(
      invalidParam('message.role', 'Is required'),
    );
    expect(fromV03HttpErrorBody(400, body).violations).toEqual(violations);
  });

  it.each<[number, unknown, A2AErrorCode]>([
    [400, { code: -32002, message: 'm' }, 'TASK_NOT_CANCELABLE'],
    [404, { type: 'TaskNotFoundError', message: 'm' }, 'TASK_NOT_FOUND'],
    [
      400,
      { error: 'io.a2a.spec.UnsupportedOperationError', message: 'm' },
      'UNSUPPORTED_OPERATION',
    ],
    [
      400,
      { error: 'PushNotificationNotSupportedError', message: 'm' },
      'PUSH_NOTIFICATION_NOT_SUPPORTED',
    ],
    [
      400,
      { type: 'AuthenticatedExtendedCardNotConfiguredError', message: 'm' },
      'EXTENDED_AGENT_CARD_NOT_CONFIGURED',
    ],
    [
      400,
      { error: { code: 400, status: 'FAILED_PRECONDITION', message: 'm' } },
      'UNSUPPORTED_OPERATION',
    ],
    [400, { type: 'JokeError', message: 'm' }, 'INVALID_PARAMS'],
    [401, { message: 'm' }, 'UNAUTHENTICATED'],
  ])('are read (HTTP %d, %j)', (status, body, code) => {
    expect(fromV03HttpErrorBody(status, body)).toMatchObject({
      code,
      message: 'm',
    });
  });

  it.each([undefined, null, 'Gateway timeout', []])('may be %j', (body) => {
    expect(fromV03HttpErrorBody(500, body)).toMatchObject({
      code: 'INTERNAL',
      message: 'HTTP 500',
    });
  });
});
