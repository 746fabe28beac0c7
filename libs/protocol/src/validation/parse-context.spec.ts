import { DEFAULT_VALIDATION_LIMITS, ParseContext } from './parse-context.js';

describe('ParseContext', () => {
  it('keeps the first 20 violations and forgets the others', () => {
    const context = new ParseContext('request');
    for (let i = 1; i <= 19; i++) {
      context.refuse(`f${i}`, 'no');
    }
    expect(context.isFull).toBe(false);
    for (let i = 20; i <= 30; i++) {
      context.refuse(`f${i}`, 'no');
    }
    expect(context.isFull).toBe(true);
    expect(context.violations.map(({ field }) => field)).toEqual(
      Array.from({ length: 20 }, (_, i) => `f${i + 1}`),
    );
  });

  it('has the documented limits, which nobody can change', () => {
    expect(new ParseContext('request').limits).toEqual({
      parts: 1_000,
      jsonDepth: 100,
      metadataBytes: 64 * 1024,
      idLength: 512,
    });
    expect(Object.isFrozen(DEFAULT_VALIDATION_LIMITS)).toBe(true);
  });
});
