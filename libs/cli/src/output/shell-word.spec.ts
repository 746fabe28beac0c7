import { execFileSync } from 'node:child_process';
import { shellWord } from './shell-word.js';

describe('shellWord', () => {
  it.each(['t1', 'https://a.example:8000/x'])('leaves %j', (word) => {
    expect(shellWord(word)).toBe(word);
  });

  it.each(['a; exit 3', '$(exit 3)', "it's", '`exit 3`', 'a b', '~', ''])(
    'makes one word of %j',
    (word) => {
      const command = `printf '%s|' ${shellWord(word)}`;
      const said = execFileSync('/bin/sh', ['-c', command], {
        encoding: 'utf8',
      });
      expect(said).toBe(`${word}|`);
    },
  );
});
