import { A2AError, isA2AError } from './a2a-error.js';
import * as errors from './a2a-errors.js';

describe('A2AError', () => {
  it('has its facts as fields and keeps the cause', () => {
    const cause = new Error('disk');
    const error = new A2AError('UNAVAILABLE', 'Later', {
      violations: [{ field: 'a', description: 'b' }],
      metadata: { taskId: 't1' },
      retryAfterSeconds: 3,
      challenge: 'Bearer',
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'A2AError',
      code: 'UNAVAILABLE',
      message: 'Later',
      violations: [{ field: 'a', description: 'b' }],
      metadata: { taskId: 't1' },
      retryAfterSeconds: 3,
      challenge: 'Bearer',
    });
    expect(error.cause).toBe(cause);
  });

  it('has no cause where none was given', () => {
    expect('cause' in new A2AError('INTERNAL', 'x')).toBe(false);
  });
});

describe('isA2AError', () => {
  it('recognises errors of another copy of the package', () => {
    const mark: unique symbol = Symbol.for('@nest-a2a/protocol:A2AError');
    class A2AErrorOfAnotherCopy extends Error {
      readonly [mark] = true;
    }
    expect(isA2AError(new A2AError('INTERNAL', 'x'))).toBe(true);
    expect(isA2AError(new A2AErrorOfAnotherCopy())).toBe(true);
  });

  it.each([
    new Error('x'),
    { name: 'A2AError', code: 'INTERNAL' },
    { [Symbol.for('@nest-a2a/protocol:A2AError')]: true },
    'A2AError',
    null,
    undefined,
  ])('does not take %p for one', (value) => {
    expect(isA2AError(value)).toBe(false);
  });
});

describe('the errors', () => {
  const cause = new Error('secret of the database');

  it.each([
    [errors.taskNotFound('t1'), 'TASK_NOT_FOUND', { taskId: 't1' }],
    [
      errors.taskNotCancelable('t1', 'TASK_STATE_FAILED'),
      'TASK_NOT_CANCELABLE',
      { taskId: 't1', state: 'TASK_STATE_FAILED' },
    ],
    [
      errors.pushNotificationNotSupported(),
      'PUSH_NOTIFICATION_NOT_SUPPORTED',
      {},
    ],
    [
      errors.unsupportedOperation('No streams', { a: 'b' }),
      'UNSUPPORTED_OPERATION',
      { a: 'b' },
    ],
    [
      errors.contentTypeNotSupported('image/png'),
      'CONTENT_TYPE_NOT_SUPPORTED',
      { mediaType: 'image/png' },
    ],
    [errors.invalidAgentResponse('No task'), 'INVALID_AGENT_RESPONSE', {}],
    [
      errors.extendedAgentCardNotConfigured(),
      'EXTENDED_AGENT_CARD_NOT_CONFIGURED',
      {},
    ],
    [
      errors.extensionSupportRequired('https://a.example/ext'),
      'EXTENSION_SUPPORT_REQUIRED',
      { extension: 'https://a.example/ext' },
    ],
    [
      errors.versionNotSupported('0.5', ['1.0', '0.3']),
      'VERSION_NOT_SUPPORTED',
      { requestedVersion: '0.5', supportedVersions: '1.0,0.3' },
    ],
    [errors.parseError(cause), 'PARSE_ERROR', {}],
    [errors.invalidRequest(), 'INVALID_REQUEST', {}],
    [errors.methodNotFound(), 'METHOD_NOT_FOUND', {}],
    [errors.invalidParam('id', 'Is required'), 'INVALID_PARAMS', {}],
    [errors.internalError(cause), 'INTERNAL', {}],
    [errors.unauthenticated(), 'UNAUTHENTICATED', {}],
    [errors.forbidden(), 'FORBIDDEN', {}],
    [errors.bodyTooLarge(10), 'BODY_TOO_LARGE', { maxBytes: '10' }],
    [errors.rateLimited(3), 'RATE_LIMITED', {}],
    [errors.unavailable(3, cause), 'UNAVAILABLE', {}],
  ])('%s has the code %s and the facts %j', (error, code, metadata) => {
    expect(error.code).toBe(code);
    expect(error.metadata).toEqual(metadata);
    expect(error.message).toMatch(/^[A-Z][^.]+$/);
    expect(error.message).not.toContain('secret');
  });

  it('of -327xx and -326xx have the messages of the specification (A2A §9.5)', () => {
    expect(errors.parseError().message).toBe('Invalid JSON payload');
    expect(errors.invalidRequest().message).toBe(
      'Request payload validation error',
    );
    expect(errors.methodNotFound().message).toBe('Method not found');
    expect(errors.invalidParams([]).message).toBe('Invalid parameters');
    expect(errors.internalError().message).toBe('Internal error');
  });

  it('keep what the log needs', () => {
    expect(errors.internalError(cause).cause).toBe(cause);
    expect(errors.parseError(cause).cause).toBe(cause);
    expect(errors.invalidAgentResponse('No task', [], cause).cause).toBe(cause);
    expect(errors.unavailable(3, cause)).toMatchObject({
      cause,
      retryAfterSeconds: 3,
    });
    expect(errors.rateLimited(9).retryAfterSeconds).toBe(9);
    expect(errors.unauthenticated('Bearer realm="a"').challenge).toBe(
      'Bearer realm="a"',
    );
    expect(errors.unauthenticated().challenge).toBeUndefined();
  });
});
