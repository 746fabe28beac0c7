import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { MemoryWakeBus } from '../memory/memory-wake-bus.js';
import { type Unsubscribe, type WakeBus, type WakeTopic } from '../wake-bus.js';
import { HintSender } from './hint-sender.js';
import { fromPayload } from './topic-payloads.js';

/** How long a reader waits at most while hints arrive, milliseconds. */
const POLL_MS = 1_000;
/** The same while there are none from other instances. */
const POLL_ALONE_MS = 250;
/** How long the last hints may take when it closes, milliseconds. */
const CLOSE_MS = 1_000;

/** How hints reach other instances. */
export interface WakeRelay {
  /** Sends payloads of less than 8,000 bytes. One call at a time; may fail. */
  send(payloads: readonly string[]): Promise<void>;
  /** Lets go of connections; what is being sent then fails. */
  close(): Promise<void>;
}

/** What a {@link RelayedWakeBus} says to an operator, and to whom. */
export interface WakeRelayNotices {
  /** What passes hints on, in the words of an operator: `Redis`. */
  readonly via: string;
  readonly onWarning: (message: string) => void;
}

/**
 * Hints within the process, and over a relay from and to other instances. While
 * the relay is silent readers look more often, and an operator is told once; once
 * more when hints arrive again.
 */
export class RelayedWakeBus implements WakeBus {
  /** By which an instance knows what it has sent itself. */
  readonly name = randomUUID();
  private readonly local = new MemoryWakeBus();
  private relay: WakeRelay | undefined;
  private sender: HintSender | undefined;
  private isHeard = false;
  private isReported = false;
  private isClosed = false;

  constructor(private readonly notices?: WakeRelayNotices) {}

  /** Whether hints of others arrive, as far as is known. */
  get isListening(): boolean {
    return this.isHeard;
  }

  get pollMs(): number {
    return this.isHeard ? POLL_MS : POLL_ALONE_MS;
  }

  /** Begins to tell others. */
  attach(relay: WakeRelay): void {
    this.relay = relay;
    this.sender = new HintSender(this.name, (payloads) => relay.send(payloads));
  }

  /** Takes in what the relay has brought, whoever has sent it. */
  hear(payload: string): void {
    this.local.ring(fromPayload(payload, this.name));
  }

  /** Says that hints of others arrive. */
  connected(): void {
    this.isHeard = true;
    if (this.isReported) {
      this.isReported = false;
      this.warn(`${this.notices?.via} passes on wake-ups again`);
    }
  }

  /** Says that hints of others do not arrive. @param reason without secrets and addresses */
  disconnected(reason: string): void {
    this.isHeard = false;
    if (!this.isReported) {
      this.isReported = true;
      this.warn(
        `${this.notices?.via} does not pass on wake-ups (${reason}): until it does, instances look for work by themselves, which takes longer`,
      );
    }
  }

  ring(topics: readonly WakeTopic[]): void {
    this.local.ring(topics);
    if (topics.length > 0) {
      this.sender?.ring(topics);
    }
  }

  on(topic: WakeTopic, callback: () => void): Unsubscribe {
    return this.local.on(topic, callback);
  }

  /** Calls nobody any more, sends what was rung, and closes the relay. */
  async close(): Promise<void> {
    this.local.close();
    const { relay, sender } = this;
    this.relay = undefined;
    this.sender = undefined;
    this.isClosed = true;
    const patience = new AbortController();
    const late = setTimeout(CLOSE_MS, undefined, patience).catch(() => {});
    await Promise.race([sender?.stop(), late]);
    patience.abort();
    await relay?.close();
  }

  private warn(message: string): void {
    try {
      if (!this.isClosed) {
        this.notices?.onWarning(message);
      }
    } catch {
      // Whoever listens to warnings must not decide about wake-ups.
    }
  }
}
