import {
  MemoryWakeBus,
  type Unsubscribe,
  type WakeBus,
  type WakeTopic,
} from '@nest-a2a/store';
import { type Listener } from './listener.js';
import { type Notifier } from './notifier.js';
import { fromPayload } from './topic-payloads.js';

/** How long a reader waits at most while hints arrive, milliseconds. */
const POLL_MS = 1_000;
/** The same while there are none from other instances. */
const POLL_ALONE_MS = 250;

/** How a wake-up reaches other instances. */
export interface WakeConnection {
  readonly listener: Listener;
  readonly notifier: Notifier;
}

/** Hints within the process, and by NOTIFY from and to the others. */
export class PostgresWakeBus implements WakeBus {
  private readonly local = new MemoryWakeBus();
  private connection: WakeConnection | undefined;

  constructor(private readonly name: string) {}

  get pollMs(): number {
    return this.connection?.listener.isListening ? POLL_MS : POLL_ALONE_MS;
  }

  /** Begins to tell others, and to hear them. */
  attach(connection: WakeConnection): void {
    this.connection = connection;
  }

  /** Hears what another instance has sent. */
  hear(payload: string | undefined): void {
    this.local.ring(fromPayload(payload, this.name));
  }

  ring(topics: readonly WakeTopic[]): void {
    this.local.ring(topics);
    if (topics.length > 0) {
      this.connection?.notifier.ring(topics);
    }
  }

  on(topic: WakeTopic, callback: () => void): Unsubscribe {
    return this.local.on(topic, callback);
  }

  /** Calls nobody any more, and ends the connection. */
  async close(): Promise<void> {
    this.local.close();
    const { connection } = this;
    this.connection = undefined;
    await connection?.notifier.stop();
    await connection?.listener.stop();
  }
}
