import { printable, printableBlock, printableLine } from './printable.js';

describe('printable', () => {
  it.each([
    ['\u001b[2J', '\\u001b[2J'],
    ['\u009b31m', '\\u009b31m'],
    ['a\rb', 'a\\u000db'],
    ['a\u202eb', 'a\\u202eb'],
    ['\u0007', '\\u0007'],
    ['\u2028', '\\u2028'],
    ['\u061c', '\\u061c'],
  ])('shows what would act on the terminal: %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('leaves everything else', () => {
    const text = 'Grüße\n\tan 世界 👋🏽';
    expect(printable(text)).toBe(text);
  });

  it('moves further lines in, so that they look like no event', () => {
    expect(printableBlock('a\n[completed]')).toBe('a\n    [completed]');
  });

  it('makes one line of several', () => {
    expect(printableLine('a\n  b\nc')).toBe('a b c');
  });
});
