import { A2AClientError } from '../errors/a2a-client-error.js';

/** One server-sent event. */
export interface SseEvent {
  /** `message` where the event names none. */
  type: string;
  /** Never empty. */
  data: string;
  /** The event's own: one of an event before it would not say what has been seen. */
  id: string | undefined;
  /** The stream ended without the blank line that ends an event: it may not be whole. */
  isCut: boolean;
}

const LINE_END = /\r\n|\n|\r/;

/**
 * Reads server-sent events from bytes that come in any pieces (WHATWG HTML
 * §9.2). Other than there, an event that the end of the stream cuts off from
 * its blank line counts: some agents leave that line out.
 *
 * What is kept of an unfinished event never exceeds `maxEventBytes`.
 */
export class SseParser {
  // Takes a byte order mark off and replaces what is not UTF-8.
  readonly #decoder = new TextDecoder();
  #isAfterCr = false;
  #line: string[] = [];
  #lineBytes = 0;
  #type = '';
  #data: string[] = [];
  #dataBytes = 0;
  #id: string | undefined;

  constructor(readonly maxEventBytes: number) {}

  /** The events that these bytes complete, to be taken before the next are pushed. @throws A2AClientError `event-too-large` */
  *push(chunk: Uint8Array): Generator<SseEvent> {
    yield* this.#read(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The event that was left unfinished, if any. @throws A2AClientError `event-too-large` */
  *end(): Generator<SseEvent> {
    const rest = this.#decoder.decode();
    // One to end the line, one to end the event.
    for (const event of this.#read(`${rest}\n\n`)) {
      // Half of an id is another id.
      yield { ...event, id: undefined, isCut: true };
    }
  }

  *#read(text: string): Generator<SseEvent> {
    if (text === '') {
      return;
    }
    // A CRLF may be split over two chunks; the CR has ended the line already.
    const rest =
      this.#isAfterCr && text.startsWith('\n') ? text.slice(1) : text;
    this.#isAfterCr = text.endsWith('\r');
    const lines = rest.split(LINE_END);
    const last = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.#endLine(line);
      if (event) {
        yield event;
      }
    }
    this.#extendLine(last);
  }

  #extendLine(piece: string): void {
    if (piece !== '') {
      this.#line.push(piece);
      this.#lineBytes += Buffer.byteLength(piece);
      this.#assertSize();
    }
  }

  #endLine(lastPiece: string): SseEvent | undefined {
    this.#extendLine(lastPiece);
    const line = this.#line.join('');
    this.#line = [];
    this.#lineBytes = 0;
    if (line === '') {
      return this.#dispatch();
    }
    this.#readField(line);
    return undefined;
  }

  #readField(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') {
      this.#data.push(value);
      // Empty lines count too, else they could fill the memory.
      this.#dataBytes += Buffer.byteLength(value) + 1;
      this.#assertSize();
    } else if (name === 'event') {
      this.#type = value;
    } else if (name === 'id' && !value.includes('\0')) {
      this.#id = value;
    }
  }

  #dispatch(): SseEvent | undefined {
    const data = this.#data.join('\n');
    const type = this.#type || 'message';
    const id = this.#id || undefined;
    this.#id = undefined;
    this.#data = [];
    this.#dataBytes = 0;
    this.#type = '';
    return data === '' ? undefined : { type, data, id, isCut: false };
  }

  #assertSize(): void {
    if (this.#dataBytes + this.#lineBytes > this.maxEventBytes) {
      throw new A2AClientError(
        'event-too-large',
        `An event of the stream is larger than ${this.maxEventBytes} bytes`,
      );
    }
  }
}

/** Reads the events of a stream as they come. Leaving early leaves the stream early. */
export async function* readSseEvents(
  body: AsyncIterable<Uint8Array>,
  maxEventBytes: number,
): AsyncGenerator<SseEvent> {
  const parser = new SseParser(maxEventBytes);
  for await (const chunk of body) {
    yield* parser.push(chunk);
  }
  yield* parser.end();
}
