import { setTimeout } from 'node:timers/promises';
import { type SqlRow } from '@nest-a2a/store/sql';
import { type PgClient, type PgPool } from '../pg-driver.js';
import { gaveWay, PostgresSetupError } from '../postgres-errors.js';
import { quote } from '../vocabulary.js';
import { type Migration, MIGRATIONS } from './migrations.js';

/** For others that lock in the same database: ours to use. */
const LOCK = 0x61_32_61;

const BEGIN = 'begin isolation level read committed';
const WAIT_FOR_OTHERS = `select pg_advisory_xact_lock(${LOCK})`;

/** Whoever wants a table while a step waits for it waits behind the step, milliseconds. */
const LOCK_TIMEOUT_MS = 1_000;
/** Between two attempts the others get on with what they hold, milliseconds. */
const PAUSE_MS = 500;
const ATTEMPTS = 20;

export interface MigrationOptions {
  readonly steps?: readonly Migration[];
  /** How often to try while others use the tables. */
  readonly attempts?: number;
}

/**
 * Creates the schema where it is missing, and takes the steps that are missing,
 * all in one transaction. Others that do the same meanwhile wait; those that
 * use the tables go first.
 *
 * @returns the steps that were taken
 * @throws PostgresSetupError `TABLES_IN_USE`
 */
export async function applyMigrations(
  pool: PgPool,
  schema: string,
  { steps = MIGRATIONS, attempts = ATTEMPTS }: MigrationOptions = {},
): Promise<readonly Migration[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withClient(pool, (client) => takeAll(client, schema, steps));
    } catch (error) {
      if (!gaveWay(error)) {
        throw error;
      }
      if (attempt === attempts) {
        throw inUse(schema, error);
      }
      await setTimeout(PAUSE_MS * (0.5 + Math.random()));
    }
  }
}

async function takeAll(
  client: PgClient,
  schema: string,
  steps: readonly Migration[],
): Promise<readonly Migration[]> {
  await client.query(BEGIN);
  try {
    await client.query(WAIT_FOR_OTHERS);
    await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    const missing = await findMissing(client, schema, steps);
    await take(client, schema, missing);
    await client.query('commit');
    return missing;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

function inUse(schema: string, cause: unknown): PostgresSetupError {
  return new PostgresSetupError(
    'TABLES_IN_USE',
    `The tables of the schema "${schema}" are in use, and nothing was changed: a transaction that stays open holds them (pg_stat_activity shows which); end it, and migrate again`,
    { cause },
  );
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
    findMissing(client, schema, MIGRATIONS),
  );
  if (missing.length > 0) {
    const names = missing.map(({ version, name }) => `${version} (${name})`);
    throw new PostgresSetupError(
      'SCHEMA_OUTDATED',
      `The schema "${schema}" lacks the migrations ${names.join(', ')}: run "npx @nest-a2a/postgres migrate", or open it once with migrations: 'apply'`,
    );
  }
}

/**
 * The statements of {@link applyMigrations} as a script.
 *
 * @param after the last step that the database has, 0 where it has none
 */
export function migrationScript(schema: string, after: number): string {
  const name = quote(schema);
  const steps = MIGRATIONS.filter(({ version }) => version > after);
  const statements = [
    BEGIN,
    WAIT_FOR_OTHERS,
    ...(after === 0 ? [`create schema if not exists ${name}`] : []),
    createTable(name),
    ...steps.flatMap((step) => [
      `-- ${step.version} (${step.name})\n${sqlOf(step, name)}`,
      `insert into ${name}.migration (version, name) values (${step.version}, '${step.name}')`,
    ]),
    'commit',
  ];
  return statements.map((statement) => `${statement};\n`).join('');
}

async function take(
  client: PgClient,
  schema: string,
  steps: readonly Migration[],
): Promise<void> {
  if (steps.length === 0) {
    return;
  }
  const name = quote(schema);
  const text = 'select to_regnamespace($1) is null as is_missing';
  const [namespace] = await rowsOf(client, { text, values: [name] });
  // Not "if not exists": that needs the right to create schemas even where there is nothing to create.
  if (namespace?.is_missing) {
    await client.query(`create schema ${name}`);
  }
  await client.query(createTable(name));
  for (const step of steps) {
    await client.query(sqlOf(step, name));
    await client.query({
      text: `insert into ${name}.migration (version, name) values ($1, $2)`,
      values: [step.version, step.name],
    });
  }
}

function createTable(name: string): string {
  return `create table if not exists ${name}.migration (version integer primary key, name text not null, applied_at timestamptz not null default now())`;
}

function sqlOf({ sql }: Migration, name: string): string {
  return sql
    .trim()
    .replace(/;$/, '')
    .replaceAll('@schema', () => name);
}

async function findMissing(
  client: PgClient,
  schema: string,
  steps: readonly Migration[],
): Promise<readonly Migration[]> {
  const table = `${quote(schema)}.migration`;
  const text = 'select to_regclass($1) is null as is_missing';
  const [found] = await rowsOf(client, { text, values: [table] });
  if (found?.is_missing) {
    return steps;
  }
  const rows = await rowsOf(client, { text: `select version from ${table}` });
  const applied = new Set(rows.map(({ version }) => Number(version)));
  return steps.filter(({ version }) => !applied.has(version));
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
