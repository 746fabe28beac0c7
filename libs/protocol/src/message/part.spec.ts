import { type Part, partKind, textOf } from './part.js';

describe('partKind', () => {
  it.each<[Part, string]>([
    [{ text: '' }, 'text'],
    [{ raw: '' }, 'raw'],
    [{ url: 'https://example.com/a' }, 'url'],
    [{ data: null }, 'data'],
    [{ data: { text: 'inside' }, mediaType: 'application/json' }, 'data'],
  ])('of %j is %s', (part, kind) => {
    expect(partKind(part)).toBe(kind);
  });
});

describe('textOf', () => {
  it('joins chunks of text without a separator and leaves out the rest', () => {
    expect(
      textOf([{ text: 'Hel' }, { data: 1 }, { text: '' }, { text: 'lo\n' }]),
    ).toBe('Hello\n');
    expect(textOf([])).toBe('');
  });
});
