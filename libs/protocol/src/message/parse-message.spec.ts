import {
  DEFAULT_VALIDATION_LIMITS,
  ParseContext,
  type Parser,
  type Strictness,
} from '../validation/parse-context.js';
import { messageParser, partParser } from './parse-message.js';

function read<T>(
  parse: Parser<T>,
  value: unknown,
  strictness: Strictness = 'request',
  limits = DEFAULT_VALIDATION_LIMITS,
) {
  const context = new ParseContext(strictness, limits);
  const result = parse(value, '', context);
  return context.violations.length > 0 ? context.violations : result;
}

const wrong = (field: string, description: string) => [{ field, description }];
const part = (value: unknown) => read(partParser, value);

const valid = {
  messageId: 'm1',
  role: 'ROLE_USER',
  parts: [{ text: 'hi' }],
};

function message(change: object, strictness?: Strictness) {
  return read(messageParser, { ...valid, ...change }, strictness);
}

describe('a part', () => {
  it.each([
    [{ text: 'a' }, { text: 'a' }],
    [{ text: '' }, { text: '' }],
    [{ raw: 'QQ' }, { raw: 'QQ==' }],
    [{ raw: '' }, { raw: '' }],
    [{ url: 'https://a.example/x' }, { url: 'https://a.example/x' }],
    [{ data: { a: [1] } }, { data: { a: [1] } }],
    [{ data: 'text' }, { data: 'text' }],
    [{ data: null }, { data: null }],
    [{ data: null, text: null }, { data: null }],
    [{ text: 'a', kind: 'text' }, { text: 'a' }],
  ])('reads %j (A2A §4.1.6)', (value, result) => {
    expect(part(value)).toEqual(result);
  });

  it('reads what is said about the content, by both names', () => {
    const info = { filename: 'a.png', mediaType: 'image/png' };
    expect(part({ raw: 'QQ==', metadata: { a: 1 }, ...info })).toEqual({
      raw: 'QQ==',
      metadata: { a: 1 },
      ...info,
    });
    expect(part({ raw: 'QQ==', media_type: 'image/png' })).toEqual({
      raw: 'QQ==',
      mediaType: 'image/png',
    });
    expect(part({ text: 'a', filename: '', mediaType: null })).toEqual({
      text: 'a',
    });
  });

  it.each([
    [{}, 'none'],
    [{ text: null }, 'none'],
    [{ mediaType: 'text/plain' }, 'none'],
    [{ text: 'a', raw: 'QQ==' }, 'text and raw'],
    [{ text: '', url: 'https://a.example' }, 'text and url'],
    [{ text: 'a', data: null }, 'text and data'],
  ])('refuses %j (A2A §4.1.6: exactly one)', (value, found) => {
    expect(part(value)).toEqual(
      wrong('', `Must have exactly one of text, raw, url, data; got ${found}`),
    );
  });

  it.each([
    [{ text: 1 }, 'text', 'Must be a string'],
    [{ raw: 'a b' }, 'raw', 'Must be base64'],
    [{ raw: [1, 2] }, 'raw', 'Must be a string'],
    [{ url: '' }, 'url', 'Must not be empty'],
    [{ text: 'a', metadata: [] }, 'metadata', 'Must be an object'],
    [{ text: 'a', filename: 1 }, 'filename', 'Must be a string'],
    [{ text: 'a', media_type: {} }, 'mediaType', 'Must be a string'],
  ])('refuses %j', (value, field, description) => {
    expect(part(value)).toEqual(wrong(field, description));
  });

  it('tells about the content and about what is said of it', () => {
    expect(part({ text: 1, filename: 2 })).toEqual([
      { field: 'text', description: 'Must be a string' },
      { field: 'filename', description: 'Must be a string' },
    ]);
  });

  it.each([null, 'text', 1, []])('refuses %j, once', (value) => {
    expect(part(value)).toEqual(wrong('', 'Must be an object'));
  });
});

