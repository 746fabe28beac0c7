import {
  DEFAULT_VALIDATION_LIMITS,
  ParseContext,
  type Parser,
  type Strictness,
} from './parse-context.js';
import {
  base64,
  boolean,
  enumeration,
  id,
  integer,
  nonEmptyText,
  text,
  timestamp,
} from './scalars.js';

function read<T>(
  parse: Parser<T>,
  value: unknown,
  strictness: Strictness = 'request',
) {
  const context = new ParseContext(strictness);
  const result = parse(value, 'field', context);
  return context.violations.length > 0
    ? { refused: context.violations.map(({ description }) => description) }
    : { result };
}

const refused = (description: string) => ({ refused: [description] });

const NOT_A_STRING = [0, 1.5, true, false, null, undefined, {}, [], ['a']];

describe('text', () => {
  it.each(['', 'a', ' ', '\u0000', '😀', '__proto__'])('takes %j', (value) => {
    expect(read(text, value)).toEqual({ result: value });
  });

  it.each(NOT_A_STRING)('refuses %j', (value) => {
    expect(read(text, value)).toEqual(refused('Must be a string'));
    expect(read(text, value, 'response')).toEqual(refused('Must be a string'));
  });
});

describe('nonEmptyText', () => {
  it('refuses the empty string in a request and takes it in an answer', () => {
    expect(read(nonEmptyText, '')).toEqual(refused('Must not be empty'));
    expect(read(nonEmptyText, '', 'response')).toEqual({ result: '' });
  });

  it.each(NOT_A_STRING)('refuses %j with one violation', (value) => {
    expect(read(nonEmptyText, value)).toEqual(refused('Must be a string'));
  });
});

describe('id', () => {
  it.each(['a', 'x'.repeat(512), 'a b', 'ä/😀', '__proto__'])(
    'takes %j as it is',
    (value) => {
      expect(read(id, value)).toEqual({ result: value });
    },
  );

  it.each(['', ' ', '\t\n', '\u00a0'])('refuses the blank %j', (value) => {
    expect(read(id, value)).toEqual(refused('Must not be empty'));
    expect(read(id, value, 'response')).toEqual(refused('Must not be empty'));
  });

  it('refuses more characters than the limit', () => {
    expect(read(id, 'x'.repeat(513))).toEqual(
      refused('Must have at most 512 characters'),
    );
  });

  it.each(['a\u0000', 'a\nb', '\u007fa', 'a\u0085', 'a\ud800', '\udc00a'])(
    'refuses what is no character of a text: %j',
    (value) => {
      expect(read(id, value)).toEqual(
        refused('Must not contain control characters'),
      );
    },
  );

  it('does not judge the ids that others made', () => {
    const long = `${'x'.repeat(5_000)}\u0001`;
    expect(read(id, long, 'response')).toEqual({ result: long });
  });

  it.each(NOT_A_STRING)('refuses %j', (value) => {
    expect(read(id, value)).toEqual(refused('Must be a string'));
  });
});

describe('boolean', () => {
  it.each([true, false])('takes %j', (value) => {
    expect(read(boolean, value)).toEqual({ result: value });
  });

  it.each(['true', 'false', '', 0, 1, {}, [], [true]])(
    'refuses %j',
    (value) => {
      expect(read(boolean, value)).toEqual(refused('Must be true or false'));
    },
  );
});

describe('integer', () => {
  const small = integer(1, 100);

  it.each([
    [1, 1],
    [100, 100],
    ['1', 1],
    ['100', 100],
    ['007', 7],
    [5.0, 5],
  ])('takes %j as %j (ProtoJSON int32)', (value, result) => {
    expect(read(small, value)).toEqual({ result });
  });

  it.each([
    [0, 'Must be between 1 and 100, got 0'],
    [-1, 'Must be between 1 and 100, got -1'],
    ['-1', 'Must be between 1 and 100, got -1'],
    [101, 'Must be between 1 and 100, got 101'],
    ['150', 'Must be between 1 and 100, got 150'],
  ])('refuses %j, which is out of range', (value, description) => {
    expect(read(small, value)).toEqual(refused(description));
  });

  it.each([
    1.5,
    NaN,
    Infinity,
    '1.5',
    '1e2',
    '0x10',
    ' 1',
    '+1',
    '',
    '-',
    '12345678901',
    true,
    {},
    [],
    [1],
  ])('refuses %p, which is no integer', (value) => {
    expect(read(small, value)).toEqual(refused('Must be an integer'));
  });

  it('ends at the largest int32 unless told otherwise', () => {
    expect(read(integer(0), 2_147_483_647)).toEqual({ result: 2_147_483_647 });
    expect(read(integer(0), 2_147_483_648)).toEqual(
      refused('Must be between 0 and 2147483647, got 2147483648'),
    );
  });
});

