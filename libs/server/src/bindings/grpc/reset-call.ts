import { constants } from 'node:http2';
import { type GrpcCall } from './grpc-call.js';

/** Where `@grpc/grpc-js` keeps the HTTP/2 stream of a call. */
interface CallInternals {
  readonly call?: {
    readonly stream?: { close?(code: number): void };
  };
}

/**
 * Resets the stream of a call, so that what a caller does not take needs no
 * memory any more. `@grpc/grpc-js` has no way to do this: it would keep the data
 * until the caller takes them. Where its insides have changed, the call ends
 * with what was not taken still before its status.
 */
export function resetCall(call: GrpcCall): void {
  const { stream } = (call as unknown as CallInternals).call ?? {};
  if (typeof stream?.close === 'function') {
    stream.close(constants.NGHTTP2_CANCEL);
  } else {
    call.emit('cancelled');
    if ('end' in call) call.end();
  }
}
