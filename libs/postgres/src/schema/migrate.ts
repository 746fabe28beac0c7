import { type SqlRow } from '@nest-a2a/store/sql';
import { type PgClient, type PgPool } from '../pg-driver.js';
import { PostgresSetupError } from '../postgres-errors.js';
import { quote } from '../vocabulary.js';
import { type Migration, MIGRATIONS } from './migrations.js';

/** For others that lock in the same database: ours to use. */
const LOCK = 0x61_32_61;

/**
 * Creates the schema where it is missing, and takes the steps that are missing,
 * all in one transaction. Others that do the same meanwhile wait.
 */
export async function applyMigrations(
  pool: PgPool,
  schema: string,
): Promise<void> {
  await withClient(pool, async (client) => {
    await client.query('begin isolation level read committed read write');
    try {
      await client.query(`select pg_advisory_xact_lock(${LOCK})`);
      await migrate(client, schema);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    }
  });
}

/**
 * Checks that no step is missing. Steps that this version does not know are
 * fine: a newer one has taken them, and they only add.
 *
 * @throws PostgresSetupError `SCHEMA_OUTDATED`
 */
export async function verifyMigrations(
  pool: PgPool,
  schema: string,
): Promise<void> {
  const missing = await withClient(pool, (client) =>
    findMissing(client, schema),
  );
  if (missing.length > 0) {
    const names = missing.map(({ version, name }) => `${version} (${name})`);
    throw new PostgresSetupError(
      'SCHEMA_OUTDATED',
      `The schema "${schema}" lacks the migrations ${names.join(', ')}: open it once with migrations: 'apply'`,
    );
  }
}

async function migrate(client: PgClient, schema: string): Promise<void> {
  const missing = await findMissing(client, schema);
  if (missing.length === 0) {
    return;
  }
  const name = quote(schema);
  const text = 'select to_regnamespace($1) is null as is_missing';
  const [namespace] = await rowsOf(client, { text, values: [name] });
  // Not "if not exists": that needs the right to create schemas even where there is nothing to create.
  if (namespace?.is_missing) {
    await client.query(`create schema ${name}`);
  }
  await client.query(
    `create table if not exists ${name}.migration (version integer primary key, name text not null, applied_at timestamptz not null default now())`,
  );
  for (const step of missing) {
    await client.query(step.sql.replaceAll('@schema', () => name));
    await client.query({
      text: `insert into ${name}.migration (version, name) values ($1, $2)`,
      values: [step.version, step.name],
    });
  }
}

async function findMissing(
  client: PgClient,
  schema: string,
): Promise<readonly Migration[]> {
  const table = `${quote(schema)}.migration`;
  const text = 'select to_regclass($1) is null as is_missing';
  const [found] = await rowsOf(client, { text, values: [table] });
  if (found?.is_missing) {
    return MIGRATIONS;
  }
  const rows = await rowsOf(client, { text: `select version from ${table}` });
  const applied = new Set(rows.map(({ version }) => Number(version)));
  return MIGRATIONS.filter(({ version }) => !applied.has(version));
}

async function rowsOf(
  client: PgClient,
  query: { text: string; values?: readonly unknown[] },
): Promise<readonly SqlRow[]> {
  const { rows } = await client.query(query);
  return rows;
}

async function withClient<T>(
  pool: PgPool,
  work: (client: PgClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const ignore = () => {};
  client.on('error', ignore);
  let isGood = false;
  try {
    const result = await work(client);
    isGood = true;
    return result;
  } finally {
    client.removeListener('error', ignore);
    client.release(!isGood);
  }
}
