import { unavailable } from '@nest-a2a/protocol';
import { type Clock } from '@nest-a2a/store';
import { type GrpcExchange } from './grpc-exchange.js';
import { RETRY_AFTER_SECONDS } from '../../runtime/retry-after.js';

/** A stream on its way to a caller. */
export interface GrpcStreamReply<T> {
  readonly items: AsyncIterable<T, unknown, undefined>;
  /** Whether the stream is complete with this event. */
  readonly isLast: (item: T) => boolean;
  /** The bytes of one event. */
  readonly encode: (item: T) => Uint8Array;
  readonly clock: Clock;
  /** A caller that takes nothing for so long is cut off. */
  readonly stallMs: number;
}

/**
 * Answers with a stream, as fast as the caller takes it and no faster: what it
 * has not taken yet stays in the log. Resolves when the stream has ended or the
 * caller is gone.
 *
 * @throws A2AError `UNAVAILABLE` where the process shuts down before the stream has ended, so that the caller does not take it for complete
 */
export async function replyGrpcStream<T>(
  exchange: GrpcExchange,
  { items, isLast, encode, clock, stallMs }: GrpcStreamReply<T>,
): Promise<void> {
  let isComplete = false;
  for await (const item of items) {
    isComplete = isLast(item);
    const cancel = clock.schedule(stallMs, () => exchange.destroy());
    try {
      await exchange.write(encode(item));
    } finally {
      cancel();
    }
    if (exchange.hasAnswer) return;
  }
  if (exchange.signal.aborted && !isComplete) {
    throw unavailable(RETRY_AFTER_SECONDS);
  }
  exchange.end();
}
