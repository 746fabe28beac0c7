import {
  isAsyncIterable,
  isObservable,
  iterateObservable,
} from './observable-iterable.js';
import { type TurnContext } from './turn-context.js';
import { type WorkerStream, type WorkerUpdate } from './worker.js';

/** Whether a worker has answered a stream. */
export function isWorkerStream(value: unknown): value is WorkerStream {
  return isObservable(value) || isAsyncIterable(value);
}

/**
 * Sends each value of a stream as it comes and completes the task at its end,
 * unless an ending call was made meanwhile. Stops when the turn should stop.
 */
export async function runWorkerStream(
  stream: WorkerStream,
  context: TurnContext,
): Promise<void> {
  const { signal } = context;
  const updates = isAsyncIterable(stream)
    ? stream
    : iterateObservable(stream, signal);
  for await (const update of untilAborted(updates, signal)) {
    await send(update, context);
  }
  if (!signal.aborted && !context.turnEnded) {
    await context.complete();
  }
}

async function send(update: WorkerUpdate, context: TurnContext): Promise<void> {
  if (typeof update === 'object' && 'status' in update) {
    return context.sendStatus(update.status);
  }
  if (typeof update === 'object' && 'artifact' in update) {
    await context.emitArtifact(update.artifact);
    return;
  }
  await context.emitChunk(update);
}

/** Reads until the signal aborts, also when the source is stuck: its `return` is called and not awaited. */
async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let stopWaiting: () => void = () => undefined;
  const stop = () => stopWaiting();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      // One for each value: a promise that outlives the stream would keep what every race leaves behind.
      const stopped = new Promise<undefined>((resolve) => {
        stopWaiting = () => resolve(undefined);
      });
      const result = await Promise.race([iterator.next(), stopped]);
      if (!result || result.done) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
