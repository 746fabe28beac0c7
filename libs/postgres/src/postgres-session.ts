import {
  type SqlRow,
  type SqlSession,
  type SqlStatement,
  type SqlValue,
} from '@nest-a2a/store/sql';
import pg from 'pg';
import { type PgClient, type PgQuery } from './pg-driver.js';
import { saysNotPrepared, toStoreError } from './postgres-errors.js';
import { type ServerClock } from './server-clock.js';
import { type Vocabulary } from './vocabulary.js';

const INT8 = 20;
const NUMERIC = 1700;
/** PostgreSQL takes 65,535 parameters. */
const MAX_PARAMETERS = 30_000;
/** For so many rows an insert is worth a statement of its own on each connection. */
const MAX_PREPARED_ROWS = 4;

/** What all sessions of a store share. */
export interface SessionSettings {
  readonly vocabulary: Vocabulary;
  readonly clock: ServerClock;
  readonly timeoutMs: number;
  /** Turned off where the server turns out not to bear it. */
  isPrepared: boolean;
}

/** Our own parsers: those of a pool of the host may be the host's. */
const TYPES = Object.freeze({
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 || oid === NUMERIC
      ? Number
      : (pg.types.getTypeParser(oid, format) as (value: string) => unknown),
});

/** Statements on one connection. Errors are those of the ports. */
export class PostgresSession implements SqlSession {
  /** What went wrong last, as the driver said it. */
  lastError: unknown;

  constructor(
    private readonly client: PgClient,
    private readonly settings: SessionSettings,
  ) {}

  async run(
    statement: SqlStatement,
    values: readonly SqlValue[] = [],
  ): Promise<readonly SqlRow[]> {
    const { text, name } = this.settings.vocabulary.render(statement);
    const rows = await this.query({ text, values, name });
    return rows;
  }

  async insert(
    statement: SqlStatement,
    rows: readonly (readonly SqlValue[])[],
  ): Promise<void> {
    const { text } = this.settings.vocabulary.render(statement);
    const width = rows[0]?.length ?? 1;
    const most = Math.floor(MAX_PARAMETERS / width);
    for (let from = 0; from < rows.length; from += most) {
      const part = rows.slice(from, from + most);
      const name =
        part.length <= MAX_PREPARED_ROWS
          ? `${this.settings.vocabulary.render(statement).name}_${part.length}`
          : undefined;
      const many = text.replace(
        /values \([^)]*\)/,
        () => `values ${placeholders(part.length, width)}`,
      );
      await this.query({
        text: many,
        values: part.flat(),
        ...(name !== undefined && { name }),
      });
    }
  }

  /** Runs a query with a time limit. Of several in one text nothing is answered. */
  async query(query: PgQuery): Promise<readonly SqlRow[]> {
    const { clock } = this.settings;
    const sentAt = clock.mark;
    const result = await this.send(query);
    const rows = 'rows' in result ? result.rows : [];
    const time = rows[0]?.now;
    if (typeof time === 'number') {
      clock.observe(time, sentAt);
    }
    return rows;
  }

  /** Runs a command. @returns what the server says it has done, which may be another one */
  async command(text: string): Promise<string | undefined> {
    return (await this.send({ text })).command;
  }

  private async send({ name, ...query }: PgQuery) {
    const { isPrepared, timeoutMs } = this.settings;
    try {
      return await this.client.query({
        ...query,
        ...(name !== undefined && isPrepared && { name }),
        types: TYPES,
        query_timeout: timeoutMs,
      });
    } catch (error) {
      this.lastError = error;
      if (saysNotPrepared(error)) {
        this.settings.isPrepared = false;
      }
      throw toStoreError(error);
    }
  }
}

function placeholders(rows: number, width: number): string {
  let next = 0;
  const row = () =>
    `(${Array.from({ length: width }, () => `$${++next}`).join(', ')})`;
  return Array.from({ length: rows }, row).join(', ');
}
