import pg from 'pg';
import {
  describeWithPostgres,
  startServer,
  type TestServer,
} from '../../test/postgres-server.js';
import { MIGRATIONS } from '../schema/migrations.js';
import { runCommand } from './run-command.js';

const STEPS = MIGRATIONS.map(
  ({ version, name }) => `${version} (${name})`,
).join(', ');

/** What a command has said, and its exit code. */
interface Answer {
  readonly code: number;
  readonly printed: string;
  readonly complained: string;
}

async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  let printed = '';
  let complained = '';
  const code = await runCommand(args, {
    env,
    print: (text) => void (printed += text),
    complain: (text) => void (complained += text),
  });
  return { code, printed, complained };
}

describeWithPostgres('the command nest-a2a-postgres', () => {
  let server: TestServer;
  let url: string;

  beforeAll(async () => {
    server = await startServer();
    const withPassword = new URL(server.url);
    withPassword.password = 'hunter2%21';
    url = withPassword.href;
  });

  afterAll(() => server.stop());

  const query = async (statement: string) => {
    const client = new pg.Client(server.url);
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };

  it('verifies, migrates once, and verifies, with exit codes for scripts', async () => {
    const env = { DATABASE_URL: url };
    const before = await command(['verify', '--schema', 'one'], env);
    expect(before).toMatchObject({ code: 3, printed: '' });
    expect(before.complained).toContain('1 (tasks)');
    expect(await command(['migrate', '--schema', 'one'], env)).toMatchObject({
      code: 0,
      printed: `The schema "one" has taken the steps ${STEPS}.\n`,
    });
    for (const name of ['migrate', 'verify']) {
      expect(await command([name, '--schema', 'one', '--url', url])).toEqual({
        code: 0,
        printed: 'The schema "one" is up to date.\n',
        complained: expect.not.stringContaining('hunter2'),
      });
    }
  });

  it('prints statements that do the same', async () => {
    const { code, printed } = await command(['sql', '--schema', 'by "hand"']);
    expect(code).toBe(0);
    await query(printed);
    await command(['migrate', '--schema', 'by command', '--url', url]);
    const columnsOf = (schema: string) =>
      query(
        `select table_name, column_name, data_type, is_nullable from information_schema.columns
         where table_schema = '${schema}' order by 1, 2`,
      );
    expect(await columnsOf('by "hand"')).toEqual(await columnsOf('by command'));
    const again = await command(['verify', '--schema', 'by "hand"'], {
      DATABASE_URL: url,
    });
    expect(again.code).toBe(0);
    const later = await command(['sql', '--after', '1']);
    expect(later.printed).not.toContain('create table "a2a".task ');
    expect(later.printed).toContain('-- 2 (');
  });

  it('fails without the password where the database cannot be reached', async () => {
    const closed = new URL(url);
    closed.port = '1';
    const { code, complained } = await command([
      'migrate',
      '--url',
      closed.href,
    ]);
    expect(code).toBe(1);
    expect(complained).toContain('ECONNREFUSED');
    expect(complained).not.toContain('hunter2');
  });

  it('fails and changes nothing where a step fails', async () => {
    await query('create schema taken');
    await query('create table taken.snapshot (id int)');
    const { code, complained } = await command(
      ['migrate', '--schema', 'taken'],
      { DATABASE_URL: url },
    );
    expect(code).toBe(1);
    expect(complained).toContain('already exists');
    const tables = await query(
      `select table_name from information_schema.tables where table_schema = 'taken'`,
    );
    expect(tables).toEqual([{ table_name: 'snapshot' }]);
  });

  it.each([
    [[]],
    [['destroy']],
    [['migrate']],
    [['migrate', 'verify']],
    [['migrate', '--force']],
    [['migrate', '--url', 'mysql://root:hunter2@db/x']],
    [['sql', '--schema', '']],
    [['sql', '--after', 'all']],
  ])('refuses %j and points to --help', async (args) => {
    const { code, printed, complained } = await command(args);
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(complained).toContain('--help');
    expect(complained).not.toContain('hunter2');
  });

  it('explains itself', async () => {
    const { code, printed } = await command(['--help']);
    expect(code).toBe(0);
    expect(printed).toContain('DATABASE_URL');
  });
});
