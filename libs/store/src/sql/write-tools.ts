import { type SqlSession } from './sql-database.js';
import { type SqlDialect } from './sql-dialect.js';

/** What a write works with. */
export interface WriteTools {
  readonly session: SqlSession;
  readonly dialect: SqlDialect;
}
