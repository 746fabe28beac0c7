import { list } from './list.js';
import { ParseContext, type Strictness } from './parse-context.js';
import { text } from './scalars.js';

function read(
  value: unknown,
  size?: Parameters<typeof list>[1],
  strictness: Strictness = 'request',
) {
  const context = new ParseContext(strictness);
  const result = list(text, size)(value, 'names', context);
  return context.violations.length > 0 ? context.violations : result;
}

const wrong = (field: string, description: string) => [{ field, description }];

describe('list', () => {
  it('reads the elements in their order', () => {
    expect(read(['b', 'a', ''])).toEqual(['b', 'a', '']);
    expect(read([])).toEqual([]);
  });

  it('names the index of each wrong element, null included', () => {
    expect(read(['a', 1, 'b', null])).toEqual([
      { field: 'names[1]', description: 'Must be a string' },
      { field: 'names[3]', description: 'Must be a string' },
    ]);
  });

  it.each([{}, { length: 1, 0: 'a' }, 'a', '', 0, true])(
    'refuses %j',
    (value) => {
      expect(read(value)).toEqual(wrong('names', 'Must be a list'));
    },
  );

  it.each([
    [1, [], 'Must have at least 1 element, got 0'],
    [2, ['a'], 'Must have at least 2 elements, got 1'],
  ])('refuses fewer elements than %i', (least, value, description) => {
    expect(read(value, { least })).toEqual(wrong('names', description));
  });

  it.each([
    [1, ['a', 'b'], 'Must have at most 1 element, got 2'],
    [2, ['a', 'b', 'c'], 'Must have at most 2 elements, got 3'],
  ])('refuses more elements than %i', (most, value, description) => {
    expect(read(value, { most: () => most })).toEqual(
      wrong('names', description),
    );
  });

  it('takes exactly as many as it may have', () => {
    expect(read(['a', 'b'], { least: 2, most: () => 2 })).toEqual(['a', 'b']);
  });

  it('does not judge the size of an answer', () => {
    const size = { least: 1, most: () => 1 };
    expect(read([], size, 'response')).toEqual([]);
    expect(read(['a', 'b'], size, 'response')).toEqual(['a', 'b']);
  });

  it('stops reading once enough is wrong', () => {
    let reads = 0;
    const context = new ParseContext('request');
    list((_, at, { refuse }) => {
      reads++;
      return refuse.call(context, at, 'no');
    })(Array<unknown>(1_000_000).fill(0), '', context);
    expect(reads).toBe(20);
  });
});
