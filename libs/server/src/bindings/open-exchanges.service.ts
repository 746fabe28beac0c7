import { type Clock } from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import { A2A_CLOCK } from '../runtime/runtime.tokens.js';

/** Time for answers to go out at shutdown, before their connections are cut. */
const CLOSE_TIMEOUT_MS = 2_000;

/** A request that is being answered, whatever the transport. */
export interface OpenExchange {
  /** Resolves when the answer is out or the caller is gone. */
  readonly closed: Promise<void>;
  /** Ends what waits for something: the process shuts down. */
  stopWaiting(): void;
  /** Cuts the caller off. */
  destroy(): void;
}

/** The requests that are being answered. An open one would keep its server from closing. */
@Injectable()
export class OpenExchanges {
  private readonly open = new Set<OpenExchange>();
  private isEnding = false;

  constructor(@Inject(A2A_CLOCK) private readonly clock: Clock) {}

  /** How many there are. */
  get size(): number {
    return this.open.size;
  }

  /** Keeps an exchange until it is closed. */
  add(exchange: OpenExchange): void {
    this.open.add(exchange);
    void exchange.closed.then(() => this.open.delete(exchange));
    if (this.isEnding) {
      this.end(exchange);
    }
  }

  /**
   * Ends all that waits, and resolves when every exchange is closed. The servers
   * listen for a little longer: what comes then does not wait at all.
   */
  async endAll(): Promise<void> {
    this.isEnding = true;
    const exchanges = [...this.open];
    exchanges.forEach((exchange) => this.end(exchange));
    await Promise.all(exchanges.map(({ closed }) => closed));
  }

  private end(exchange: OpenExchange): void {
    exchange.stopWaiting();
    const keep = this.clock.schedule(CLOSE_TIMEOUT_MS, () =>
      exchange.destroy(),
    );
    void exchange.closed.then(keep);
  }
}
