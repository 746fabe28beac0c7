import { isA2AError } from '../errors/a2a-error.js';
import { jsonRpcIdOf, parseJsonRpcRequest } from './json-rpc.js';

function refusalOf(body: unknown) {
  try {
    parseJsonRpcRequest(body);
  } catch (error) {
    if (isA2AError(error)) {
      const { code, message, violations } = error;
      return { code, message, fields: violations.map(({ field }) => field) };
    }
    throw error;
  }
  throw new Error('was not refused');
}

const valid = { jsonrpc: '2.0', id: 1, method: 'GetTask', params: { id: 't' } };

describe('parseJsonRpcRequest', () => {
  it('reads id, method and params (A2A §9.3)', () => {
    expect(parseJsonRpcRequest({ ...valid, other: 1 })).toEqual({
      id: 1,
      method: 'GetTask',
      params: { id: 't' },
    });
  });

  it.each(['', 'r1', 'x'.repeat(10_000), 0, -1, 1.5, 2 ** 53, null])(
    'takes the id %p as it is (JSON-RPC 2.0 §4)',
    (id) => {
      expect(parseJsonRpcRequest({ ...valid, id }).id).toBe(id);
    },
  );

  it.each([undefined, null, 'text', 5, [], ['t']])(
    'leaves the params %j to the operation',
    (params) => {
      expect(parseJsonRpcRequest({ ...valid, params }).params).toEqual(params);
    },
  );

  it.each([true, {}, [], [1], undefined, Infinity, NaN])(
    'refuses the id %p',
    (id) => {
      expect(refusalOf({ ...valid, id })).toEqual({
        code: 'INVALID_REQUEST',
        message: 'Request payload validation error',
        fields: ['id'],
      });
    },
  );

  it('refuses an id that would make every event of a stream long', () => {
    const id = 'x'.repeat(16_384);
    expect(parseJsonRpcRequest({ ...valid, id }).id).toBe(id);
    expect(refusalOf({ ...valid, id: `${id}x` }).fields).toEqual(['id']);
    expect(jsonRpcIdOf({ id: `${id}x` })).toBeNull();
  });

  it('refuses a notification instead of doing it in silence', () => {
    const { id: _, ...notification } = valid;
    expect(refusalOf(notification)).toMatchObject({
      code: 'INVALID_REQUEST',
      fields: ['id'],
    });
    expect(jsonRpcIdOf(notification)).toBeNull();
  });

  it.each([undefined, null, '1.0', '2', 2, '2.00', ['2.0']])(
    'refuses the jsonrpc member %j',
    (jsonrpc) => {
      expect(refusalOf({ ...valid, jsonrpc })).toMatchObject({
        code: 'INVALID_REQUEST',
        fields: ['jsonrpc'],
      });
    },
  );

  it.each([undefined, null, 1, {}, ['GetTask']])(
    'refuses the method %j',
    (method) => {
      expect(refusalOf({ ...valid, method })).toMatchObject({
        code: 'INVALID_REQUEST',
        fields: ['method'],
      });
    },
  );

  it('does not judge the name of the method', () => {
    expect(parseJsonRpcRequest({ ...valid, method: '' }).method).toBe('');
    expect(
      parseJsonRpcRequest({ ...valid, method: 'constructor' }).method,
    ).toBe('constructor');
  });

  it('lists everything that is wrong', () => {
    expect(refusalOf({}).fields).toEqual(['jsonrpc', 'id', 'method']);
  });

  it.each([[[]], [[valid]], [[valid, valid]]])(
    'refuses the batch %j',
    (batch) => {
      expect(refusalOf(batch)).toEqual({
        code: 'INVALID_REQUEST',
        message: 'Batch requests are not supported',
        fields: [],
      });
    },
  );

  it.each([null, undefined, 'text', 1, true])('refuses %j', (body) => {
    expect(refusalOf(body)).toEqual({
      code: 'INVALID_REQUEST',
      message: 'Request payload validation error',
      fields: [],
    });
  });

  it('does not take inherited members for its own', () => {
    const body: unknown = JSON.parse(
      '{"__proto__":{"jsonrpc":"2.0","id":1,"method":"GetTask"}}',
    );
    expect(refusalOf(body).fields).toEqual(['jsonrpc', 'id', 'method']);
  });
});

describe('jsonRpcIdOf', () => {
  it.each([
    [{ id: 'r1' }, 'r1'],
    [{ id: 0 }, 0],
    [{ id: null }, null],
    [{ id: {} }, null],
    [{ id: true }, null],
    [{}, null],
    [[{ id: 1 }], null],
    [null, null],
    ['r1', null],
  ])('answers %j with the id %j', (body, id) => {
    expect(jsonRpcIdOf(body)).toBe(id);
  });
});
