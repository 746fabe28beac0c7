import { renderStatement, statement } from './statement.js';

const WORDS = {
  table: (name: string) => `"s".${name}`,
  words: { now: 'NOW' },
  functions: { in: (list: string) => `in (${list})` },
};

describe('statements', () => {
  it('are rendered in the words of a database', () => {
    const text = 'select @now from @task t join @snapshot s on t.id @in($12)';
    expect(renderStatement(statement('x', text), WORDS)).toBe(
      'select NOW from "s".task t join "s".snapshot s on t.id in ($12)',
    );
  });

  it.each(['@unknown', '@elsewhere($1)'])(
    'refuse words without a meaning: %s',
    (text) => {
      expect(() => renderStatement(statement('x', text), WORDS)).toThrow(text);
    },
  );
});
