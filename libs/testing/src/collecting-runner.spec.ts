import { CollectingRunner } from './collecting-runner.js';

describe('CollectingRunner', () => {
  it('runs the chosen tests between their hooks, and tells which failed', async () => {
    const collecting = new CollectingRunner();
    const { runner } = collecting;
    const seen: string[] = [];
    const note = (what: string) => async () => void seen.push(what);
    runner.describe('a', () => {
      runner.beforeEach(note('before'));
      runner.afterEach(note('after'));
      runner.describe('b', () => {
        runner.it('passes', note('passes'));
        runner.it('fails', async () => {
          throw new Error('expected');
        });
      });
      runner.it('is another', note('another'));
    });

    expect(seen).toEqual([]);
    expect(await collecting.run('a › b › ')).toEqual(['a › b › fails']);
    expect(seen).toEqual(['before', 'passes', 'after', 'before', 'after']);
    expect(await collecting.run('a › is')).toEqual([]);
  });

  it('does not take no tests for success', async () => {
    await expect(new CollectingRunner().run('a')).rejects.toThrow(TypeError);
  });
});
