import { isSameContent } from './same-content.js';

const TIME = '2026-01-01T00:00:00Z';

describe('isSameContent', () => {
  it.each([
    [
      { a: 1, b: [{ c: 'x' }] },
      { b: [{ c: 'x' }], a: 1 },
    ],
    [{ a: '' }, {}],
    [{}, { a: false, b: [], c: {}, d: null }],
    [{ at: TIME }, { at: '2026-01-01T00:00:00.000000Z' }],
  ])('takes %j and %j for the same', (one, other) => {
    expect(isSameContent(one, other)).toBe(true);
    expect(isSameContent(other, one)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: 0 }, {}],
    [{ a: 'x' }, {}],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [[1], { 0: 1 }],
    [{ at: TIME }, { at: '2026-01-01T00:00:00.001Z' }],
    ['2026', '2026.0'],
    [{ a: true }, {}],
  ])('tells %j and %j apart', (one, other) => {
    expect(isSameContent(one, other)).toBe(false);
    expect(isSameContent(other, one)).toBe(false);
  });
});
