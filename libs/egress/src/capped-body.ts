import { type Readable } from 'node:stream';

/** How much of a body is read, and for how long. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Ends the reading; what has arrived is the result. */
  readonly signal?: AbortSignal | undefined;
}

/** What was read of a body. */
export interface CappedBody {
  readonly body: Buffer;
  /** True when the body did not end by itself within the limits. */
  readonly truncated: boolean;
}

/**
 * Reads a body until it ends, breaks off or exceeds a limit. Never rejects: once
 * the status line is here, the body is only something to look at. A body that is
 * cut destroys its stream, and the socket with it.
 */
export function readCappedBody(
  stream: Readable,
  { maxBytes, timeoutMs, signal }: BodyLimits,
): Promise<CappedBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isSettled = false;
    const settle = (isComplete: boolean) => {
      if (isSettled) {
        return;
      }
      isSettled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', cut);
      stream.off('data', collect);
      if (!isComplete) {
        stream.destroy();
      }
      const body = Buffer.concat(chunks).subarray(0, maxBytes);
      resolve({ body, truncated: !isComplete });
    };
    const cut = () => settle(false);
    const collect = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) {
        cut();
      }
    };
    const timer = setTimeout(cut, timeoutMs);
    signal?.addEventListener('abort', cut, { once: true });
    stream.on('data', collect);
    stream.once('end', () => settle(true));
    // Stays for good: a destroyed response still reports the reset.
    stream.on('error', cut);
    stream.once('close', cut);
    if (signal?.aborted) {
      cut();
    }
  });
}
