import {
  execFileSync,
  spawn,
  spawnSync,
  type ChildProcess,
} from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { findPostgres, whyNoServer } from './postgres-source.js';

export { whyNoServer };

const START_TIMEOUT_MS = 20_000;

/** A PostgreSQL server for tests. */
export interface TestServer {
  readonly url: string;
  /** Whether the test may stop it: not where somebody else has started it. */
  readonly isOwn: boolean;
  /** Ends it as a crash does: what `pg_ctl stop -m immediate` does. */
  crash(): Promise<void>;
  /** Starts it again. Resolves when it answers. */
  start(): Promise<void>;
  /** Both. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** What a server is started with besides what makes it quick. */
export interface ServerSettings {
  /** Keep what was confirmed also when the machine crashes. @default false */
  readonly isDurable?: boolean;
  /** @default 200 */
  readonly maxConnections?: number;
}

/** `describe` where there is a server; else a skipped one that says why. */
export function describeWithPostgres(title: string, body: () => void): void {
  describeUnless(whyNoServer(), title, body);
}

/** The same where a test has to stop and start it: TEST_POSTGRES_URL is somebody else's. */
export function describeWithOwnPostgres(title: string, body: () => void): void {
  const source = findPostgres();
  const reason =
    source && 'url' in source
      ? 'the server of TEST_POSTGRES_URL must not be stopped'
      : whyNoServer();
  describeUnless(reason, title, body);
}

/**
 * `describe` where there is no reason against it; else a skipped one that says
 * why. With REQUIRE_SERVERS nothing is skipped: it fails.
 */
export function describeUnless(
  reason: string | undefined,
  title: string,
  body: () => void,
): void {
  if (reason === undefined) {
    describe(title, body);
  } else if (process.env.REQUIRE_SERVERS) {
    it(title, () => {
      throw new Error(`Not run: ${reason}`);
    });
  } else {
    process.stderr.write(`skipped: ${title} (${reason})\n`);
    describe.skip(`${title} (${reason})`, body);
  }
}

/**
 * One of its own, in a folder of its own; or a database of its own on the server
 * of TEST_POSTGRES_URL, whose role may create some. `stop` removes either.
 */
export async function startServer(
  settings: ServerSettings = {},
): Promise<TestServer> {
  const source = findPostgres();
  if (!source) {
    throw new Error(whyNoServer());
  }
  if ('url' in source) {
    return newDatabase(source.url);
  }
  const port = await freePort();
  const server = new OwnServer(source.binaries, { ...settings, port });
  await server.start();
  return server;
}

async function newDatabase(server: string): Promise<TestServer> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  // Others may be connected to the usual template, which forbids copying it.
  await execute(server, `create database ${name} template template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const refuse = async () => {
    throw new Error('The server of TEST_POSTGRES_URL belongs to somebody else');
  };
  return {
    url: url.href,
    isOwn: false,
    crash: refuse,
    start: refuse,
    restart: refuse,
    stop: () => execute(server, `drop database ${name} with (force)`),
  };
}

/** Runs some SQL on a connection of its own. */
export async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

class OwnServer implements TestServer {
  readonly isOwn = true;
  private readonly folder = mkdtempSync(join(tmpdir(), 'a2a-postgres-'));
  private readonly user = ordinaryUser();
  private readonly binaries: string;
  private process: ChildProcess | undefined;

  constructor(
    binaries: string,
    private readonly settings: ServerSettings & { readonly port: number },
  ) {
    chmodSync(this.folder, 0o700);
    if (this.user) {
      chownSync(this.folder, this.user.uid, this.user.gid);
    }
    this.binaries = this.withinReach(binaries);
    execFileSync(
      join(this.binaries, 'initdb'),
      [
        '-D',
        this.data,
        '-U',
        'test',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--locale=C',
        '-N',
      ],
      // What it complains of is part of the error.
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        cwd: this.folder,
        ...this.user,
      },
    );
  }

  get url(): string {
    return `postgres://test@127.0.0.1:${this.settings.port}/postgres`;
  }

  async start(): Promise<void> {
    const flag = this.settings.isDurable ? 'on' : 'off';
    const options = {
      listen_addresses: '127.0.0.1',
      port: String(this.settings.port),
      unix_socket_directories: '',
      max_connections: String(this.settings.maxConnections ?? 200),
      fsync: flag,
      full_page_writes: flag,
    };
    const flags = Object.entries(options).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    this.process = spawn(
      join(this.binaries, 'postgres'),
      ['-D', this.data, ...flags],
      {
        stdio: 'ignore',
        cwd: this.folder,
        ...this.user,
      },
    );
    await this.untilReady();
  }

  crash(): Promise<void> {
    return this.end('SIGQUIT');
  }

  async restart(): Promise<void> {
    await this.crash();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.end('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  /** The user that the server runs as may not see the folder of the checkout: a copy is for it. */
  private withinReach(binaries: string): string {
    const { error } = spawnSync(join(binaries, 'initdb'), ['--version'], {
      cwd: this.folder,
      ...this.user,
    });
    if ((error as NodeJS.ErrnoException | undefined)?.code !== 'EACCES') {
      return binaries;
    }
    const copy = join(this.folder, 'programs');
    cpSync(dirname(binaries), copy, {
      recursive: true,
      verbatimSymlinks: true,
    });
    return join(copy, 'bin');
  }

  /** SIGQUIT is what `pg_ctl stop -m immediate` sends. */
  private async end(signal: NodeJS.Signals): Promise<void> {
    const running = this.process;
    if (running && running.exitCode === null && running.signalCode === null) {
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill(signal);
      await ended;
    }
  }

  private async untilReady(): Promise<void> {
    const end = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const client = new pg.Client({ connectionString: this.url });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
        await setTimeout(25);
      }
    }
  }
}

/** Servers that refuse to run as root run as this user. */
export function ordinaryUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const idOf = (flag: string) =>
    Number(execFileSync('id', [flag, 'nobody']).toString());
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** A port of 127.0.0.1 that nobody has now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
