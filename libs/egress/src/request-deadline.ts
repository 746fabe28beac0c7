import { EgressError } from './egress-error.js';

/** The longest time a timer of Node can wait. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Aborts a request when its time is over or its caller gives up, and remembers
 * which of them it was. Owns one timer and one listener until `stop()`.
 */
export class RequestDeadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #callerSignal: AbortSignal | undefined;
  #error: EgressError | undefined;

  /** @throws TypeError unless `timeoutMs` is a number of 1 to 2^31-1 */
  constructor(timeoutMs: number, callerSignal?: AbortSignal) {
    assertTimeout(timeoutMs, 'deadlineMs');
    this.#timer = setTimeout(
      () => this.#abort(new EgressError('deadline-exceeded')),
      timeoutMs,
    );
    this.#callerSignal = callerSignal;
    callerSignal?.addEventListener('abort', this.#onCallerAbort);
    if (callerSignal?.aborted) {
      this.#onCallerAbort();
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the request was aborted; `undefined` when it was not. */
  get error(): EgressError | undefined {
    return this.#error;
  }

  /** Releases the timer and the listener. Idempotent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
  }

  readonly #onCallerAbort = (): void => {
    const cause: unknown = this.#callerSignal?.reason;
    this.#abort(new EgressError('aborted', { cause }));
  };

  #abort(error: EgressError): void {
    this.#error ??= error;
    this.stop();
    this.#controller.abort(error);
  }
}

/** @throws TypeError unless a timer can wait that long */
export function assertTimeout(timeoutMs: number, name: string): void {
  if (!(timeoutMs >= 1 && timeoutMs <= MAX_TIMER_MS)) {
    throw new TypeError(`${name} must be between 1 and ${MAX_TIMER_MS}`);
  }
}
