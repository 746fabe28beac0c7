import { type RelayedWakeBus, type WakeRelay } from '@nest-a2a/store';
import { Echo, type Verdict } from './echo.js';
import { type RedisClients } from './redis-clients.js';
import { type RedisClient } from './redis-driver.js';
import { reasonOf } from './redis-reason.js';

/** How often the way through Redis is tried while it works, milliseconds. */
const PROBE_MS = 5_000;
/** The same while it does not. */
const RETRY_MS = 1_000;
/** How long a message of ours may take to come back, milliseconds. */
const ECHO_TIMEOUT_MS = 2_000;

/**
 * Passes hints on over a channel of Redis, and finds out whether they arrive.
 * What counts is that a message of ours comes back, not what a client says of its
 * connection: a server may hang, refuse the channel, or not be the same for both.
 *
 * ```
 *   silent ──(an echo comes back)──> heard ──(a connection closes, or an echo does not come back)──> silent
 * ```
 *
 * The clients connect again by themselves; those that hang are told to.
 */
export class RedisRelay implements WakeRelay {
  private echo: Echo | undefined;
  private echoes = 0;
  private reason: string | undefined;
  private isClosed = false;
  private isNudged = false;
  private endPause: () => void = () => {};
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly clients: RedisClients,
    private readonly channel: string,
    private readonly wake: RelayedWakeBus,
  ) {}

  /** Connects, and resolves when it is known whether hints arrive. Never throws. */
  async start(): Promise<void> {
    this.clients.subscriber.on('message', (_channel, payload) =>
      this.hear(String(payload)),
    );
    for (const client of this.both) {
      client.on('error', (error: unknown) => this.note(error));
      client.on('ready', () => this.nudge());
      client.on('close', () => this.lose());
    }
    await this.look();
    this.running = this.run();
  }

  async send(payloads: readonly string[]): Promise<void> {
    for (const payload of payloads) {
      await this.clients.publisher.publish(this.channel, payload);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.nudge();
    this.echo?.end('failed');
    this.both.forEach((client) => client.disconnect());
    await this.running;
  }

  private get both(): readonly RedisClient[] {
    return [this.clients.publisher, this.clients.subscriber];
  }

  private async run(): Promise<void> {
    while (!this.isClosed) {
      await this.pause();
      if (!this.isClosed) {
        await this.look();
      }
    }
  }

  private hear(payload: string): void {
    this.echo?.hear(payload);
    this.wake.hear(payload);
  }

  /** Looks once whether hints arrive, and says so. */
  private async look(): Promise<void> {
    this.isNudged = false;
    const verdict = await this.probe();
    if (this.isClosed) {
      return;
    }
    if (verdict === 'heard') {
      this.reason = undefined;
      this.wake.connected();
      return;
    }
    this.wake.disconnected(this.reason ?? 'no answer');
    if (verdict === 'silent') {
      this.reset();
    }
  }

  private probe(): Promise<Verdict> {
    this.echoes += 1;
    const text = `echo:${this.wake.name}:${this.echoes}`;
    const echo = new Echo(text, ECHO_TIMEOUT_MS);
    this.echo = echo;
    this.callOut(text).catch((error: unknown) => {
      this.note(error);
      echo.end('failed');
    });
    return echo.verdict;
  }

  private async callOut(text: string): Promise<void> {
    const { publisher, subscriber } = this.clients;
    await Promise.all([connect(publisher), connect(subscriber)]);
    // Each time: after a new connection nothing is subscribed, and twice is harmless.
    await subscriber.subscribe(this.channel);
    await publisher.publish(this.channel, text);
  }

  /** Makes connections anew that are open and silent. */
  private reset(): void {
    for (const client of this.both) {
      if (['connect', 'ready'].includes(client.status)) {
        client.disconnect(true);
      }
    }
  }

  private lose(): void {
    this.wake.disconnected(this.reason ?? 'connection closed');
    this.nudge();
  }

  private note(error: unknown): void {
    const reason = reasonOf(error) ?? this.reason;
    // ioredis 5 sends on before a login is answered: why that was refused says more than what follows from it.
    this.reason = reason === 'NOAUTH' ? (this.reason ?? reason) : reason;
  }

  /** Waits until it is time to look, or something has changed. */
  private async pause(): Promise<void> {
    if (this.isNudged) {
      return;
    }
    const ms = this.wake.isListening ? PROBE_MS : RETRY_MS;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private nudge(): void {
    this.isNudged = true;
    this.endPause();
  }
}

async function connect(client: RedisClient): Promise<void> {
  if (['wait', 'end'].includes(client.status)) {
    await client.connect();
  }
}
