import { parseArgs } from 'node:util';
import { DEFAULT_SCHEMA } from '../postgres-options.js';

/** What the command was asked to do. */
export type CommandLine =
  | { readonly command: 'help' }
  | {
      readonly command: 'sql';
      readonly schema: string;
      /** The last step that is there already. */
      readonly after: number;
    }
  | {
      readonly command: 'migrate' | 'verify';
      readonly schema: string;
      readonly url: string;
    };

/** What the command was asked for makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `Usage: nest-a2a-postgres <command> [options]

Commands:
  migrate   creates the schema and takes the steps that are missing
  verify    checks that no step is missing, and changes nothing
  sql       prints the statements of "migrate"; needs no database

Options:
  --url <url>       postgres://user@host:port/database   (default: DATABASE_URL)
  --schema <name>   the schema of the tables             (default: ${DEFAULT_SCHEMA})
  --after <number>  sql: leave out the steps up to this one
  --help

Others can see the arguments of a process: keep the password in DATABASE_URL or PGPASSWORD.

Exit codes:
  0  done, or nothing to do
  1  the database cannot be reached or used, or a statement failed: nothing was changed
  2  wrong arguments
  3  verify: steps are missing
`;

const OPTIONS = {
  url: { type: 'string' },
  schema: { type: 'string', default: DEFAULT_SCHEMA },
  after: { type: 'string', default: '0' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Reads the arguments of a command.
 *
 * @throws UsageError
 */
export function parseCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help || command === 'help') {
    return { command: 'help' };
  }
  if (rest.length > 0) {
    throw new UsageError('One command at a time');
  }
  const { schema } = values;
  switch (command) {
    case 'sql':
      return { command, schema, after: parseStep(values.after) };
    case 'migrate':
    case 'verify':
      return { command, schema, url: requireUrl(values.url, env) };
    case undefined:
      throw new UsageError('A command is missing');
    default:
      throw new UsageError('There is no such command');
  }
}

function parse(args: readonly string[]) {
  try {
    const given = [...args];
    return parseArgs({ args: given, options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function requireUrl(
  option: string | undefined,
  { DATABASE_URL }: Readonly<Record<string, string | undefined>>,
): string {
  const url = option ?? DATABASE_URL;
  if (url === undefined || url === '') {
    throw new UsageError('Which database: --url or DATABASE_URL is missing');
  }
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new UsageError('The URL must begin with postgres://');
  }
  return url;
}

function parseStep(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError('--after is the number of a step');
  }
  return Number(text);
}
