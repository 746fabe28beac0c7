import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  describeWithPostgres,
  startServer,
  type TestServer,
} from '../support/postgres-server.js';

const RUN = join(process.cwd(), 'test/support/run-typescript.mjs');
const COMMAND = join(process.cwd(), 'libs/postgres/src/cli/main.ts');

/** What a process has said, and how it has ended. */
interface Answer {
  readonly code: number | null;
  readonly printed: string;
  readonly complained: string;
}

/** Runs the command in a process of its own. */
async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { DATABASE_URL: _unwanted, ...inherited } = process.env;
  const child = spawn(process.execPath, [RUN, COMMAND, ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) =>
    child.on('close', resolve),
  );
  const [printed, complained, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  return { code, printed, complained };
}

describeWithPostgres('nest-a2a-postgres', () => {
  jest.setTimeout(120_000);

  let server: TestServer;
  let url: string;

  beforeAll(async () => {
    server = await startServer();
    const withPassword = new URL(server.url);
    withPassword.password = 'hunter2%21';
    url = withPassword.href;
  });

  afterAll(() => server.stop());

  it('is a program that a pipeline can run', async () => {
    const env = { DATABASE_URL: url };
    const before = await command(['verify', '--schema', 'one'], env);
    expect(before).toMatchObject({ code: 3, printed: '' });
    expect(before.complained).toContain('1 (tasks)');
    expect(await command(['migrate', '--schema', 'one'], env)).toMatchObject({
      code: 0,
      printed: expect.stringContaining('has taken the steps 1 (tasks)'),
    });
  });
});
