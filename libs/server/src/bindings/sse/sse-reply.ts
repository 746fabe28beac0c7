import { type HttpExchange } from '../http/http-exchange.js';
import {
  HEARTBEAT,
  SSE_HEADERS,
  type SseEncoding,
  sseFrames,
  type SseTiming,
} from './sse-frames.js';

/** A stream on its way to a caller. */
export interface SseReply<T> {
  readonly items: AsyncIterable<T, unknown, undefined>;
  readonly encoding: SseEncoding<T>;
  readonly timing: SseTiming;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers with server-sent events. What fails before there is a first event is
 * thrown, so that it can still be answered as an ordinary error; where the first
 * event takes longer than a heartbeat, the stream begins with a heartbeat.
 * A caller who has gone meanwhile is answered nothing. Resolves when the response is closed.
 */
export async function replySse<T>(
  exchange: HttpExchange,
  { items, encoding, timing, headers }: SseReply<T>,
): Promise<void> {
  const source = items[Symbol.asyncIterator]();
  const first = source.next();
  const isSilent = await silenceBefore(first, timing);
  if (exchange.signal.aborted) {
    await first;
    await source.return?.();
    // Fastify takes a stream that it cannot begin to send any more for a failure of ours.
    if (exchange.isClosed) return;
  }
  const control = {
    signal: exchange.signal,
    cut: () => exchange.destroy(),
  };
  const frames = sseFrames(withFirst(first, source), encoding, {
    timing,
    control,
  });
  await exchange.replyStream(isSilent ? afterHeartbeat(frames) : frames, {
    ...SSE_HEADERS,
    ...headers,
  });
}

/** @returns whether the time of a heartbeat has passed without an event @throws what the first event throws */
async function silenceBefore(
  first: Promise<unknown>,
  { clock, heartbeatMs }: SseTiming,
): Promise<boolean> {
  let cancel: () => void = () => undefined;
  const silence = new Promise<boolean>((resolve) => {
    cancel = clock.schedule(heartbeatMs, () => resolve(true));
  });
  try {
    return await Promise.race([first.then(() => false), silence]);
  } finally {
    cancel();
  }
}

/** The headers go out with the first bytes, not before. */
async function* afterHeartbeat(
  frames: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  yield HEARTBEAT;
  yield* frames;
}

/** The iterator from its beginning, although the first item was asked for already. */
function withFirst<T>(
  first: Promise<IteratorResult<T, unknown>>,
  rest: AsyncIterator<T, unknown, undefined>,
): AsyncIterator<T, unknown, undefined> {
  let pending: Promise<IteratorResult<T, unknown>> | undefined = first;
  return {
    next: () => {
      const next = pending ?? rest.next();
      pending = undefined;
      return next;
    },
    return: async () =>
      (await rest.return?.()) ?? { done: true, value: undefined },
  };
}
