import { type PgClient } from '../pg-driver.js';

/** A connection that hears notifications, and how to let go of it. */
export interface ListenerConnection {
  readonly client: PgClient;
  /** Must not throw. */
  end(): Promise<void>;
}

/** What a {@link Listener} works with. */
export interface ListenerOptions {
  readonly channel: string;
  readonly connect: () => Promise<ListenerConnection>;
  readonly onPayload: (payload: string | undefined) => void;
  /** Notifications arrive from now on. */
  readonly onListening: () => void;
  /** They do not arrive any more; it connects again by itself. */
  readonly onLost: () => void;
  readonly timeoutMs: number;
}

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
/** How often an idle connection is tried, so that a dead one is noticed. */
const PROBE_MS = 15_000;

/**
 * One connection that listens, and is replaced when it breaks.
 *
 * ```
 *   connecting ──> listening ──(error, end, a probe without an answer)──> waiting ──> connecting
 * ```
 *
 * `stop` ends each of them and waits for what is under way.
 */
export class Listener {
  private connection: ListenerConnection | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private failures = 0;
  private current: Promise<void> = Promise.resolve();

  constructor(private readonly options: ListenerOptions) {}

  /** Connects once. @throws what the driver throws */
  async start(): Promise<void> {
    const connection = await this.options.connect();
    if (this.isStopped) {
      await connection.end();
      return;
    }
    const { client } = connection;
    const lost = () => this.replace(connection);
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', (message: { payload?: string }) =>
      this.options.onPayload(message.payload),
    );
    try {
      await this.query(client, `listen "${this.options.channel}"`);
    } catch (error) {
      await connection.end();
      throw error;
    }
    this.connection = connection;
    this.failures = 0;
    this.options.onListening();
    this.schedule(PROBE_MS, () => this.probe(connection));
  }

  /** Ends the connection and all attempts to make one. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    // One that is being made is ended as well.
    await this.current;
    const { connection } = this;
    this.connection = undefined;
    await connection?.end();
  }

  private async probe(connection: ListenerConnection): Promise<void> {
    try {
      await this.query(connection.client, 'select 1');
      this.schedule(PROBE_MS, () => this.probe(connection));
    } catch {
      this.replace(connection);
    }
  }

  private replace(connection: ListenerConnection): void {
    if (this.connection !== connection) {
      return;
    }
    this.connection = undefined;
    this.options.onLost();
    void connection.end();
    this.tryAgain();
  }

  private tryAgain(): void {
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.failures, MAX_DELAY_MS);
    this.failures += 1;
    this.schedule(delay * (0.5 + Math.random() / 2), async () => {
      await this.start().catch(() => this.tryAgain());
    });
  }

  private schedule(delayMs: number, run: () => Promise<void>): void {
    clearTimeout(this.timer);
    if (!this.isStopped) {
      this.timer = setTimeout(() => {
        this.current = run();
      }, delayMs);
      this.timer.unref();
    }
  }

  private async query(client: PgClient, text: string): Promise<void> {
    await client.query({ text, query_timeout: this.options.timeoutMs });
  }
}
