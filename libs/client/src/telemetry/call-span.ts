import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { isA2AError } from '@nest-a2a/protocol';
import { type StreamFrame } from '../bindings/client-binding.js';
import { isA2AClientError } from '../errors/a2a-client-error.js';
import { SPAN_ATTRIBUTES } from './span-attributes.js';

/** The span of one attempt, which ends once. */
export class CallSpan {
  readonly #span: Span;
  #events = 0;
  #isOver = false;

  constructor(span: Span) {
    this.#span = span;
  }

  end(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#span.end();
    }
  }

  /** Ends with the code of an error; its message may be the agent's, and is left out. */
  fail(error: unknown): void {
    if (!this.#isOver) {
      this.#span.setAttribute(SPAN_ATTRIBUTES.errorType, typeOf(error));
      const status = isA2AClientError(error) ? error.status : undefined;
      if (status !== undefined) {
        this.#span.setAttribute(SPAN_ATTRIBUTES.httpStatus, status);
      }
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
      this.end();
    }
  }

  /** The same frames; the span ends with them, or when they are left. */
  follow(frames: AsyncIterable<StreamFrame>): AsyncIterable<StreamFrame> {
    return { [Symbol.asyncIterator]: () => this.#followed(frames) };
  }

  // Not a generator: one that was not begun would leave the stream open.
  #followed(frames: AsyncIterable<StreamFrame>): AsyncIterator<StreamFrame> {
    const iterator = frames[Symbol.asyncIterator]();
    return {
      next: async () => {
        try {
          const result = await iterator.next();
          this.#count(result.done);
          return result;
        } catch (error) {
          this.fail(error);
          throw error;
        }
      },
      return: async () => {
        try {
          await iterator.return?.();
          return { done: true, value: undefined };
        } finally {
          this.#count(true);
        }
      },
    };
  }

  #count(isDone = false): void {
    if (!isDone) {
      this.#events += 1;
      return;
    }
    if (!this.#isOver) {
      this.#span.setAttribute(SPAN_ATTRIBUTES.streamEvents, this.#events);
    }
    this.end();
  }
}

/** Few and stable, as `error.type` has to be. */
function typeOf(error: unknown): string {
  if (isA2AError(error) || isA2AClientError(error)) {
    return error.code;
  }
  return error instanceof Error ? error.name : 'unknown';
}
