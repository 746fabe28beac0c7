import {
  type NewSecret,
  type SecretName,
  type SecretStore,
  type StoredSecret,
} from '../secrets/secret-store.js';
import { type SqlDialect } from './sql-dialect.js';
import { fromColumn, toColumn } from './columns.js';
import { type SqlRow } from './sql-database.js';
import { statement } from './statement.js';
import { type Transactions } from './transactions.js';

/** Parameters: purpose. */
const LIST_SECRETS = statement(
  'list_secrets',
  `select id, sealed, created_at from @secret
   where purpose = $1 order by num`,
);

/** Parameters: purpose, id, bytes. */
const INSERT_SECRET = statement(
  'insert_secret',
  `insert into @secret (purpose, id, sealed, created_at)
   values ($1, $2, $3, @now)`,
);

/** Parameters: purpose, id, bytes. */
const RESEAL_SECRET = statement(
  'reseal_secret',
  `update @secret set sealed = $3 where purpose = $1 and id = $2 returning num`,
);

/** Parameters: purpose, id. */
const DELETE_SECRET = statement(
  'delete_secret',
  'delete from @secret where purpose = $1 and id = $2 returning num',
);

/** The secrets of an application, in a database. */
export class SqlSecretStore implements SecretStore {
  constructor(
    private readonly transactions: Transactions,
    private readonly dialect: SqlDialect,
  ) {}

  list(purpose: string): Promise<readonly StoredSecret[]> {
    return this.transactions.read(async (session) => {
      const rows = await session.run(LIST_SECRETS, [toColumn(purpose)]);
      return rows.map(toSecret);
    });
  }

  add({ purpose, id, sealed, after }: NewSecret): Promise<boolean> {
    return this.transactions.write(async (session) => {
      // There may be no row yet that two could meet at.
      await this.dialect.lock(session, 'secret');
      const rows = await session.run(LIST_SECRETS, [toColumn(purpose)]);
      const known = rows.map(toSecret);
      const isTaken = known.some((secret) => secret.id === id);
      if (known.at(-1)?.id !== after || isTaken) {
        return false;
      }
      const values = [toColumn(purpose), toColumn(id), sealed];
      await session.run(INSERT_SECRET, values);
      return true;
    });
  }

  reseal({
    purpose,
    id,
    sealed,
  }: SecretName & { readonly sealed: Uint8Array }): Promise<boolean> {
    return this.transactions.write(async (session) => {
      const values = [toColumn(purpose), toColumn(id), sealed];
      return (await session.run(RESEAL_SECRET, values)).length > 0;
    });
  }

  remove({ purpose, id }: SecretName): Promise<boolean> {
    return this.transactions.write(async (session) => {
      const values = [toColumn(purpose), toColumn(id)];
      return (await session.run(DELETE_SECRET, values)).length > 0;
    });
  }
}

function toSecret(row: SqlRow): StoredSecret {
  return {
    id: fromColumn(row.id),
    sealed: Uint8Array.from(row.sealed as Uint8Array),
    createdAt: Number(row.created_at),
  };
}