describe('timestamp', () => {
  it('writes what it read in UTC with milliseconds (A2A §5.6.1)', () => {
    expect(read(timestamp, '2026-01-02T03:04:05.678912345Z')).toEqual({
      result: '2026-01-02T03:04:05.678Z',
    });
    expect(read(timestamp, '2026-01-02T03:04:05Z')).toEqual({
      result: '2026-01-02T03:04:05.000Z',
    });
  });

  it.each(['2026-02-30T00:00:00Z', '2026-01-02T03:04:05+00:00', 'now', ''])(
    'refuses %j in a request and keeps it in an answer',
    (value) => {
      expect(read(timestamp, value)).toEqual(
        refused('Must be a timestamp such as 2026-01-02T03:04:05.678Z'),
      );
      expect(read(timestamp, value, 'response')).toEqual({ result: value });
    },
  );

  it.each(NOT_A_STRING)('refuses %j', (value) => {
    expect(read(timestamp, value)).toEqual(refused('Must be a string'));
  });
});

describe('base64', () => {
  it.each([
    ['', ''],
    ['QQ==', 'QQ=='],
    ['QQ', 'QQ=='],
    ['QUI=', 'QUI='],
    ['QUI', 'QUI='],
    ['QUJD', 'QUJD'],
    ['+/+/', '+/+/'],
    ['-_-_', '+/+/'],
    ['-_+/', '+/+/'],
    ['_w', '/w=='],
  ])('reads %j as %j (ProtoJSON bytes)', (value, result) => {
    expect(read(base64, value)).toEqual({ result });
    expect(read(base64, value, 'response')).toEqual({ result });
  });

  it('keeps the bytes', () => {
    const bytes = Buffer.from([...Array(256).keys()]);
    for (const form of ['base64', 'base64url'] as const) {
      for (const end of [254, 255, 256]) {
        const part = bytes.subarray(0, end);
        expect(read(base64, part.toString(form))).toEqual({
          result: part.toString('base64'),
        });
      }
    }
  });

  it.each([
    'Q',
    'QQ=',
    'QQ===',
    'Q===',
    'QUJD=',
    'QUJDQQ=',
    '=',
    '==',
    '====',
    'Q=Q=',
    '=QQ=',
    'QU JD',
    'QUJD\n',
    'QUJ.',
    'ä===',
  ])('refuses %j', (value) => {
    expect(read(base64, value)).toEqual(refused('Must be base64'));
  });

  it.each(NOT_A_STRING)('refuses %j', (value) => {
    expect(read(base64, value)).toEqual(refused('Must be a string'));
  });

  it.each(['=', 'A'])(
    'takes time in proportion to a hostile text of %s',
    (c) => {
      const startMs = performance.now();
      expect(read(base64, c.repeat(200_000) + '!')).toEqual(
        refused('Must be base64'),
      );
      // Some milliseconds; half a minute when the padding is looked for first.
      expect(performance.now() - startMs).toBeLessThan(3_000);
    },
  );
});

describe('enumeration', () => {
  const color = enumeration(['RED', 'GREEN']);

  it.each([
    ['RED', 'RED'],
    ['GREEN', 'GREEN'],
    [1, 'RED'],
    [2, 'GREEN'],
  ])('reads %j as %j (ProtoJSON enum)', (value, result) => {
    expect(read(color, value)).toEqual({ result });
    expect(read(color, value, 'response')).toEqual({ result });
  });

  it.each(['BLUE', 'red', '', 'length', '0', '1', 'constructor'])(
    'refuses the name %j in a request, and keeps it in an answer',
    (value) => {
      expect(read(color, value)).toEqual(refused('Must be one of RED, GREEN'));
      expect(read(color, value, 'response')).toEqual({ result: value });
    },
  );

  it.each([0, 3, -1, 1.5, NaN, true, {}, [], ['RED']])(
    'refuses %p from anyone',
    (value) => {
      const refusal = refused('Must be one of RED, GREEN');
      expect(read(color, value)).toEqual(refusal);
      expect(read(color, value, 'response')).toEqual(refusal);
    },
  );
});

describe('the limits of a request', () => {
  it('can be set', () => {
    const context = new ParseContext('request', {
      ...DEFAULT_VALIDATION_LIMITS,
      idLength: 3,
    });
    expect(id('abc', 'a', context)).toBe('abc');
    expect(id('abcd', 'b', context)).toBeUndefined();
    expect(context.violations).toEqual([
      { field: 'b', description: 'Must have at most 3 characters' },
    ]);
  });
});
