import { Duplex } from 'node:stream';

/** What HTTP servers and their applications ask of a socket besides the stream; there is no network to tell. */
const ADDRESS = '127.0.0.1';

/**
 * One end of a connection that never leaves the process. It behaves as a TCP
 * socket does: who is slow to read slows the other end down, an end that is
 * destroyed cuts the other.
 */
export class MemorySocket extends Duplex {
  readonly remoteAddress = ADDRESS;
  readonly localAddress = ADDRESS;
  private peer: MemorySocket | undefined;
  /** Lets the other end go on, which waits until this one is read. */
  private onRead: (() => void) | undefined;

  /** Both ends of a new connection. */
  static pair(): [MemorySocket, MemorySocket] {
    const ends: [MemorySocket, MemorySocket] = [
      new MemorySocket(),
      new MemorySocket(),
    ];
    const [one, other] = ends;
    one.peer = other;
    other.peer = one;
    return ends;
  }

  /** There is nothing to wait for that could take long. */
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    const { onRead } = this;
    this.onRead = undefined;
    onRead?.();
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    callback: (error?: Error) => void,
  ): void {
    const { peer } = this;
    if (!peer || peer.destroyed) {
      callback(new Error('The other end of the connection is closed'));
    } else if (peer.push(chunk)) {
      callback();
    } else {
      peer.onRead = callback;
    }
  }

  override _final(callback: () => void): void {
    this.peer?.push(null);
    callback();
  }

  override _destroy(
    error: Error | null,
    callback: (error: Error | null) => void,
  ): void {
    const { peer, onRead } = this;
    this.onRead = undefined;
    // Whoever writes to this end must not wait for it for ever.
    onRead?.();
    // What was said to its end, the other end may still read.
    if (!this.writableFinished) {
      process.nextTick(() => peer?.destroy());
    }
    callback(error);
  }
}
