import { type Clock } from '@nest-a2a/store';

/** How a stream of a binding looks on the wire. */
export interface SseEncoding<T> {
  /** The place of an event, by which a reader can resume. */
  id(item: T): number | undefined;
  /** One line of JSON. */
  data(item: T): string;
  /** The last frame of a stream that failed, one line of JSON. */
  error(error: unknown): string;
}

/** When a silent stream says that it is alive, and when a reader that takes nothing is cut. */
export interface SseTiming {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  readonly stallMs: number;
}

/** What one stream is controlled by. */
export interface SseControl {
  /** Aborts when the stream should end. */
  readonly signal: AbortSignal;
  /** Cuts a reader that takes nothing. */
  cut(): void;
}

/** Says that the stream is alive. */
export const HEARTBEAT = ': ping\n\n';
/** After a clean end without the end of the task, clients reconnect soon. */
const RETRY = 'retry: 1000\n\n';

/** Headers of every stream. `no-transform` keeps compression away, the last one the buffers of nginx. */
export const SSE_HEADERS = Object.freeze({
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
});

type Next<T> = IteratorResult<T, unknown> | 'silence';

/**
 * The frames of a stream, made as fast as they are read and no faster: what a
 * slow reader has not taken yet stays in the log. An error after the first
 * frame is a frame as well, and the last.
 */
export async function* sseFrames<T>(
  items: AsyncIterator<T, unknown, undefined>,
  encoding: SseEncoding<T>,
  { timing, control }: { timing: SseTiming; control: SseControl },
): AsyncGenerator<string, void, undefined> {
  const stall = new StallGuard(timing, control);
  try {
    let pending = items.next();
    for (;;) {
      const next = await orSilence(pending, timing);
      if (next === 'silence') {
        yield* stall.guard(HEARTBEAT);
        continue;
      }
      if (next.done) break;
      yield* stall.guard(frame(next.value, encoding));
      pending = items.next();
    }
    if (control.signal.aborted) {
      yield RETRY;
    }
  } catch (error) {
    yield `data: ${encoding.error(error)}\n\n`;
  } finally {
    stall.stop();
    await items.return?.(undefined);
  }
}

function frame<T>(item: T, encoding: SseEncoding<T>): string {
  const id = encoding.id(item);
  const place = id === undefined ? '' : `id: ${id}\n`;
  return `${place}data: ${encoding.data(item)}\n\n`;
}

/** The next item, or word that there was none for the time of a heartbeat. */
async function orSilence<T>(
  pending: Promise<IteratorResult<T, unknown>>,
  { clock, heartbeatMs }: SseTiming,
): Promise<Next<T>> {
  let cancel: () => void = () => undefined;
  const silence = new Promise<'silence'>((resolve) => {
    cancel = clock.schedule(heartbeatMs, () => resolve('silence'));
  });
  try {
    return await Promise.race([pending, silence]);
  } finally {
    cancel();
  }
}

/** Notices that a frame was handed out and nothing was asked for since. */
class StallGuard {
  private cancel: () => void = () => undefined;

  constructor(
    private readonly timing: SseTiming,
    private readonly control: SseControl,
  ) {}

  *guard(text: string): Generator<string, void, undefined> {
    const { clock, stallMs } = this.timing;
    this.cancel = clock.schedule(stallMs, () => this.control.cut());
    yield text;
    this.stop();
  }

  stop(): void {
    this.cancel();
  }
}
