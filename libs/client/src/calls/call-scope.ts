import {
  A2AClientError,
  isA2AClientError,
} from '../errors/a2a-client-error.js';

/** The longest time a timer of Node can wait. */
const MAX_TIMER_MS = 2_147_483_647;

/** What ends a call early. */
export interface CallLimits {
  /** Milliseconds; `Infinity` for no limit. @default Infinity */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * One call from its start to its end: owns its timer and its listener on the
 * caller's signal, and remembers what ended it early. `end()` releases both.
 */
export class CallScope {
  readonly #controller = new AbortController();
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onEnd: (scope: CallScope) => void;
  #timer: NodeJS.Timeout | undefined;
  #error: A2AClientError | undefined;

  /** @throws TypeError for a time that no timer can wait */
  constructor(
    { timeoutMs = Infinity, signal }: CallLimits,
    onEnd: (scope: CallScope) => void = () => undefined,
  ) {
    assertTimeout(timeoutMs);
    this.#onEnd = onEnd;
    this.#callerSignal = signal;
    signal?.addEventListener('abort', this.#onCallerAbort);
    if (signal?.aborted) {
      this.#onCallerAbort();
    } else if (timeoutMs !== Infinity) {
      this.#timer = setTimeout(() => this.fail(timedOut(timeoutMs)), timeoutMs);
    }
  }

  /** Aborted when the call has to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What ended the call early; `undefined` when nothing did. */
  get error(): A2AClientError | undefined {
    return this.#error;
  }

  /** Ends the call early; only the first reason counts. */
  fail(error: A2AClientError): void {
    this.#error ??= error;
    this.#controller.abort(this.#error);
  }

  /** Replaces the limit of time by another, counted from now; `Infinity` for none. */
  limit(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer =
      timeoutMs === Infinity
        ? undefined
        : setTimeout(() => this.fail(timedOut(timeoutMs)), timeoutMs);
  }

  /** What a call fails with: what ended it early counts more than how it broke. */
  reasonFor(error: unknown): unknown {
    const isOutcome =
      isA2AClientError(error) && error.code === 'outcome-unknown';
    return isOutcome ? error : (this.#error ?? error);
  }

  /** Releases timer and listener. Idempotent. */
  end(): void {
    clearTimeout(this.#timer);
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
    this.#onEnd(this);
  }

  readonly #onCallerAbort = (): void => {
    const cause: unknown = this.#callerSignal?.reason;
    this.fail(new A2AClientError('aborted', 'The call was aborted', { cause }));
  };
}

function timedOut(timeoutMs: number): A2AClientError {
  return new A2AClientError(
    'timeout',
    `The agent did not answer within ${timeoutMs} ms`,
  );
}

/** @throws TypeError unless a timer can wait that long, or it is `Infinity` */
export function assertTimeout(timeoutMs: number, name = 'timeoutMs'): void {
  const isWaitable = timeoutMs >= 1 && timeoutMs <= MAX_TIMER_MS;
  if (!isWaitable && timeoutMs !== Infinity) {
    throw new TypeError(
      `${name} must be Infinity or between 1 and ${MAX_TIMER_MS}`,
    );
  }
}
