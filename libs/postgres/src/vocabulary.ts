import { createHash } from 'node:crypto';
import {
  renderStatement,
  type SqlStatement,
  type SqlVocabulary,
} from '@nest-a2a/store/sql';

/** A statement as PostgreSQL takes it. */
export interface RenderedStatement {
  readonly text: string;
  /** The same for the same text only, whoever else prepares statements on the connection. */
  readonly name: string;
}

const MILLISECONDS = (time: string) =>
  `cast(floor(extract(epoch from ${time}) * 1000) as bigint)`;

/** A name in quotes. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The statements in the words of PostgreSQL, for the tables of one schema. */
export class Vocabulary {
  private readonly rendered = new Map<string, RenderedStatement>();
  private readonly words: SqlVocabulary;

  constructor(readonly schema: string) {
    this.words = {
      table: (name) => `${quote(schema)}.${name}`,
      words: {
        now: MILLISECONDS('clock_timestamp()'),
        started: MILLISECONDS('statement_timestamp()'),
        // Not `for update`: whoever refers to the row need not wait.
        lock: 'for no key update',
        skip: 'for no key update skip locked',
        share: 'for key share',
      },
      functions: {
        in: (list) =>
          `= any(array(select json_array_elements_text(cast(${list} as json))))`,
        inNumbers: (list) =>
          `= any(array(select cast(json_array_elements_text(cast(${list} as json)) as bigint)))`,
        parts: (list) =>
          `json_to_recordset(cast(${list} as json)) as w(place int, agent text, start text, upto text)`,
        ranges: (list) =>
          `json_to_recordset(cast(${list} as json)) as w(task bigint, after int, upto int)`,
      },
    };
  }

  /** The text of a statement. Statements with the same name have the same text. */
  render(statement: SqlStatement): RenderedStatement {
    const known = this.rendered.get(statement.name);
    if (known) {
      return known;
    }
    const text = renderStatement(statement, this.words);
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 24);
    const rendered = { text, name: `a2a_${hash}` };
    this.rendered.set(statement.name, rendered);
    return rendered;
  }
}
