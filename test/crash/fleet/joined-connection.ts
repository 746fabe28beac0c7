import { type Socket } from 'node:net';

const STREAM_HEADER = 'text/event-stream';
/** The last chunk of an answer that came in chunks. */
const LAST_CHUNK = '\r\n0\r\n\r\n';

/** What can go wrong with a connection that stays open. */
export type Trouble = 'halfOpen' | 'slowReader';

/** A client and an instance that talk through the proxy. */
export class JoinedConnection {
  private hasStream = false;
  private trouble: Trouble | undefined;

  /** @param look sees each piece of an answer first; passes it on where it returns `undefined` */
  constructor(
    private readonly client: Socket,
    private readonly instance: Socket,
    private readonly look: (bytes: Buffer) => 'cut' | undefined,
  ) {
    client.on('close', () => this.lose(instance));
    instance.on('close', () => this.lose(client));
    client.on('data', (bytes: Buffer) => this.pass(bytes, instance));
    instance.on('data', (bytes: Buffer) => this.answer(bytes));
  }

  /** Whether it carries a stream, and nothing is wrong with it. */
  get isWellStream(): boolean {
    return this.hasStream && !this.trouble && !this.client.destroyed;
  }

  /** Nothing arrives any more, on either side, and neither is told. After so many milliseconds both give up. */
  halfOpen(durationMs: number): void {
    this.trouble = 'halfOpen';
    const giveUp = setTimeout(() => {
      this.client.destroy();
      this.instance.destroy();
    }, durationMs);
    giveUp.unref();
  }

  /** The client takes nothing for so many milliseconds, so what the instance sends piles up. */
  readSlowly(durationMs: number): void {
    this.trouble = 'slowReader';
    this.instance.pause();
    const readOn = setTimeout(() => {
      this.trouble = undefined;
      this.instance.resume();
    }, durationMs);
    readOn.unref();
  }

  private answer(bytes: Buffer): void {
    this.hasStream ||= bytes.includes(STREAM_HEADER);
    this.hasStream &&= !bytes.includes(LAST_CHUNK);
    if (this.look(bytes) === 'cut') {
      this.client.end(bytes.subarray(0, bytes.length / 2));
      this.instance.destroy();
    } else {
      this.pass(bytes, this.client);
    }
  }

  private pass(bytes: Buffer, to: Socket): void {
    if (this.trouble === 'halfOpen') {
      return;
    }
    const from = to === this.client ? this.instance : this.client;
    if (!to.write(bytes)) {
      from.pause();
      to.once('drain', () => {
        if (this.trouble !== 'slowReader') from.resume();
      });
    }
  }

  /** One side has gone. Where the connection is half-open the other does not learn of it. */
  private lose(other: Socket): void {
    if (this.trouble !== 'halfOpen') {
      other.destroy();
    }
  }
}
