import { AlarmLog } from './alarm-log.js';

describe('AlarmLog', () => {
  it('says each kind of trouble once a minute, and how often it was there', () => {
    const lines: string[] = [];
    let now = 0;
    const log = new AlarmLog(
      { error: (line) => lines.push(String(line)) },
      () => now,
    );
    log.error('a', 'first a');
    log.error('a', 'second a');
    log.error('b', 'first b');
    now = 59_999;
    log.error('a', 'third a');
    now = 60_000;
    log.error('a', 'fourth a');
    now = 120_000;
    log.error('a', 'fifth a');
    expect(lines).toEqual([
      'first a',
      'first b',
      'fourth a (2 more since the last line)',
      'fifth a',
    ]);
  });
});
