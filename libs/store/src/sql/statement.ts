import { type SqlStatement } from './sql-database.js';

/** The tables of a store. */
export const SQL_TABLES = [
  'task',
  'event',
  'snapshot',
  'send',
  'context',
  'push',
  'push_origin',
  'redelivery',
  'new_origin',
  'attempt',
  'secret',
] as const;

/** Names a statement. */
export function statement(name: string, text: string): SqlStatement {
  return Object.freeze({ name, text });
}

/** What the words with an `@` become in a database. */
export interface SqlVocabulary {
  /** The name of a table. */
  readonly table: (name: string) => string;
  /** The words without a parameter: `now`, `started`, `lock`, `skip`, `share`. */
  readonly words: Readonly<Record<string, string>>;
  /** `in`, `inNumbers`, `parts` and `ranges` of a parameter such as `$1`. */
  readonly functions: Readonly<Record<string, (parameter: string) => string>>;
}

/** The text of a statement in the words of a database. */
export function renderStatement(
  { text }: SqlStatement,
  { table, words, functions }: SqlVocabulary,
): string {
  return text
    .replace(/@(\w+)\((\$\d+)\)/g, (all, word: string, parameter: string) =>
      known(functions[word], all)(parameter),
    )
    .replace(/@(\w+)/g, (all, word: string) =>
      (SQL_TABLES as readonly string[]).includes(word)
        ? table(word)
        : known(words[word], all),
    );
}

function known<T>(meaning: T | undefined, word: string): T {
  if (meaning === undefined) {
    throw new TypeError(`The word ${word} means nothing here`);
  }
  return meaning;
}
