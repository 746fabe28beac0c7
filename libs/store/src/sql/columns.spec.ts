import { fromColumn, keyOf, toColumn } from './columns.js';

const SCOPE = { agent: 'a', tenant: 't', principal: 'p' };

describe('texts in columns', () => {
  it.each([
    '',
    'plain',
    '👩‍👩‍👧‍👦 世界',
    'a\u0000b',
    '\ud83d',
    '~utf16:YQA',
    "'; drop table task; --",
  ])('come back as they were: %j', (text) => {
    expect(fromColumn(toColumn(text))).toBe(text);
  });

  it('are the same where nothing is in the way', () => {
    expect(toColumn('Grüße')).toBe('Grüße');
  });

  it('hold nothing that PostgreSQL or SQLite would refuse or replace', () => {
    for (const text of ['a\u0000b', '\ud83d', '\udc00x']) {
      expect(toColumn(text)).toMatch(/^[\x20-\x7e]+$/);
    }
  });

  it('are never the same for two texts', () => {
    const texts = ['\u0000', '~utf16:AAA', '~utf16:', '\ud83d', '\ufffd'];
    expect(new Set(texts.map(toColumn)).size).toBe(texts.length);
  });

  it('are no longer than an index can hold, for every id of 512 characters', () => {
    for (const character of ['\u0000', '\ud83d', '世', 'a']) {
      expect(Buffer.byteLength(toColumn(character.repeat(512)))).toBeLessThan(
        1_600,
      );
    }
  });
});

describe('keys', () => {
  it('are short, and differ with each member and each part', () => {
    const keys = [
      keyOf(SCOPE),
      keyOf({ ...SCOPE, agent: 'b' }),
      keyOf({ ...SCOPE, tenant: 'b' }),
      keyOf({ ...SCOPE, principal: 'b' }),
      keyOf(SCOPE, 'x'),
      keyOf(SCOPE, 'x', 'y'),
      keyOf(SCOPE, '\u0000'.repeat(10_000)),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(keys.map((key) => key.length))).toEqual(new Set([22]));
  });
});
