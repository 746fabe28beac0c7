import { type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';

/** A call whose messages are bytes. */
export type GrpcCall =
  ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;
