import { type A2AError } from '@nest-a2a/protocol';
import { type Clock, isStoreError } from '@nest-a2a/store';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { A2A_CLOCK } from '../../runtime/runtime.tokens.js';
import { type HttpExchange } from './http-exchange.js';
import { challengeOf } from '../challenge-of.js';
import { toA2AError } from './to-a2a-error.js';

/** While the store is away every request fails for the same reason: one line in so many milliseconds says so. */
const OUTAGE_LOG_MS = 5_000;

/** Turns what was thrown into what the caller may know, and tells the operator the rest. */
@Injectable()
export class ErrorReporter {
  private readonly logger = new Logger('A2ABinding');
  private outageLoggedAt = -Infinity;
  private unlogged = 0;

  constructor(@Inject(A2A_CLOCK) private readonly clock: Clock) {}

  /** The protocol error for whatever was thrown. Errors of our own side are logged, with their cause. */
  report(thrown: unknown): A2AError {
    const error = toA2AError(thrown);
    if (error.code === 'INTERNAL') {
      const { cause } = error;
      this.logger.error(
        'A request failed',
        cause instanceof Error ? cause.stack : cause,
      );
    } else if (isStoreError(error.cause, 'UNAVAILABLE')) {
      this.reportOutage(error.cause);
    }
    return error;
  }

  private reportOutage({ message, cause }: Error): void {
    const now = this.clock.now();
    // Either way: a clock that was set back must not make it silent.
    if (Math.abs(now - this.outageLoggedAt) < OUTAGE_LOG_MS) {
      this.unlogged += 1;
      return;
    }
    const { code } = (cause ?? {}) as { code?: unknown };
    const why = typeof code === 'string' ? `${message} (${code})` : message;
    const more = this.unlogged > 0 ? `; ${this.unlogged} more requests` : '';
    this.logger.warn(`The store is unavailable: ${why}${more}`);
    this.outageLoggedAt = now;
    this.unlogged = 0;
  }

  /** The headers that an error has on every HTTP binding. What a guard has set stays. */
  headers(error: A2AError, exchange: HttpExchange): Record<string, string> {
    const headers: Record<string, string> = {};
    if (error.retryAfterSeconds !== undefined) {
      headers['Retry-After'] = String(error.retryAfterSeconds);
    }
    const challenge = challengeOf(error);
    if (challenge !== undefined) {
      headers['WWW-Authenticate'] = challenge;
    }
    const missing = Object.entries(headers).filter(
      ([name]) => !exchange.hasHeader(name),
    );
    return Object.fromEntries(missing);
  }
}
