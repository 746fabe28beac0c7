import { A2AClientError } from '../errors/a2a-client-error.js';
import { type SseEvent, SseParser } from './sse-parser.js';

function parse(
  chunks: readonly (string | Uint8Array)[],
  maxEventBytes = 1_000,
): SseEvent[] {
  const parser = new SseParser(maxEventBytes);
  const events = chunks.flatMap((chunk) => [
    ...parser.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
  ]);
  return [...events, ...parser.end()];
}

const dataOf = (events: readonly SseEvent[]) => events.map(({ data }) => data);

/** The bytes of a text, cut at every place where they can be cut once. */
function cuts(text: string): Uint8Array[][] {
  const bytes = Buffer.from(text);
  return [...bytes.keys()].map((at) => [
    bytes.subarray(0, at),
    bytes.subarray(at),
  ]);
}

describe('SseParser', () => {
  it('answers an event when its blank line is here, not before', () => {
    const parser = new SseParser(100);
    expect([...parser.push(Buffer.from('data: a\n'))]).toEqual([]);
    expect([...parser.push(Buffer.from('\n'))]).toEqual([
      { type: 'message', data: 'a', id: undefined, isCut: false },
    ]);
  });

  it.each(['\n', '\r', '\r\n'])('ends lines at %j', (end) => {
    const text = ['data: a', '', 'data: b', 'data: c', '', ''].join(end);
    expect(dataOf(parse([text]))).toEqual(['a', 'b\nc']);
  });

  it('does not care where the bytes are cut', () => {
    const text =
      '\uFEFFid: 7\r\nevent: x\r\ndata: grün 😀\r\ndata: b\r\n\r\ndata: c\r\r\n';
    for (const chunks of cuts(text)) {
      expect(parse(chunks)).toEqual([
        { type: 'x', data: 'grün 😀\nb', id: '7', isCut: false },
        { type: 'message', data: 'c', id: undefined, isCut: false },
      ]);
    }
  });

  it('reads a stream that comes byte by byte', () => {
    const bytes = [...Buffer.from('data: ä\r\n\r\ndata: b\r\n\r\n')];
    expect(dataOf(parse(bytes.map((byte) => Buffer.of(byte))))).toEqual([
      'ä',
      'b',
    ]);
  });

  it('ignores comments, unknown fields and events without data', () => {
    const text =
      ': ping\n\nretry: 5\n\nevent: x\n\ndata\n\ndata:\n\ndata: a\n\n';
    expect(parse([text])).toEqual([
      { type: 'message', data: 'a', id: undefined, isCut: false },
    ]);
  });

  it('takes one space off a value, and no more', () => {
    expect(dataOf(parse(['data:a\n\ndata:  b \n\n']))).toEqual(['a', ' b ']);
  });

  it('answers the id of the event itself, none where it is empty or has NUL', () => {
    const text =
      'id: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n';
    expect(parse([text]).map(({ id }) => id)).toEqual([
      '1',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(['data: a', 'data: a\n', 'data: a\r', 'data: a\r\n'])(
    'answers the last event without its blank line: %j',
    (text) => {
      expect(dataOf(parse([text]))).toEqual(['a']);
    },
  );

  it('says of an event whether the end of the stream may have cut it', () => {
    const cut = (text: string) => parse([text]).map(({ isCut }) => isCut);
    expect(cut('data: a\n\ndata: {"b')).toEqual([false, true]);
    expect(cut('data: a\n\ndata: b\n\n')).toEqual([false, false]);
  });

  it('answers nothing for an empty stream', () => {
    expect(parse([])).toEqual([]);
  });

  it('takes an event of exactly the largest size', () => {
    expect(dataOf(parse(['data: 1234\n\n'], 10))).toEqual(['1234']);
  });

  it.each([
    ['a long line', 'data: 12345\n\n'],
    ['a line without an end', 'data: 123456'],
    ['many lines', 'data: 1\ndata: 2\ndata: 3\ndata: 4\n\n'],
    ['many empty lines', 'data\n'.repeat(12)],
    ['a long comment', ': 123456789'],
    ['characters of several bytes', 'data: 😀😀'],
  ])('refuses an event that is too large: %s', (_, text) => {
    expect(() => parse([text], 10)).toThrow(A2AClientError);
  });

  it('answers the events before one that is too large', () => {
    const parser = new SseParser(10);
    const events = parser.push(Buffer.from('data: a\n\ndata: 123456\n\n'));
    expect(events.next().value).toMatchObject({ data: 'a' });
    expect(() => events.next()).toThrow(
      expect.objectContaining({ code: 'event-too-large' }),
    );
  });

  it('does not count what is finished', () => {
    expect(dataOf(parse(['data: 1\n\n: c\n'.repeat(100)], 10))).toHaveLength(
      100,
    );
  });
});
