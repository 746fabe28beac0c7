import { jsonValue } from './json-value.js';
import { oneOf } from './one-of.js';
import { ParseContext } from './parse-context.js';
import { integer, text } from './scalars.js';

const choice = oneOf(
  { plainText: text, count: integer(0), data: jsonValue },
  { nullable: ['data'] },
);

function read(value: unknown) {
  const context = new ParseContext('request');
  const result = choice(value, 'part', context);
  return context.violations.length > 0 ? context.violations : result;
}

const wrong = (field: string, description: string) => [{ field, description }];

describe('oneOf', () => {
  it.each([
    [{ plainText: '' }, { plainText: '' }],
    [{ plain_text: 'a' }, { plainText: 'a' }],
    [{ count: 0, other: 1 }, { count: 0 }],
    [{ count: 1, plainText: null }, { count: 1 }],
    [{ data: null }, { data: null }],
    [{ data: false }, { data: false }],
  ])('reads the one member of %j', (value, result) => {
    expect(read(value)).toEqual(result);
  });

  it.each([
    [{}, 'none'],
    [{ plainText: null }, 'none'],
    [{ plainText: undefined }, 'none'],
    [{ other: 1 }, 'none'],
    [{ toString: 'a', __proto__: { count: 1 } }, 'none'],
    [{ plainText: 'a', count: 1 }, 'plainText and count'],
    [{ plain_text: '', count: 1 }, 'plainText and count'],
    [{ plainText: 'a', data: null }, 'plainText and data'],
    [{ plainText: 'a', count: 1, data: 2 }, 'plainText and count and data'],
  ])('refuses %j', (value, found) => {
    expect(read(value)).toEqual(
      wrong(
        'part',
        `Must have exactly one of plainText, count, data; got ${found}`,
      ),
    );
  });

  it('names the path of what is wrong inside', () => {
    expect(read({ plain_text: 1 })).toEqual(
      wrong('part.plainText', 'Must be a string'),
    );
  });

  it.each([null, 'a', 1, [], undefined])('refuses %j', (value) => {
    expect(read(value)).toEqual(wrong('part', 'Must be an object'));
  });
});
