import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import {
  describeUnless,
  freePort,
  ordinaryUser,
  whyNoServer,
} from './postgres-server.js';

const BINARY = '/usr/sbin/pgbouncer';
const START_TIMEOUT_MS = 20_000;

/** `describe` where there are PgBouncer and PostgreSQL; else a skipped one that says why, or one that fails where servers are required. */
export function describeWithPgBouncer(title: string, body: () => void): void {
  const reason = existsSync(BINARY)
    ? undefined
    : `no PgBouncer: install ${BINARY}`;
  describeUnless(reason ?? whyNoServer(), title, body);
}

/** When a client gives its connection to the server back. */
export type PoolMode = 'transaction' | 'session';

/** A PgBouncer in front of a server. */
export class PgBouncer {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  /** Starts one. @param poolSize connections to the server */
  static async start(
    server: string,
    { mode, poolSize = 4 }: { mode: PoolMode; poolSize?: number },
  ): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), 'a2a-pgbouncer-'));
    chmodSync(folder, 0o755);
    const port = await freePort();
    const { hostname, port: serverPort, username, password } = new URL(server);
    const file = join(folder, 'pgbouncer.ini');
    writeFileSync(
      file,
      [
        '[databases]',
        `* = host=${hostname} port=${serverPort || 5432} user=${username}${password && ` password=${decodeURIComponent(password)}`}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${port}`,
        'unix_socket_dir =',
        'auth_type = any',
        `pool_mode = ${mode}`,
        `default_pool_size = ${poolSize}`,
        'max_client_conn = 200',
      ].join('\n'),
    );
    const url = new URL(server);
    url.hostname = '127.0.0.1';
    url.port = String(port);
    // It refuses to run as root.
    const child = spawn(BINARY, [file], {
      stdio: 'ignore',
      cwd: folder,
      ...ordinaryUser(),
    });
    const bouncer = new PgBouncer(url.href, child, folder);
    await bouncer.untilReady();
    return bouncer;
  }

  async close(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) =>
        this.process.once('exit', resolve),
      );
      this.process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async untilReady(): Promise<void> {
    const end = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const client = new pg.Client({ connectionString: this.url });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.query('select 1');
        await client.end();
        return;
      } catch (error) {
        if (Date.now() > end || this.process.exitCode !== null) {
          throw error;
        }
        await setTimeout(25);
      }
    }
  }
}
