import { type WakeTopic } from '../wake-bus.js';
import { toPayloads } from './topic-payloads.js';

/** So many topics may wait; more hints than that are lost. */
const MAX_WAITING = 10_000;

/**
 * Sends hints to the other instances, one call at a time: what is rung while
 * one is under way goes together into the next. So a relay that hangs costs no
 * more memory than the topics that may wait.
 */
export class HintSender {
  private readonly waiting = new Set<WakeTopic>();
  private sending: Promise<void> | undefined;
  private isStopped = false;

  /** @param name who sends, so that it does not hear itself */
  constructor(
    private readonly name: string,
    private readonly send: (payloads: readonly string[]) => Promise<void>,
  ) {}

  /** Sends soon. Never throws. */
  ring(topics: readonly WakeTopic[]): void {
    if (this.isStopped) {
      return;
    }
    for (const topic of topics) {
      if (this.waiting.size < MAX_WAITING) {
        this.waiting.add(topic);
      }
    }
    this.sending ??= this.sendAll();
  }

  /** Waits for what is under way and sends nothing more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.sending;
  }

  private async sendAll(): Promise<void> {
    // What is rung in the same moment goes together.
    await Promise.resolve();
    while (this.waiting.size > 0) {
      const payloads = toPayloads(this.name, this.waiting);
      this.waiting.clear();
      // A hint that is lost costs time and nothing else.
      await this.send(payloads).catch(() => {});
    }
    this.sending = undefined;
  }
}
