import { deepFreeze } from './deep-freeze.js';

describe('deepFreeze', () => {
  it('freezes all levels and answers with the same value', () => {
    const value = { list: [1, { deep: 'x' }], none: null, empty: {} };
    expect(deepFreeze(value)).toBe(value);
    expect(() => value.list.push(2)).toThrow(TypeError);
    expect(() => Object.assign(value.list[1] as object, { deep: 'y' })).toThrow(
      TypeError,
    );
    expect(Object.isFrozen(value.empty)).toBe(true);
  });

  it('bears what is nested deeper than the stack', () => {
    let value: unknown = [];
    for (let depth = 0; depth < 100_000; depth += 1) {
      value = [value];
    }
    expect(Object.isFrozen(deepFreeze(value))).toBe(true);
  });

  it('freezes what a key such as __proto__ holds', () => {
    const value = JSON.parse('{"__proto__":{"a":1}}') as object;
    deepFreeze(value);
    const [inner] = Object.values(value);
    expect(Object.isFrozen(inner)).toBe(true);
    expect(Object.isFrozen(Object.prototype)).toBe(false);
  });
});
