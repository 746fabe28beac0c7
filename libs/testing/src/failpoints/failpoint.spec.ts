import { parseFailpoint } from './failpoint.js';

describe('parseFailpoint', () => {
  it('reads the name, the action and the pass', () => {
    expect(parseFailpoint('append.after_commit:KILL@3')).toEqual({
      id: 'append.after_commit:KILL@3',
      point: 'append.after_commit',
      action: 'KILL',
      nth: 3,
    });
  });

  it('takes the first pass where none is named', () => {
    expect(parseFailpoint('renew.before:PAUSE').nth).toBe(1);
  });

  it.each([
    '',
    'append.after_commit',
    'append.after_commit:EXPLODE',
    'nowhere:KILL',
    'renew.before:KILL@0',
    'renew.before:KILL@1.5',
    ' renew.before:KILL',
  ])('refuses %j', (text) => {
    expect(() => parseFailpoint(text)).toThrow(TypeError);
  });
});
