import { A2AError } from './a2a-error.js';
import {
  bodyTooLarge,
  internalError,
  invalidAgentResponse,
  invalidParam,
  taskNotFound,
} from './a2a-errors.js';
import { fromErrorDetails, toErrorDetails } from './error-details.js';

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
const nothing = { metadata: {}, violations: [] };

const info = {
  '@type': ERROR_INFO,
  reason: 'TASK_NOT_FOUND',
  domain: 'a2a-protocol.org',
  metadata: { taskId: 't1' },
};
const badRequest = {
  '@type': BAD_REQUEST,
  fieldViolations: [{ field: 'id', description: 'Is required' }],
};

describe('toErrorDetails', () => {
  it('has an ErrorInfo for an error of A2A (A2A §10.6)', () => {
    expect(toErrorDetails(taskNotFound('t1'))).toEqual([info]);
  });

  it('has a BadRequest for wrong fields (A2A §9.5)', () => {
    expect(toErrorDetails(invalidParam('id', 'Is required'))).toEqual([
      badRequest,
    ]);
  });

  it('may have both', () => {
    const error = invalidAgentResponse('x', badRequest.fieldViolations);
    expect(toErrorDetails(error).map((detail) => detail['@type'])).toEqual([
      ERROR_INFO,
      BAD_REQUEST,
    ]);
  });

  it.each([
    internalError(new Error('secret')),
    bodyTooLarge(1),
    new A2AError('FORBIDDEN', 'x', { metadata: { a: 'b' } }),
  ])('is empty for %s, whose code is not of A2A', (error) => {
    expect(toErrorDetails(error)).toEqual([]);
  });
});

describe('fromErrorDetails', () => {
  it('reads what toErrorDetails writes', () => {
    expect(fromErrorDetails([info, badRequest])).toEqual({
      reason: 'TASK_NOT_FOUND',
      metadata: { taskId: 't1' },
      violations: badRequest.fieldViolations,
    });
  });

  it('takes one detail that is not in a list', () => {
    expect(fromErrorDetails(info).reason).toBe('TASK_NOT_FOUND');
  });

  it.each([undefined, null, '', 'text', 5, true, [], {}, [null, 1, 'a', []]])(
    'finds nothing in %j',
    (details) => {
      expect(fromErrorDetails(details)).toEqual(nothing);
    },
  );

  it.each([
    { ...info, domain: 'example.com' },
    { ...info, domain: undefined },
    { ...info, reason: 'INTERNAL' },
    { ...info, reason: 'INVALID_PARAMS' },
    { ...info, reason: 'SOMETHING_ELSE' },
    { ...info, reason: 'constructor' },
    { ...info, reason: ['TASK_NOT_FOUND'] },
    { '@type': BAD_REQUEST, fieldViolations: {} },
    { '@type': BAD_REQUEST, fieldViolations: [null, 'a', { field: 1 }, {}] },
  ])('does not believe %j', (detail) => {
    expect(fromErrorDetails([detail])).toEqual(nothing);
  });

  it('takes only strings as metadata, and __proto__ for a key like any other', () => {
    const detail: unknown = JSON.parse(
      `{"reason":"TASK_NOT_FOUND","domain":"a2a-protocol.org",
        "metadata":{"a":"b","c":1,"d":null,"__proto__":"x","constructor":"y"}}`,
    );
    const { metadata } = fromErrorDetails([detail]);
    expect(JSON.stringify(metadata)).toBe(
      '{"a":"b","__proto__":"x","constructor":"y"}',
    );
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
  });

  it('puts the metadata of several details together', () => {
    const other = { ...info, metadata: { state: 'x' } };
    expect(fromErrorDetails([info, other]).metadata).toEqual({
      taskId: 't1',
      state: 'x',
    });
  });

  it('takes of a violation its field and description only', () => {
    const violation = { field: 'a', description: 'b', reason: 'c' };
    const details = [{ '@type': BAD_REQUEST, fieldViolations: [violation] }];
    expect(fromErrorDetails(details).violations).toEqual([
      { field: 'a', description: 'b' },
    ]);
  });
});
