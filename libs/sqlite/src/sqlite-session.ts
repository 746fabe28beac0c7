import {
  type SqlRow,
  type SqlSession,
  type SqlStatement,
  type SqlValue,
} from '@nest-a2a/store/sql';
import {
  type SqliteConnection,
  type SqliteStatement,
  type SqliteValue,
} from './sqlite-driver.js';
import { toStoreError } from './sqlite-errors.js';
import { type RenderedStatement, renderForSqlite } from './vocabulary.js';

interface Prepared extends RenderedStatement {
  readonly statement: SqliteStatement;
}

/** Statements on one connection. Each has its answer at once; errors are those of the ports. */
export class SqliteSession implements SqlSession {
  private readonly prepared = new Map<string, Prepared>();

  constructor(
    private readonly connection: SqliteConnection,
    private readonly now: () => number,
  ) {}

  async run(
    statement: SqlStatement,
    values: readonly SqlValue[] = [],
  ): Promise<readonly SqlRow[]> {
    try {
      const { statement: prepared, needsTime } = this.prepare(statement);
      const all = needsTime ? [...values, this.now()] : values;
      return prepared.all(all.map(toSqlite)).map(fromSqlite);
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async insert(
    statement: SqlStatement,
    rows: readonly (readonly SqlValue[])[],
  ): Promise<void> {
    for (const row of rows) {
      await this.run(statement, row);
    }
  }

  private prepare(statement: SqlStatement): Prepared {
    const known = this.prepared.get(statement.name);
    if (known) {
      return known;
    }
    const rendered = renderForSqlite(statement);
    const prepared = {
      ...rendered,
      statement: this.connection.prepare(rendered.text),
    };
    this.prepared.set(statement.name, prepared);
    return prepared;
  }
}

function toSqlite(value: SqlValue): SqliteValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

function fromSqlite(row: SqlRow): SqlRow {
  const blobs = Object.entries(row).filter(
    ([, value]) => value instanceof ArrayBuffer || ArrayBuffer.isView(value),
  );
  return blobs.length === 0
    ? row
    : {
        ...row,
        ...Object.fromEntries(
          blobs.map(([name, bytes]) => [name, toBytes(bytes)]),
        ),
      };
}

function toBytes(value: unknown): Uint8Array {
  return value instanceof ArrayBuffer
    ? new Uint8Array(value)
    : (value as Uint8Array);
}
