import { A2AClientError } from '../errors/a2a-client-error.js';

/** When a stream counts as broken, and how it is left then. */
export interface SilenceLimit {
  /** Milliseconds without a value; `Infinity` for no limit. */
  readonly idleMs: number;
  /** Makes the values fail or end. */
  readonly leave: (reason: Error) => void;
}

/**
 * The values of a stream as long as they come. The time that the caller takes
 * between two values does not count.
 *
 * @throws A2AClientError `connection-failed` after a silence that is too long
 */
export async function* untilSilent<T>(
  values: AsyncIterable<T>,
  { idleMs, leave }: SilenceLimit,
): AsyncGenerator<T> {
  if (idleMs === Infinity) {
    yield* values;
    return;
  }
  let reason: A2AClientError | undefined;
  const start = () =>
    setTimeout(() => {
      reason = silent(idleMs);
      leave(reason);
    }, idleMs);
  let timer = start();
  try {
    for await (const value of values) {
      clearTimeout(timer);
      yield value;
      timer = start();
    }
  } catch (error) {
    throw reason ?? error;
  } finally {
    clearTimeout(timer);
  }
  if (reason) throw reason;
}

function silent(idleMs: number): A2AClientError {
  return new A2AClientError(
    'connection-failed',
    `The stream was silent for ${idleMs} ms`,
  );
}
