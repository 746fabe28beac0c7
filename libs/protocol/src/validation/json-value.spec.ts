import { isJsonObject, jsonObject, jsonValue, metadata } from './json-value.js';
import {
  DEFAULT_VALIDATION_LIMITS,
  ParseContext,
  type Parser,
  type Strictness,
} from './parse-context.js';

function read<T>(
  parse: Parser<T>,
  value: unknown,
  strictness: Strictness = 'request',
  limits = DEFAULT_VALIDATION_LIMITS,
) {
  const context = new ParseContext(strictness, limits);
  const result = parse(value, 'data', context);
  return context.violations.length > 0
    ? { refused: context.violations.map(({ description }) => description) }
    : { result };
}

const refused = (description: string) => ({ refused: [description] });

function nested(levels: number, open: string, close: string): unknown {
  return JSON.parse(open.repeat(levels) + '0' + close.repeat(levels));
}

const lists = (levels: number) => nested(levels, '[', ']');
const objects = (levels: number) => nested(levels, '{"a":', '}');

describe('isJsonObject', () => {
  it('tells an object from null, lists and all else', () => {
    expect(isJsonObject({})).toBe(true);
    for (const value of [null, undefined, [], 'a', 1, true]) {
      expect(isJsonObject(value)).toBe(false);
    }
  });
});

describe('jsonValue', () => {
  it.each([null, false, 0, '', [], {}, [null, { a: [1] }]])(
    'takes %j as it is',
    (value) => {
      expect(read(jsonValue, value)).toEqual({ result: value });
    },
  );

  it.each(['request', 'response'] as const)(
    'takes 100 levels and refuses 101 in a %s',
    (strictness) => {
      const tooDeep = refused('Must not be nested deeper than 100 levels');
      for (const make of [lists, objects]) {
        expect(read(jsonValue, make(100), strictness)).toEqual({
          result: make(100),
        });
        expect(read(jsonValue, make(101), strictness)).toEqual(tooDeep);
      }
    },
  );

  it('survives 100,000 levels', () => {
    const tooDeep = refused('Must not be nested deeper than 100 levels');
    for (const parse of [
      jsonValue,
      jsonObject,
      metadata,
    ] as Parser<unknown>[]) {
      expect(read(parse, objects(100_000))).toEqual(tooDeep);
      expect(read(parse, objects(100_000), 'response')).toEqual(tooDeep);
    }
    expect(read(jsonValue, lists(100_000))).toEqual(tooDeep);
  });

  it('keeps keys such as __proto__ and constructor as data', () => {
    const json = '{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}}}';
    for (const parse of [jsonValue, metadata] as Parser<unknown>[]) {
      const { result } = read(parse, JSON.parse(json));
      expect(JSON.stringify(result)).toBe(json);
    }
    expect({}).not.toHaveProperty('a');
    expect({}).not.toHaveProperty('b');
  });
});

describe('jsonObject', () => {
  it.each([[], 'a', '', 1, true])('refuses %j', (value) => {
    expect(read(jsonObject, value)).toEqual(refused('Must be an object'));
    expect(read(metadata, value)).toEqual(refused('Must be an object'));
  });
});

describe('metadata', () => {
  const limits = { ...DEFAULT_VALIDATION_LIMITS, metadataBytes: 12 };

  it('counts the bytes of its JSON text, not the characters', () => {
    // {"a":"ääää"} has 12 characters and 16 bytes.
    expect(read(metadata, { a: '1234' }, 'request', limits)).toEqual({
      result: { a: '1234' },
    });
    expect(read(metadata, { a: 'ääää' }, 'request', limits)).toEqual(
      refused('Must not be longer than 12 bytes of JSON'),
    );
  });

  it('does not judge the size of what others answer', () => {
    const value = { a: 'x'.repeat(70_000) };
    expect(read(metadata, value, 'response')).toEqual({ result: value });
    expect(read(metadata, value)).toEqual(
      refused('Must not be longer than 65536 bytes of JSON'),
    );
  });
});
