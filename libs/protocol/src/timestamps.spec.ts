import { parseTimestamp, toTimestamp } from './timestamps.js';

describe('toTimestamp', () => {
  it('writes UTC with milliseconds (A2A §5.6.1)', () => {
    expect(toTimestamp(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(toTimestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 678))).toBe(
      '2026-01-02T03:04:05.678Z',
    );
  });
});

describe('parseTimestamp', () => {
  const second = Date.UTC(2026, 0, 2, 3, 4, 5);

  it.each([
    ['', 0],
    ['.6', 600],
    ['.67', 670],
    ['.678', 678],
    ['.6789', 678],
    ['.67899', 678],
    ['.678999', 678],
    ['.6789999', 678],
    ['.67899999', 678],
    ['.678999999', 678],
  ])('cuts the fraction %j to milliseconds', (fraction, ms) => {
    expect(parseTimestamp(`2026-01-02T03:04:05${fraction}Z`)).toBe(second + ms);
  });

  it.each([
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
    ['1969-12-31T23:59:59.999Z', -1],
  ])('reads %s', (text, epochMs) => {
    expect(parseTimestamp(text)).toBe(epochMs);
  });

  it.each([
    '2026-01-02T03:04:05+00:00',
    '2026-01-02T03:04:05-00:00',
    '2026-01-02T03:04:05+02:00',
    '2026-01-02T03:04:05',
    '2026-01-02T03:04:05z',
    '2026-01-02t03:04:05Z',
    '2026-01-02 03:04:05Z',
    '2026-01-02T03:04Z',
    '2026-01-02',
    '20260102T030405Z',
    '2026-01-02T03:04:05.Z',
    '2026-01-02T03:04:05,678Z',
    '2026-01-02T03:04:05.1234567890Z',
    ' 2026-01-02T03:04:05Z',
    '2026-01-02T03:04:05Z\n',
    '+002026-01-02T03:04:05Z',
    '1767323045678',
    '٢٠٢٦-01-02T03:04:05Z',
    'Fri, 02 Jan 2026 03:04:05 GMT',
    'now',
    '',
  ])('refuses the form %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-02T24:00:00Z',
    '2026-01-02T25:00:00Z',
    '2026-01-02T03:60:00Z',
    '2026-01-02T03:04:60Z',
    '0000-01-01T00:00:00Z',
  ])('refuses %s, which is no time', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('reads what toTimestamp writes', () => {
    for (const epochMs of [0, 1, 999, second, second + 999, -1]) {
      expect(parseTimestamp(toTimestamp(epochMs))).toBe(epochMs);
    }
  });
});
