import { type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { parseError } from '@nest-a2a/protocol';
import { StreamableFile } from '@nestjs/common';
import { type AbstractHttpAdapter } from '@nestjs/core';

/** The parameters in the path of a request, decoded. */
export type PlatformParams = Readonly<Partial<Record<string, string>>>;

/** What requests of Express and of Fastify have in common. */
export interface PlatformRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  /** Express: the URL before routers cut it. */
  readonly originalUrl?: string;
  readonly params?: PlatformParams;
  /** Bytes on the agents' paths; something parsed where the application's own parser was first. */
  readonly body?: unknown;
}

/** A response of Express, or of Fastify with that of Node.js in `raw`. */
export type PlatformResponse =
  ServerResponse | { readonly raw: ServerResponse };

/** What an answer has besides its body. */
export interface ReplyHead {
  readonly status: number;
  readonly mediaType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One HTTP request and its response, the same on Express and Fastify. Answers
 * are written through the adapter and not returned, so that no interceptor of
 * the application can change what goes over the wire.
 */
export class HttpExchange {
  private readonly abort = new AbortController();
  private readonly raw: ServerResponse;
  /** Resolves when the response is closed, whoever closed it. */
  readonly closed: Promise<void>;

  constructor(
    private readonly adapter: AbstractHttpAdapter,
    readonly request: PlatformRequest,
    private readonly response: PlatformResponse,
  ) {
    this.raw = 'raw' in response ? response.raw : response;
    this.closed = new Promise((resolve) => {
      const close = () => {
        this.abort.abort();
        resolve();
      };
      if (this.raw.closed) close();
      else this.raw.once('close', close);
    });
  }

  /** Whether nobody hears any more what is answered. */
  get isClosed(): boolean {
    return this.raw.closed;
  }

  /** Aborts when the caller is gone, when the answer is out, or when the process shuts down. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** A header; repeated fields joined by commas. */
  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(',') : value;
  }

  /** The query parameters, whatever parser the application uses. */
  get query(): URLSearchParams {
    const url = this.request.originalUrl ?? this.request.url;
    const at = url.indexOf('?');
    return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  }

  /**
   * The body as JSON, `undefined` where there is none.
   *
   * @throws A2AError `PARSE_ERROR`
   */
  jsonBody(): unknown {
    const { body } = this.request;
    if (!Buffer.isBuffer(body)) {
      return body ?? undefined;
    }
    if (body.length === 0) {
      return undefined;
    }
    try {
      // Strict: a byte that is no UTF-8 must not become another character.
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch (error) {
      throw parseError(error);
    }
  }

  /** Answers with a text. Nothing happens where the response is on its way already. */
  reply(body: string, { status, mediaType, headers = {} }: ReplyHead): void {
    if (this.raw.headersSent || this.isClosed) {
      return;
    }
    this.setHeaders({
      // What is said to one caller is for nobody else.
      'Cache-Control': 'no-store',
      ...headers,
      'Content-Type': mediaType,
    });
    this.adapter.reply(this.response, body, status);
  }

  /** Answers with a stream of texts, read as fast as the caller takes them. Resolves when the response is closed. */
  async replyStream(
    texts: AsyncIterable<string>,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    this.setHeaders(headers);
    const readable = Readable.from(texts, { objectMode: false });
    this.adapter.reply(this.response, new StreamableFile(readable), 200);
    await this.closed;
    // Older Nest only pipes it, and a stream that nobody reads never ends.
    readable.destroy();
  }

  /** Whether the response has a header, for example because a guard has set it. */
  hasHeader(name: string): boolean {
    return this.adapter.getHeader(this.response, name) !== undefined;
  }

  /** Ends what waits for something: the process shuts down. */
  stopWaiting(): void {
    this.abort.abort();
  }

  /** Cuts the connection. */
  destroy(): void {
    this.raw.destroy();
  }

  private setHeaders(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      this.adapter.setHeader(this.response, name, value);
    }
  }
}
