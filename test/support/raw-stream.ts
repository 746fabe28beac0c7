import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { VERSION } from './a2a-http.js';

/** A stream over a plain socket, whose reader decides byte by byte whether it takes anything. */
export class RawStream {
  private readonly chunks: string[] = [];
  private readonly ended: Promise<unknown>;
  private look: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      this.chunks.push(chunk);
      this.look();
    });
    socket.on('error', () => undefined);
    this.ended = once(socket, 'close');
  }

  /** Sends a request of the HTTP+JSON binding. */
  static async open(
    url: string,
    path: string,
    { body, headers = {} }: { body?: object; headers?: object } = {},
  ): Promise<RawStream> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const stream = new RawStream(socket);
    await once(socket, 'connect');
    const content = JSON.stringify(body ?? {});
    const fields = {
      Host: `${hostname}:${port}`,
      'Content-Type': 'application/a2a+json',
      'Content-Length': Buffer.byteLength(content),
      ...VERSION,
      ...headers,
    };
    const head = Object.entries(fields).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write(
      `POST ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${content}`,
    );
    return stream;
  }

  /** Takes nothing more. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** What has arrived. */
  get text(): string {
    return this.chunks.join('');
  }

  /** Resolves when the text so far holds something. */
  async holds(wanted: string): Promise<void> {
    // Each chunk is looked at once, with the end of the one before it.
    for (let seen = 0, end = ''; ; seen++) {
      while (seen >= this.chunks.length) {
        await new Promise<void>((resolve) => (this.look = resolve));
      }
      const text = end + (this.chunks[seen] ?? '');
      if (text.includes(wanted)) return;
      end = text.slice(-wanted.length);
    }
  }

  /** The numbers of the events so far. */
  get ids(): number[] {
    return [...this.text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  }

  /** The number of the last event that has arrived whole. */
  get lastId(): number {
    const { text } = this;
    const complete = text.slice(0, text.lastIndexOf('\n\n'));
    return Number(/id: (\d+)\n[^\n]*$/.exec(complete)?.[1]);
  }

  /** Subscribes to the same task, behind {@link lastId}. */
  async continueAt(url: string): Promise<RawStream> {
    const taskId = /"id":"([^"]+)"/.exec(this.text)?.[1] ?? '';
    const headers = { 'Last-Event-ID': this.lastId };
    return RawStream.open(url, `/tasks/${taskId}:subscribe`, { headers });
  }

  /** Resolves when the connection is closed. */
  async closed(): Promise<void> {
    await this.ended;
  }
}
