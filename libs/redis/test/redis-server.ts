import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';

const START_TIMEOUT_MS = 20_000;

/** Why there is no Redis, or `undefined` where there can be one. */
export function whyNoRedis(): string | undefined {
  const isThere =
    process.env.TEST_REDIS_URL ||
    spawnSync('redis-server', ['--version']).status === 0;
  return isThere
    ? undefined
    : 'no Redis: set TEST_REDIS_URL or install redis-server';
}

/** `describe` where there is Redis; else a skipped one that says why, or one that fails where servers are required. */
export function describeWithRedis(title: string, body: () => void): void {
  describeUnless(whyNoRedis(), title, body);
}

/** The same where a test has to stop and start it: TEST_REDIS_URL is somebody else's. */
export function describeWithOwnRedis(title: string, body: () => void): void {
  const reason = process.env.TEST_REDIS_URL
    ? 'the Redis of TEST_REDIS_URL must not be stopped'
    : whyNoRedis();
  describeUnless(reason, title, body);
}

function describeUnless(
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

/** A Redis of the machine's own on a port and in a folder of its own, or that of TEST_REDIS_URL. */
export class RedisServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'a2a-redis-'));
  private process: ChildProcess | undefined;
  private port = 0;

  /** @param flags besides those for the port and the folder, such as `--requirepass` */
  constructor(private readonly flags: readonly string[] = []) {}

  get url(): string {
    return process.env.TEST_REDIS_URL || `redis://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.process !== undefined;
  }

  /** The port that it has, or will have. */
  async takePort(): Promise<number> {
    this.port ||= await freePort();
    return this.port;
  }

  /** Starts it, on the port that it had before. */
  async start(): Promise<void> {
    if (process.env.TEST_REDIS_URL) {
      return;
    }
    const port = String(await this.takePort());
    this.process = spawn(
      'redis-server',
      [
        ...['--bind', '127.0.0.1', '--port', port, '--dir', this.folder],
        ...['--save', '', '--appendonly', 'no', ...this.flags],
      ],
      { stdio: 'ignore' },
    );
    await this.untilReady();
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    const { process: running } = this;
    this.process = undefined;
    if (running?.exitCode === null) {
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await ended;
    }
  }

  /** It keeps its connections and answers nothing. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Asks on a connection of the test's own. */
  async ask<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.url, {
      lazyConnect: true,
      retryStrategy: null,
      disconnectTimeout: 100,
      enableReadyCheck: false,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  private async untilReady(): Promise<void> {
    const end = Date.now() + START_TIMEOUT_MS;
    while (!(await answers(this.port))) {
      if (Date.now() > end || this.process?.exitCode !== null) {
        throw new Error('redis-server does not start');
      }
      await setTimeout(25);
    }
  }
}

/** Whether there is an answer of any kind, such as one that asks for a password. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (isAnswered: boolean) => {
      socket.destroy();
      resolve(isAnswered);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

function freePort(): Promise<number> {
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
