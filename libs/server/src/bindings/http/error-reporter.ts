import { type A2AError } from '@nest-a2a/protocol';
import { isStoreError } from '@nest-a2a/store';
import { Injectable, Logger } from '@nestjs/common';
import { type HttpExchange } from './http-exchange.js';
import { toA2AError } from './to-a2a-error.js';

/** Turns what was thrown into what the caller may know, and tells the operator the rest. */
@Injectable()
export class ErrorReporter {
  private readonly logger = new Logger('A2ABinding');

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
      this.logger.warn('The store is unavailable', error.cause);
    }
    return error;
  }

  /** The headers that an error has on every HTTP binding. What a guard has set stays. */
  headers(error: A2AError, exchange: HttpExchange): Record<string, string> {
    const headers: Record<string, string> = {};
    if (error.retryAfterSeconds !== undefined) {
      headers['Retry-After'] = String(error.retryAfterSeconds);
    }
    if (error.code === 'UNAUTHENTICATED') {
      headers['WWW-Authenticate'] = error.challenge ?? 'Bearer';
    }
    const missing = Object.entries(headers).filter(
      ([name]) => !exchange.hasHeader(name),
    );
    return Object.fromEntries(missing);
  }
}