describe('a message', () => {
  it('reads every member, by both names (A2A §4.1.4)', () => {
    const whole = {
      messageId: 'm1',
      contextId: 'c1',
      taskId: 't1',
      role: 'ROLE_AGENT',
      parts: [{ text: 'a' }, { data: null }],
      metadata: { a: null },
      extensions: ['https://a.example/ext'],
      referenceTaskIds: ['t0'],
    };
    expect(read(messageParser, whole)).toEqual(whole);
    expect(
      read(messageParser, {
        message_id: 'm1',
        context_id: 'c1',
        task_id: 't1',
        role: 2,
        parts: whole.parts,
        metadata: { a: null },
        extensions: whole.extensions,
        reference_task_ids: ['t0'],
      }),
    ).toEqual(whole);
  });

  it('leaves out what is empty or null', () => {
    expect(message({ contextId: '', taskId: null, metadata: null })).toEqual(
      valid,
    );
  });

  it('must have an id, a role and parts (A2A §5.7)', () => {
    expect(read(messageParser, {})).toEqual([
      { field: 'messageId', description: 'Is required' },
      { field: 'role', description: 'Is required' },
      { field: 'parts', description: 'Is required' },
    ]);
  });

  it.each([
    [{ messageId: '' }, 'messageId', 'Must not be empty'],
    [{ messageId: ' \t' }, 'messageId', 'Must not be empty'],
    [{ messageId: 7 }, 'messageId', 'Must be a string'],
    [
      { role: 'ROLE_UNSPECIFIED' },
      'role',
      'Must be one of ROLE_USER, ROLE_AGENT',
    ],
    [{ role: 0 }, 'role', 'Must be one of ROLE_USER, ROLE_AGENT'],
    [{ role: 'user' }, 'role', 'Must be one of ROLE_USER, ROLE_AGENT'],
    [{ parts: [] }, 'parts', 'Must have at least 1 element, got 0'],
    [{ parts: { text: 'a' } }, 'parts', 'Must be a list'],
    [
      { parts: [{ text: 'a' }, { text: 1 }] },
      'parts[1].text',
      'Must be a string',
    ],
    [{ parts: [null] }, 'parts[0]', 'Must be an object'],
    [{ extensions: [''] }, 'extensions[0]', 'Must not be empty'],
    [{ extensions: 'a,b' }, 'extensions', 'Must be a list'],
    [
      { referenceTaskIds: ['a', ' '] },
      'referenceTaskIds[1]',
      'Must not be empty',
    ],
    [{ metadata: 'a' }, 'metadata', 'Must be an object'],
    [{ metadata: '' }, 'metadata', 'Must be an object'],
  ])('refuses %j', (change, field, description) => {
    expect(message(change)).toEqual(wrong(field, description));
  });

  it('of someone else may be empty, and of a role that we do not know', () => {
    expect(message({ parts: [] }, 'response')).toEqual({ ...valid, parts: [] });
    expect(message({ parts: null }, 'response')).toEqual({
      ...valid,
      parts: [],
    });
    expect(message({ role: 'ROLE_TOOL' }, 'response')).toEqual({
      ...valid,
      role: 'ROLE_TOOL',
    });
    expect(message({ messageId: '' }, 'response')).toEqual(
      wrong('messageId', 'Must not be empty'),
    );
  });

  it('keeps within the limits of a request', () => {
    const limits = { ...DEFAULT_VALIDATION_LIMITS, parts: 1, metadataBytes: 8 };
    const value = {
      ...valid,
      parts: [{ text: 'a' }, { text: 'b' }],
      metadata: { abc: 12 },
    };
    expect(read(messageParser, value, 'request', limits)).toEqual([
      { field: 'parts', description: 'Must have at most 1 element, got 2' },
      {
        field: 'metadata',
        description: 'Must not be longer than 8 bytes of JSON',
      },
    ]);
    expect(read(messageParser, value, 'response', limits)).toEqual(value);
  });

  it('may have 1,000 parts and no more', () => {
    const parts = Array.from({ length: 1_000 }, (_, i) => ({ text: `${i}` }));
    expect(message({ parts })).toEqual({ ...valid, parts });
    expect(message({ parts: [...parts, { text: 'x' }] })).toEqual(
      wrong('parts', 'Must have at most 1000 elements, got 1001'),
    );
  });
});
