import {
  renderStatement,
  type SqlStatement,
  type SqlVocabulary,
} from '@nest-a2a/store/sql';

/** A statement as SQLite takes it. */
export interface RenderedStatement {
  readonly text: string;
  /** Whether the time is its last parameter. */
  readonly needsTime: boolean;
}

const TIME = '$now';

const WORDS: SqlVocabulary = Object.freeze({
  table: (name: string) => name,
  words: Object.freeze({
    now: TIME,
    started: TIME,
    // There is one writer at a time.
    lock: '',
    skip: '',
    share: '',
  }),
  functions: Object.freeze({
    in: (list: string) => `in (select value from json_each(${list}))`,
    inNumbers: (list: string) => `in (select value from json_each(${list}))`,
    parts: (list: string) =>
      `(select value ->> 'place' as place, value ->> 'agent' as agent,
        value ->> 'start' as start, value ->> 'upto' as upto
        from json_each(${list})) as w`,
    ranges: (list: string) =>
      `(select value ->> 'task' as task, value ->> 'after' as "after",
        value ->> 'upto' as upto from json_each(${list})) as w`,
  }),
});

/** The text of a statement in the words of SQLite. */
export function renderForSqlite(statement: SqlStatement): RenderedStatement {
  const text = renderStatement(statement, WORDS);
  const numbers = [...text.matchAll(/\$(\d+)/g)].map((found) =>
    Number(found[1]),
  );
  const time = Math.max(0, ...numbers) + 1;
  return {
    text: text.replaceAll(TIME, `?${time}`).replace(/\$(\d+)/g, '?$1'),
    needsTime: text.includes(TIME),
  };
}
