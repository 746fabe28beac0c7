import { isA2AError } from '../errors/a2a-error.js';
import { DEFAULT_VALIDATION_LIMITS } from '../validation/parse-context.js';
import { parseRequest } from './parse-requests.js';

function violationsOf(
  value: unknown,
  limits = DEFAULT_VALIDATION_LIMITS,
): [string, string][] {
  try {
    parseRequest('SendMessage', value, limits);
  } catch (error) {
    if (isA2AError(error) && error.code === 'INVALID_PARAMS') {
      return error.violations.map(({ field, description }) => [
        field,
        description,
      ]);
    }
    throw error;
  }
  return [];
}

const message = { messageId: 'm1', role: 'ROLE_USER', parts: [{ text: 'hi' }] };

describe('parseRequest of what is too much', () => {
  it('tells of at most 20 violations', () => {
    const parts = Array.from({ length: 1_000 }, () => ({ text: 1 }));
    const value = { message: { ...message, parts }, metadata: 1 };
    const found = violationsOf(value);
    expect(found).toHaveLength(20);
    expect(found.at(-1)).toEqual([
      'message.parts[19].text',
      'Must be a string',
    ]);
  });

  it('has the limits that it is given, and names the field (message.parts, ids, depth, metadata)', () => {
    const limits = { parts: 1, jsonDepth: 2, metadataBytes: 20, idLength: 3 };
    const value = {
      tenant: 'long',
      message: {
        ...message,
        parts: [{ text: 'a' }, { text: 'b' }],
        referenceTaskIds: ['abc', 'abcd'],
        metadata: { a: 'x'.repeat(13) },
      },
      metadata: { a: { b: {} } },
    };
    expect(violationsOf(value, limits)).toEqual([
      ['tenant', 'Must have at most 3 characters'],
      ['message.parts', 'Must have at most 1 element, got 2'],
      ['message.metadata', 'Must not be longer than 20 bytes of JSON'],
      ['message.referenceTaskIds[1]', 'Must have at most 3 characters'],
      ['metadata', 'Must not be nested deeper than 2 levels'],
    ]);
  });

  it('names the part whose data is nested too deeply', () => {
    const data: unknown = JSON.parse('['.repeat(101) + ']'.repeat(101));
    const parts = [{ data: 1 }, { data }];
    expect(violationsOf({ message: { ...message, parts } })).toEqual([
      ['message.parts[1].data', 'Must not be nested deeper than 100 levels'],
    ]);
  });

  it('survives 100,000 levels, wherever they are', () => {
    const depth = 100_000;
    const deep: unknown = JSON.parse(
      '{"a":'.repeat(depth) + '1' + '}'.repeat(depth),
    );
    expect(parseRequest('GetTask', { id: 't1', unknown: deep })).toEqual({
      id: 't1',
    });
    for (const value of [
      deep,
      { message: deep },
      { message: { ...message, parts: deep } },
      { message: { ...message, parts: [deep] } },
      { message: { ...message, parts: [{ data: deep }] } },
      { message: { ...message, metadata: deep } },
      { message, metadata: deep },
      { message, configuration: { taskPushNotificationConfig: deep } },
    ]) {
      expect(violationsOf(value)).not.toEqual([]);
    }
  });

  it('keeps hostile keys in data and metadata, and harms nobody', () => {
    const json =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const { message: read, metadata } = parseRequest(
      'SendMessage',
      JSON.parse(
        `{"__proto__":{"tenant":"evil"},"message":{"messageId":"m1","role":"ROLE_USER","parts":[{"data":${json}}]},"metadata":${json}}`,
      ),
    );
    expect(JSON.stringify(read.parts)).toBe(`[{"data":${json}}]`);
    expect(JSON.stringify(metadata)).toBe(json);
    expect({}).not.toHaveProperty('polluted');
  });
});
