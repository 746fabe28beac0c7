import pg from 'pg';
import { assertUsable } from '../assert-usable.js';
import { PostgresSetupError } from '../postgres-errors.js';
import { assertSchemaName } from '../postgres-options.js';
import {
  applyMigrations,
  migrationScript,
  verifyMigrations,
} from '../schema/migrate.js';
import { type Migration } from '../schema/migrations.js';
import {
  type CommandLine,
  HELP,
  parseCommandLine,
  UsageError,
} from './command-line.js';
import { explain } from './explain.js';

/** What a command has of the process that it runs in. */
export interface CommandHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  print(text: string): void;
  complain(text: string): void;
}

/** How long to wait for the server, milliseconds. */
const CONNECT_TIMEOUT_MS = 15_000;

/** Exit codes: see {@link HELP}. */
const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
const OUTDATED = 3;

/** Runs a command. @returns the exit code; never rejects */
export async function runCommand(
  args: readonly string[],
  host: CommandHost,
): Promise<number> {
  let line: CommandLine | undefined;
  try {
    line = parseCommandLine(args, host.env);
    await carryOut(line, host);
    return DONE;
  } catch (error) {
    const url = line && 'url' in line ? line.url : undefined;
    host.complain(explain(error, url));
    if (error instanceof UsageError) {
      host.complain('--help says more.');
      return WRONG_USAGE;
    }
    const isOutdated =
      error instanceof PostgresSetupError && error.code === 'SCHEMA_OUTDATED';
    return isOutdated ? OUTDATED : FAILED;
  }
}

async function carryOut(line: CommandLine, host: CommandHost): Promise<void> {
  switch (line.command) {
    case 'help':
      return host.print(HELP);
    case 'sql':
      assertUsableName(line.schema);
      return host.print(migrationScript(line.schema, line.after));
    case 'migrate':
      return onServer(line, host, async (pool) => {
        const taken = await applyMigrations(pool, line.schema);
        host.print(`${report(line.schema, taken)}\n`);
      });
    case 'verify':
      return onServer(line, host, async (pool) => {
        await verifyMigrations(pool, line.schema);
        host.print(`${report(line.schema, [])}\n`);
      });
  }
}

async function onServer(
  { url, schema }: { url: string; schema: string },
  host: CommandHost,
  work: (pool: pg.Pool) => Promise<void>,
): Promise<void> {
  assertUsableName(schema);
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'nest-a2a-postgres',
  });
  pool.on('error', () => {});
  try {
    await assertUsable(pool, (message) => host.complain(message));
    await work(pool);
  } finally {
    await pool.end();
  }
}

function report(schema: string, taken: readonly Migration[]): string {
  const names = taken.map(({ version, name }) => `${version} (${name})`);
  return names.length === 0
    ? `The schema "${schema}" is up to date.`
    : `The schema "${schema}" has taken the steps ${names.join(', ')}.`;
}

function assertUsableName(schema: string): void {
  try {
    assertSchemaName(schema);
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}
