import { type GrpcStatus } from '@nest-a2a/protocol/grpc';
import { type Metadata, type sendUnaryData } from '@grpc/grpc-js';
import { type OpenExchange } from '../open-exchanges.service.js';
import { type GrpcCall } from './grpc-call.js';
import { type GrpcRequest } from './grpc-request.js';
import { resetCall } from './reset-call.js';

/** What a call that fails ends with. */
export interface GrpcFailure extends GrpcStatus {
  readonly trailers: Metadata;
}

/** One call over gRPC and its answer: one message, or a stream of them. */
export class GrpcExchange implements OpenExchange {
  private readonly abort = new AbortController();
  private isAnswered = false;
  private isClosed = false;
  /** Lets go of whoever waits for the caller to take a message. */
  private release: () => void = () => undefined;
  /** Resolves when the answer is out, or the caller gone. */
  readonly closed: Promise<void>;

  /** @param respond answers a call that is not for a stream */
  constructor(
    readonly call: GrpcCall,
    readonly request: GrpcRequest,
    private readonly respond: sendUnaryData<Buffer> | undefined,
  ) {
    this.closed = new Promise((resolve) => {
      // Also emitted after the last byte, and where the deadline has passed.
      call.once('cancelled', () => {
        this.isClosed = true;
        this.isAnswered = true;
        this.abort.abort();
        this.release();
        resolve();
      });
    });
  }

  /** Aborts when the caller is gone, the deadline has passed, or the process shuts down. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Whether an answer is out or on its way. */
  get hasAnswer(): boolean {
    return this.isAnswered;
  }

  /** The metadata of one name; repeated ones joined by commas. */
  header(name: string): string | undefined {
    return this.request.headers[name.toLowerCase()];
  }

  /** Sends the metadata that come before the first message. */
  sendHeaders(headers: Metadata): void {
    if (!this.isAnswered) this.call.sendMetadata(headers);
  }

  /** Answers with one message. */
  reply(message: Uint8Array): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.respond?.(null, toBuffer(message));
  }

  /** Sends one message of a stream. Resolves when the caller has room for more, or is gone. */
  async write(message: Uint8Array): Promise<void> {
    const { call } = this;
    if (this.isClosed || !('write' in call)) return;
    await new Promise<void>((resolve) => {
      this.release = resolve;
      call.write(toBuffer(message), resolve);
    });
  }

  /** Ends a stream. */
  end(): void {
    if (this.isAnswered || !('write' in this.call)) return;
    this.isAnswered = true;
    this.call.end();
  }

  /** Ends the call with an error. Nothing happens where it has ended already. */
  fail({ code, message, trailers }: GrpcFailure): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    const error = { code, details: message, metadata: trailers };
    if (this.respond) this.respond(error);
    else this.call.emit('error', Object.assign(new Error(message), error));
  }

  stopWaiting(): void {
    this.abort.abort();
  }

  destroy(): void {
    this.isAnswered = true;
    resetCall(this.call);
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
